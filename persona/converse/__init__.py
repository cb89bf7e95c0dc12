"""Step 4, converse: one turn, from the listener to an answer whose every sentence is traceable."""

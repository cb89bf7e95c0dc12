"""Does it sound like the person, and what do its weights know: measures with intervals."""

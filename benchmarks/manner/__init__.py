"""Does it sound like them, and what do the weights know: measured on material that is real."""

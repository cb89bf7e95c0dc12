"""A memorial digital persona: memories that say who told them, and a voice that says what it is."""

__version__ = "0.1.0"

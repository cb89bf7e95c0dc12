"""A memorial digital persona: memories that say who told them, and a voice that says what it is."""

__version__ = "0.1.0"

MADE_BY = f"memorial-persona {__version__}"
"""What a file that leaves the program says of itself, so that it is known when it comes back."""

"""Transcripts: twenty forms of who said what, and when."""

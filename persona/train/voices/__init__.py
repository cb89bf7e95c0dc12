"""Whose voice: clips, a declared donor, a voice made of them, and how good it is."""

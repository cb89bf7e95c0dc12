"""Recordings and films: what is said in them."""

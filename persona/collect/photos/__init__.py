"""Photographs: when, who, how well seen, and which are copies."""

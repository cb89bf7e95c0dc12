"""Models behind small protocols: plain values in and out, embedded defaults, stronger by name."""

"""Chat exports: one module a messenger, and what they share."""

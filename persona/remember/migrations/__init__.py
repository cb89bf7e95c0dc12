"""Alembic migrations of the store, from the first release on. Never edit one that shipped."""

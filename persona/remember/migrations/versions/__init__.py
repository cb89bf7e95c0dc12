"""One file a migration, in the order they were made."""

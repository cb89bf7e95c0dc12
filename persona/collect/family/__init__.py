"""people.toml: who belongs to the family, and what they agreed to."""

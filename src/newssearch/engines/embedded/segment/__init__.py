"""One immutable segment, read; and the constants of its format."""

"""Reading one immutable segment, and the constants of its format."""

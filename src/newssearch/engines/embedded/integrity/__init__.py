"""The integrity of an index: checking all of it, salvaging articles, and telling damage from bugs."""

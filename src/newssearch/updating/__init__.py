"""Bring an index up to date with the files of a folder, or rebuild it from them."""

"""The operating system: worker processes, files that are whole or as before, named points of failure."""

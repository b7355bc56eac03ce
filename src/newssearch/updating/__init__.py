"""One run that brings an index up to date with a folder, or makes a new one."""

"""Saved searches over HTTP: their addresses, what is listed of them, and the changes that a client may make."""

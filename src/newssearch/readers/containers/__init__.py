"""The formats of containers: archives, compressed files, web archives, mail."""

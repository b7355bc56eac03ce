"""The container formats: archives, compressed files, web archives, mail."""

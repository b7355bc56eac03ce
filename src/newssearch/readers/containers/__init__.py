"""Files that hold other files: archives, compressed streams, web archives, mail."""

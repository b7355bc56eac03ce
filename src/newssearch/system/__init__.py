"""The operating system: worker processes, atomic file replacement, fault points; DEFLATE; and a few general-purpose helpers."""

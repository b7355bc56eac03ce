"""The operating system: worker processes, atomic file replacement, fault points; and a few general-purpose helpers."""

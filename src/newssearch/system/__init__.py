"""The operating system: worker processes, atomic file replacement, fault points; and two tools without a subject."""

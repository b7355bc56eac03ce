"""Bytes and arrays on disk: files, checksums, compressed blocks, the table of contents."""

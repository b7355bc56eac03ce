"""Decoding of bytes to text: encodings and lines."""

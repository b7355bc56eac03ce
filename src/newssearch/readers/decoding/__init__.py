"""Bytes to text: encodings and lines."""

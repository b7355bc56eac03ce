"""Decode bytes to text: encodings and lines."""

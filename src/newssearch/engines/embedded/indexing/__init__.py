"""Indexing: segments are built from articles, merged into fewer segments, and searched for near duplicates."""

"""Corpus analysis: the counts and lists of a query's articles, as plain values."""

"""Corpus analysis: what is counted and listed of the articles that a query finds, as plain values."""

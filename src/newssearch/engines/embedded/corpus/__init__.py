"""Corpus analysis on the arrays of an index: counts by cells, occurrences, words, stories."""

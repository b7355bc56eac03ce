"""Finds where a query matches in a text, and cuts a snippet around the matches."""

"""Rendering: results, articles, reports and tables as text, Markdown, CSV or JSON."""

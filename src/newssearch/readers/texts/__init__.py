"""The formats of text documents: plain text, Markdown."""

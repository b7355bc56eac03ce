"""The format of web pages: HTML."""

"""Documents that are text: plain, Markdown, PDF."""

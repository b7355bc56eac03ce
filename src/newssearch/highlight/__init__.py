"""Where a query matches in a text, and the snippet around it."""

"""Search: from the tree of a query to ranked articles."""

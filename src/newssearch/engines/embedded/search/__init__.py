"""From the tree of a query to scored articles."""

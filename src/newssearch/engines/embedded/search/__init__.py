"""Search in the embedded engine: evaluates the tree of a query on the segments of an index, and ranks the articles."""

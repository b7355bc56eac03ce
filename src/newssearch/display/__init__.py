"""The display of values: escaping for each destination, descriptions on one line, HTML for notebooks."""

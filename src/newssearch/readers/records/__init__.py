"""Records: JSON, tables, and the dialects of their sources."""

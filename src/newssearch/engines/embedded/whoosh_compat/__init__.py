"""The index as Whoosh sees it: its schema, codec and readers, and its folder with table of contents and lock."""

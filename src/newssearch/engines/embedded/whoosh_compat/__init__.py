"""The index as Whoosh sees it: schema, codec, readers, table of contents."""

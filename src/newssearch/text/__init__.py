"""Text to terms with offsets, sentences, paragraphs and dates: one analysis for indexing, queries and highlights."""

"""Text analysis: words, terms, sentences, paragraphs and dates. Indexing, queries and highlights share it."""

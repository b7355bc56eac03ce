"""Text analysis: words, terms, sentences, paragraphs and dates, the same for indexing, queries and highlights."""

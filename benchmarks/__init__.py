"""The benchmark, which compares newssearch with other search engines on the same paragraphs and queries."""

"""The benchmark: newssearch beside other search engines, on the same paragraphs and the same queries."""

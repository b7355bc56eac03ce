"""Citations of articles: their authors, their fields in the terms of bibliographies, and the formats of reference managers."""

"""XML: feeds, NewsML, NITF."""

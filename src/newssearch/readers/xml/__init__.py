"""The XML formats: feeds, NewsML, NITF."""

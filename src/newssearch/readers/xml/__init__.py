"""The formats of XML: feeds, NewsML, NITF."""

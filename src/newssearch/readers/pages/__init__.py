"""The format of web pages, HTML: the metadata and the text of the article on a page."""

"""The draft of an article, which all formats fill, and the rules that complete it."""

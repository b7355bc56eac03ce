"""What formats have in common: a draft of an article, and the rules by which it is completed."""

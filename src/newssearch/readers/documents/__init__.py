"""Documents of word processors and other office programs."""

"""The version of the package. The build and ``newssearch --version`` read it."""

__version__ = "0.1.0"

"""Engines store and search an index: their protocol, the choice of an engine by address, and code that all engines share."""

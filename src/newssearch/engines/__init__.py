"""Engines, which keep and search an index: the protocol, the choice of an engine by address, the embedded engine."""

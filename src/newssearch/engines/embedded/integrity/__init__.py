"""The integrity of an index: its check, its invariants, salvage, and the diagnosis of an exception."""

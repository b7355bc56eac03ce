"""Whether an index is whole: verifying, invariants, salvage, diagnosis."""

"""Each fast path of the embedded engine, held to a slow and obvious twin.

These are the parts that an index is made of, by package; ``contract/`` and ``test_exactness.py`` hold searches to theirs.
"""

"""The contract of an engine: tests of the behaviour that users rely on, through the public API alone.

Every test here runs against each engine in ``conftest.ENGINES``.
"""

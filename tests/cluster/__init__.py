"""Tests on a real OpenSearch cluster, and the cluster: see :mod:`cluster.server`."""

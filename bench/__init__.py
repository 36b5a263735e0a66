"""Benchmarks: the portal beside a bare Flask app on the same server settings, in one run."""

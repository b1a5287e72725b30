"""Benchmarks: figures that are compared within one run. Not tests; run by hand with `python -m tests.bench`."""

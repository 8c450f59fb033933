"""Paired, interleaved measurements; each asserts equal results before it times anything."""

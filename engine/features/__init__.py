"""Features: pure functions of bars, one theme a file, computed once and frozen."""

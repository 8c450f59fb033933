"""The fast path: market entries with one stop, one target and an end, without walking the bars."""

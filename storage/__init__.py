"""Bars in, results out: Parquet files written atomically, and SQL over all of them."""

"""Evidence: how much of a result chance alone would have made."""

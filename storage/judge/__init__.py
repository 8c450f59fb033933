"""Judging bars: what is wrong with them, where, and how bad it is; nothing is repaired."""

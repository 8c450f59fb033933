"""Frames in, one honest HTML page out."""

"""Frames in, one HTML page out; the room is empty until its issue is taken."""

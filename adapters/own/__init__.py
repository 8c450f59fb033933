"""Strategies made of what a user has written down, not of rules."""

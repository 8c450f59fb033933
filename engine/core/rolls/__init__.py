"""Rolls: which contract stands for a future when, and how prices and positions pass from one on."""

"""The commands: they parse, call and print; what they do lives elsewhere."""

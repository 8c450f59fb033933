"""The laws of a strategy, held over one: what breaks them, and what is worth knowing beside."""

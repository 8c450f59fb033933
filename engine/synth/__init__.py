"""Markets made from a seed: realistic in shape, without any edge."""

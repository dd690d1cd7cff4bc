"""Exact nearest neighbours among rows that do not change: of latents, of places in a view, of pictures."""

"""The latent space that the explorer shows: where the test samples lie in it, and what a model answers about it."""

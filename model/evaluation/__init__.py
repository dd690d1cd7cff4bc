"""Metrics of a saved model, each beside PCA's of the same dimension, and the README's tables of them."""

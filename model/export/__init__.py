"""A model as files for other tools."""

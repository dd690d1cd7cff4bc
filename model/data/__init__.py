"""Image data sets: what there are, where they lie, how they are read and downloaded."""

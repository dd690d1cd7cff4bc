"""The library: data, networks, training, checkpoints and the explorer's service. No user interface in here."""

"""The library: data, networks, training, checkpoints and the explorer's service. No user interface in here."""

import os

# Read when PyTorch is first imported. Threads that wait for one another spin, by default for milliseconds: while
# another program has one of the cores,
# they burn the rest. Asleep at once they wake too late. A short spin costs nothing on a quiet machine and little on a
# busy one (images a second of the
# default network on two cores, quiet and busy: asleep 3,650 and 1,590; this 5,120 and 2,280; spinning 5,050 quiet).
os.environ.setdefault("GOMP_SPINCOUNT", "30000")

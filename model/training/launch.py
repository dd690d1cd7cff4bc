"""`python -m model.train --processes N`: N processes that train as one, each with its own device where there are so
many.

They are torchrun's, with its rendezvous and its environment; only what is said differs: the first process says it, in
one sentence.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main as torchrun

from model.interrupts import STOPPED

THREADS = "OMP_NUM_THREADS"
PATIENCE = "600"  # seconds in which a run that is stopped measures and writes its model


def wanted(options: argparse.Namespace) -> bool:
    """Whether this process is to start others, rather than being one of them."""
    return options.processes > 1 and "WORLD_SIZE" not in os.environ


def launch(processes: int, arguments: Sequence[str] | None) -> int:
    """Train in so many processes; 0 on success, 130 when they were stopped (the first has said whether
    there is a model), 1 when one of them failed (it has said why)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    os.environ.setdefault(THREADS, str(max(1, (os.cpu_count() or 1) // processes)))
    logging.disable(logging.ERROR)  # the first process says what there is to say
    try:
        torchrun(
            [
                "--standalone",
                "--nproc-per-node",
                str(processes),
                "--shutdown-timeout",
                PATIENCE,
                "-m",
                "model.train",
                *given,
            ]
        )
    except SignalException as ended:
        return STOPPED if ended.sigval in (signal.SIGINT, signal.SIGTERM) else 1
    except ChildFailedError:
        return 1
    return 0

"""`python -m model.background MODULE ...`: run a module behind everything else.

It gets processor time last, is the first to be killed when memory runs out, and ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from contextlib import suppress
from pathlib import Path

LOW_PRIORITY = 10  # of 19
KILLED_FIRST = 800  # of 1000; a server stands at 0
SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux


def command(module: str, *arguments: str) -> tuple[str, ...]:
    """The command line that runs the module so."""
    return (sys.executable, "-m", "model.background", module, *arguments)


def step_back() -> None:
    """Let this process stand behind the others, as far as the operating system knows how."""
    os.nice(LOW_PRIORITY)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(KILLED_FIRST), encoding="ascii")
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SET_DEATH_SIGNAL, signal.SIGKILL)


if __name__ == "__main__":
    step_back()
    del sys.argv[0]  # the module finds its own name and arguments there
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)

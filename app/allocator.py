"""How the C library keeps memory that is free."""

from __future__ import annotations

import ctypes
from contextlib import suppress

M_ARENA_MAX = -8  # of mallopt, in glibc's malloc.h
ARENAS = 2


def share_arenas() -> None:
    """Let all threads share two of glibc's arenas; by default each core has eight, and what a thread has freed there
    nobody else gets: 110 MB of a server that has used ten models. Nothing happens where the C library is another.

    Call it before there are threads.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)

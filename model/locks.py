"""Locks between processes: a file that one process holds for as long as it lives, however it ends.

The lock is the kernel's (flock), so a process that is killed lets go at once. The file's content is the holder's process id. A process may
take the lock for a child that it starts: the child inherits the open file and finds its number in the environment (`INHERITED`).
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

INHERITED = "EXPLORER_LOCK"
TRIES = 10
PAUSE = 0.02  # seconds: somebody who only looks (`is_held`) holds the lock for less


def take(path: Path, mine: bool = True) -> int | None:
    """Take the lock; an open file to keep (closing it lets go), or None while another process holds it. Raises OSError.

    Not `mine`, it is held for a process that is about to start: nobody is the holder until it is signed.
    """
    handle = _inherited(path) or os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    for _ in range(TRIES):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(PAUSE)
            continue
        sign(handle, os.getpid() if mine else None)
        return handle
    os.close(handle)
    return None


def sign(handle: int, process: int | None) -> None:
    """Write into a lock that is held whose it is."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(process or "").encode(), 0)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def holder(path: Path) -> int | None:
    """The process that holds the lock; None where nobody does, or where the process that shall is just being started."""
    try:
        written = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    return int(written) if is_held(path) and written.isdecimal() and int(written) > 1 else None


def _inherited(path: Path) -> int | None:
    """The open file that the starting process took the lock on `path` with, if it did."""
    number = os.environ.get(INHERITED, "")
    if not number.isdecimal():
        return None
    try:
        mine = os.path.samestat(os.fstat(int(number)), path.stat())
    except OSError:
        return None
    if not mine:
        return None
    del os.environ[INHERITED]
    os.set_inheritable(int(number), False)
    return int(number)

"""Files that are whole or not there: written to a temporary name, flushed, then renamed."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
BLOCK = 4096  # bytes that a file has on the disk at least, whatever it needs of them


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """The name of a temporary file beside `path`: what is written there is flushed to the disk and given its name.
    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp's 0600 would hide a model from the server's user
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_atomically(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Let `write` fill a temporary file beside `path`, flush it to the disk, and give it its name. Raises OSError."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        write(file)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as readable JSON, atomically. Raises OSError, and ValueError for NaN or infinity."""
    text = _json(value)
    write_atomically(path, lambda file: file.write(text))


def write_short_json(path: Path, value: Any) -> None:
    """The same, but where the disk is full, a small file that is there already is written over: last words need no new
    room. Raises OSError.
    """
    try:
        write_json(path, value)
    except OSError as error:
        if error.errno not in NO_ROOM or not path.is_file() or len(text := _json(value)) > BLOCK:
            raise
        with path.open("r+b", buffering=0) as file:
            file.write(
                text.ljust(min(BLOCK, path.stat().st_size))
            )  # in one call, so that a reader finds the old text or the new
            file.truncate()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Files that were made at some cost and are kept in a cache: whole or not there, the oldest deleted for the newest."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from app.replies import Refusal
from app.state import kept
from model.files import write_atomically
from model.messages import Message, words_of

LOG = logging.getLogger(__name__)


@kept
def _keeping() -> threading.Lock:
    return threading.Lock()


def keep(path: Path, content: bytes, most: int) -> None:
    """Keep the file, unless somebody who waited for the same did, as one of `most` in its folder. Raises Refusal."""
    try:
        with _keeping():  # two who wait for the same file would write it twice
            if path.is_file():
                return
            _forget_oldest(path.parent, most)
            write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        LOG.warning("not kept: %s (%s)", path, error)
        raise Refusal(507, "No room", Message("export.unkept", reason=words_of(error))) from error


def _forget_oldest(folder: Path, most: int) -> None:
    """Keep room: files of models or images that changed or went away are never asked for again."""
    there = sorted(folder.glob("*.*"), key=lambda path: path.stat().st_mtime) if folder.is_dir() else []
    for path in there[: max(0, len(there) + 1 - most)]:
        path.unlink(missing_ok=True)

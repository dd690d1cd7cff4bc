"""How much is kept: trainings and their bytes, up to a limit that says so; caches, of which the oldest go first."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.access.rules import Rules
from app.replies import Refusal
from app.state import kept, state
from model.config import Settings
from model.messages import Message
from model.runs.folder import Run

FRESH = 5.0  # seconds
SHARE_OF_DISK = 0.5  # of what is free or used by trainings already
CACHE_SHARE, CACHE_LEAST = 0.05, 200_000_000  # of what is free or used by caches; bytes
CACHE_AGE = 60.0  # seconds: what was written a moment ago is on its way to somebody


@dataclass(frozen=True)
class Usage:
    """What trainings take, films and models included, and what they may: numbers of them, and bytes."""

    runs: int
    runs_most: int
    bytes: int
    bytes_most: int


def usage(settings: Settings, rules: Rules) -> Usage:
    """As it was a few seconds ago at most."""
    sizes = sizes_of_runs(settings)
    used = sum(sizes.values())
    most = rules.gigabytes * 10**9 if rules.gigabytes else round(SHARE_OF_DISK * (_free(settings.home) + used))
    return Usage(len(sizes), rules.runs, used, most)


def sizes_of_runs(settings: Settings) -> dict[str, int]:
    """Bytes of each run with its model, by name."""
    return _sizes().of(settings)


class _Sizes:
    """What the trainings of a home take, looked up again every few seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: tuple[float, Path, dict[str, int]] | None = None

    def of(self, settings: Settings) -> dict[str, int]:
        with self._lock:
            if self._found is None or self._found[1] != settings.home or time.monotonic() - self._found[0] > FRESH:
                names = [path.name for path in _folders(settings.runs)]
                sizes = {name: sum(size_of(root / name) for root in (settings.runs, settings.models)) for name in names}
                self._found = time.monotonic(), settings.home, sizes
            return self._found[2]


@kept
def _sizes() -> _Sizes:
    return _Sizes()


def forget() -> None:
    """Count anew next time: a run came or went."""
    state().forget(_sizes)


def require_room(settings: Settings, rules: Rules, listed: list[Run]) -> None:
    """Raise Refusal (507) if one more training beside those `listed` would be too many, or if they fill their part of
    the disk.
    """
    require_place(listed, rules.runs)
    now = usage(settings, rules)
    if now.bytes >= now.bytes_most:
        used, most = (f"{count / 1e9:,.1f} GB" for count in (now.bytes, now.bytes_most))
        advice = _advice(settings, listed)
        raise Refusal(507, "No room", Message("training.disk", used=used, most=most, advice=advice))


def require_place(listed: list[Run], most: int) -> None:
    """Raise Refusal (507) if one more training beside those `listed` would be too many."""
    if len(listed) >= most:
        raise Refusal(507, "Too many trainings", Message("training.too_many", count=len(listed), most=most))


def trim_caches(settings: Settings) -> None:
    """Delete the files of the cache that were written longest ago, until the rest fits: each can be made again."""
    files = sorted(
        (entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in _files(settings.home / "cache")
    )
    used = sum(size for _, size, _ in files)
    most = max(CACHE_LEAST, round(CACHE_SHARE * (_free(settings.home) + used)))
    for written, size, path in files:
        if used <= most or time.time() - written < CACHE_AGE:
            return
        with suppress(OSError):  # a home that cannot be written has other words for it
            Path(path).unlink(missing_ok=True)
        used -= size


def size_of(folder: Path) -> int:
    """Bytes of all files below it; 0 where there is none."""
    return sum(entry.stat().st_size for entry in _files(folder))


def _advice(settings: Settings, listed: list[Run]) -> Message:
    sizes = sizes_of_runs(settings)
    largest = max(listed, key=lambda run: sizes.get(run.name, 0), default=None)
    if largest is None:
        return Message("training.free_space")
    size = f"{sizes.get(largest.name, 0) / 1e6:,.0f}"
    return Message("training.largest", title=largest.title["en"], size=size)


def _free(home: Path) -> int:
    try:
        return shutil.disk_usage(home).free
    except OSError:
        return 0


def _folders(root: Path) -> list[Path]:
    try:
        return [path for path in root.iterdir() if path.is_dir() and not path.name.startswith(".")]
    except OSError:
        return []


def _files(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Files below the folder that were there a moment ago."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.is_file(follow_symlinks=False) and entry.stat().st_size >= 0:
                yield entry
        except OSError:  # it has just been deleted
            continue

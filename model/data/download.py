"""Data sets over a line that breaks: resumed where it stopped, checked, and unpacked by torchvision."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from model.data.catalogue import DatasetCard
from model.data.sources import Torchvision
from model.errors import DataError
from model.messages import Message, words_of

CHUNK = 1 << 18
ATTEMPTS = 6
PATIENCE = 30.0  # seconds without a byte until the connection counts as broken
SPACE = 6  # times the archive: it, and what comes out of it
Progress = Callable[[int, int], None]
BROKEN = (OSError, http.client.HTTPException)
CAUSES: dict[type[Exception], str] = {
    socket.gaierror: "download.address",
    ConnectionRefusedError: "download.refused",
    TimeoutError: "download.silence",
    ssl.SSLError: "download.certificate",
}


def fetch_dataset(card: DatasetCard, root: Path, progress: Progress) -> None:
    """Put a data set of the catalogue into `root`, where it is opened. `progress` is told bytes done and bytes in all.

    What an earlier try left behind is used. Raises DataError, in one sentence, where it cannot be had.
    """
    from torchvision import datasets  # here, because its import is slow

    if not isinstance(card.reader, Torchvision):
        return
    title, kind, incoming = card.title["en"], getattr(datasets, card.reader.kind), root / "incoming" / card.name
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        _require_space(root, title, SPACE * card.download)
        done = 0
        for archive in _archives(kind, incoming):
            _fetch_any(archive, lambda here, _: progress(done + here, card.download))  # noqa: B023 - called before the next
            done += archive.path.stat().st_size
        kind(incoming, download=True)  # which unpacks what is there
        _put(incoming / card.reader.folder, root / card.reader.folder)
        shutil.rmtree(root / "incoming", ignore_errors=True)
    except (OSError, RuntimeError) as error:
        raise DataError("download.unplaced", title=title, folder=root, reason=error) from error


@dataclass(frozen=True)
class Archive:
    """A file to download: where it is to be had, where it goes, and its MD5 checksum."""

    urls: tuple[str, ...]
    path: Path
    md5: str


def _archives(kind: Any, incoming: Path) -> list[Archive]:
    """What torchvision would download for the data set `kind`, and where it looks for it."""
    if hasattr(kind, "resources"):  # MNIST and its kin
        raw = incoming / kind.__name__ / "raw"
        return [
            Archive(tuple(mirror + name for mirror in kind.mirrors), raw / name, md5) for name, md5 in kind.resources
        ]
    return [Archive((kind.url,), incoming / kind.filename, kind.tgz_md5)]


def _fetch_any(archive: Archive, progress: Progress) -> None:
    """From the first address that has it. Raises DataError."""
    archive.path.parent.mkdir(parents=True, exist_ok=True)
    *others, last = archive.urls
    for url in others:
        with suppress(DataError):
            return fetch(url, archive.path, archive.md5, progress)
    fetch(last, archive.path, archive.md5, progress)


def _put(made: Path, there: Path) -> None:
    if there.is_dir():  # damaged, or nobody would have asked for another
        shutil.rmtree(there)
    there.parent.mkdir(parents=True, exist_ok=True)
    os.replace(made, there)


def _require_space(root: Path, title: str, needed: int) -> None:
    free = shutil.disk_usage(root).free
    if free < needed:
        raise DataError("download.space", folder=root, free=free >> 20, title=title, needed=needed >> 20)


def fetch(url: str, path: Path, md5: str, progress: Progress, pause: float = 2.0) -> None:
    """Download `url` to `path`; after a broken connection go on from where it stopped, waiting twice as long each time.

    Raises DataError if no attempt of `ATTEMPTS` in a row brings a byte, or if the checksum is wrong (the file is
    deleted).
    """
    from torchvision.datasets.utils import check_integrity

    if check_integrity(path, md5):
        return
    part = path.with_name(path.name + ".part")
    _until_whole(url, part, progress, pause)
    if not check_integrity(part, md5):
        part.unlink()
        raise DataError("download.checksum", url=url)
    os.replace(part, path)


def _until_whole(url: str, part: Path, progress: Progress, pause: float) -> None:
    failures = 0
    while True:
        before = _size(part)
        try:
            return _transfer(url, part, progress)
        except BROKEN as error:
            if (
                isinstance(error, HTTPError) and error.code == 416
            ):  # nothing is left to send: the checksum tells whether it is right
                return
            failures = 1 if _size(part) > before else failures + 1
            if (
                failures >= ATTEMPTS
                or (not _size(part) and _unreachable(error))
                or (isinstance(error, HTTPError) and error.code < 500)
            ):
                raise DataError("download.unreachable", url=url, reason=_cause(error)) from error
            time.sleep(pause * 2 ** (failures - 1))


def _unreachable(error: Exception) -> bool:
    """Whether there is no way to the host: waiting for a few seconds would not make one."""
    return isinstance(error, URLError) and isinstance(error.reason, socket.gaierror | ConnectionRefusedError)


def _cause(error: Exception) -> Message:
    """Why nothing comes, in the words of a person who waits for it."""
    reason = error.reason if isinstance(error, URLError) and not isinstance(error, HTTPError) else error
    if isinstance(reason, HTTPError):
        return Message("download.answer", code=reason.code)
    id = next((id for kind, id in CAUSES.items() if isinstance(reason, kind)), "download.broken")
    return Message(id)


def _transfer(url: str, part: Path, progress: Progress) -> None:
    have = _size(part)
    with urlopen(Request(url, headers={"Range": f"bytes={have}-"} if have else {}), timeout=PATIENCE) as reply:
        if reply.status != 206:  # the server sends all of it again
            have = 0
        total = have + int(reply.headers.get("Content-Length", 0))
        with _opened(part, "ab" if have else "wb") as file:
            while chunk := reply.read(CHUNK):
                _write(file, chunk)
                have += len(chunk)
                progress(have, total)
    if have < total:
        raise http.client.IncompleteRead(b"", total - have)


def _opened(part: Path, mode: str) -> FileIO:
    try:
        return FileIO(part, mode)  # unbuffered: a full disk is met in _write, not when the file is closed
    except OSError as error:
        raise _disk_error(part, error) from error


def _write(file: FileIO, chunk: bytes) -> None:
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError as error:
        raise _disk_error(Path(os.fsdecode(file.name)), error) from error


def _disk_error(part: Path, error: OSError) -> DataError:
    return DataError("download.unwritten", path=part, reason=words_of(error))


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0

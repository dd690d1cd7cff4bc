"""The folder of a training run: who is at work in it, and what its files say, whole or damaged.

`run.json` (configuration, history, what it is about) and the state belong to the training process; `status.json` says where it stands; `lock` is
held by the process as long as it lives; `title.json` is what a person called it later. A folder that is half written or damaged is a failed run
with a sentence, never an exception.
"""

from __future__ import annotations

import json
import math
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from model import frames, locks
from model.config import Settings
from model.errors import RunError
from model.files import write_json

RUN, STATUS, TITLE, LOCK, STOP, CARD, FILM = "run.json", "status.json", "title.json", "lock", "stop", "card.json", "film"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
LANGUAGES = ("en", "ko")


class RunState(StrEnum):
    """Where a run stands. INTERRUPTED is never written: it is a run that was at work and whose process is gone."""

    QUEUED = "queued"
    RUNNING = "running"
    MEASURING = "measuring"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


AT_WORK = (RunState.RUNNING, RunState.MEASURING)
CAN_RESUME = (RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED)


@dataclass(frozen=True)
class Run:
    """One run as a reader finds it. `place` is that in the queue, 1 = next; `title` and `about` are by language and as written down."""

    name: str
    title: dict[str, str]
    state: RunState
    place: int | None
    message: str
    stopping: bool
    epoch: int
    epochs: int
    step: int
    steps: int
    images_per_second: float | None
    seconds: float | None
    seconds_left: float | None
    preset: str | None
    has_model: bool
    filmed: bool
    created: float
    queued_at: float
    config: dict[str, Any]
    history: list[dict[str, Any]]

    @property
    def can_resume(self) -> bool:
        """Whether `resume` would take it."""
        return self.state in CAN_RESUME and bool(self.config)


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the run as the process that trains it. Raises RunError if another one does."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = locks.take(folder / LOCK)
    if handle is None:
        raise RunError(f"The run {folder.name!r} is being trained by another process.")
    (folder / STOP).unlink(missing_ok=True)  # it was meant for the process before this one
    try:
        yield
    finally:
        os.close(handle)


def is_alive(folder: Path) -> bool:
    """Whether a process trains the run now."""
    return locks.is_held(folder / LOCK)


def report(folder: Path, state: RunState, message: str = "", **fields: Any) -> None:
    """Write where the run stands: `fields` are those of `Run` (epoch, step, images_per_second, ...). Raises OSError."""
    finite = {name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()}
    write_json(folder / STATUS, {"state": state, "message": message, "at": time.time(), "pid": os.getpid(), **finite})


def given_title(folder: Path) -> dict[str, str] | None:
    """The title that a person gave the run after it was begun, by language, or None."""
    said = read_object(folder / TITLE)
    return {language: str(said[language]) for language in LANGUAGES} if said and all(said.get(language) for language in LANGUAGES) else None


def read_run(settings: Settings, folder: Path) -> Run:
    """The run in `folder`, without its place in the queue."""
    alive = is_alive(folder)  # before the status: one that ends between the two is not taken for interrupted
    said, status = read_object(folder / RUN), read_object(folder / STATUS)
    told, about = status or {}, _part(said, "about")
    state, message = _state(folder, alive, said, status)
    config, history = _part(said, "config"), (said or {}).get("history")
    return Run(
        name=folder.name,
        title=given_title(folder) or _said(about.get("title"), folder.name),
        state=state,
        place=None,
        message=message,
        stopping=alive and (folder / STOP).exists() and state is RunState.RUNNING,
        epoch=int(_number(said or {}, "epoch") or 0) if state in CAN_RESUME else int(_number(told, "epoch") or _number(said or {}, "epoch") or 0),
        epochs=int(_number(_part(config, "training"), "epochs") or _number(told, "epochs") or 0),
        step=int(_number(told, "step") or 0),
        steps=int(_number(told, "steps") or 0),
        images_per_second=_number(told, "images_per_second"),
        seconds=_number(told, "seconds"),
        seconds_left=_number(told, "seconds_left") if state in AT_WORK else None,
        preset=about.get("preset") if isinstance(about.get("preset"), str) else None,
        has_model=(settings.models / folder.name / CARD).is_file(),
        filmed=frames.any_frame(folder / FILM),
        created=_number(about, "created") or touched(folder / LOCK) or touched(folder),
        queued_at=_number(told, "queued_at") or 0.0,
        config=config,
        history=[entry for entry in history if isinstance(entry, dict)] if isinstance(history, list) else [],
    )


def _state(folder: Path, alive: bool, said: dict[str, Any] | None, status: dict[str, Any] | None) -> tuple[RunState, str]:
    """The state that a person sees, and its sentence."""
    written = (status or {}).get("state")
    state = RunState(written) if written in list(RunState) else None
    message = str((status or {}).get("message") or "")
    if alive:
        return (state if state in AT_WORK else RunState.RUNNING), message
    if not _part(said, "config"):
        return RunState.FAILED, f"The run cannot be read: its {RUN} is missing or damaged. Delete it and start a new one."
    if state is None and (folder / STATUS).exists():
        return RunState.FAILED, f"The run's {STATUS} is damaged. Resume goes on from the last saved epoch."
    if state is None or state in AT_WORK:
        return (RunState.STOPPED if (folder / STOP).exists() else RunState.INTERRUPTED), ""
    return state, message


def read_object(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file, or None where there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"), parse_constant=lambda _: None, parse_float=_finite)
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _finite(text: str) -> float | None:
    """JSON knows no infinity, and what is written must be able to travel on."""
    return value if math.isfinite(value := float(text)) else None


def _part(value: dict[str, Any] | None, name: str) -> dict[str, Any]:
    part = (value or {}).get(name)
    return part if isinstance(part, dict) else {}


def _number(value: dict[str, Any], name: str) -> float | None:
    number = value.get(name)
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None


def _said(title: Any, otherwise: str) -> dict[str, str]:
    return {language: str(title.get(language) or otherwise) if isinstance(title, dict) else otherwise for language in LANGUAGES}


def touched(path: Path) -> float:
    """When the file was last written, in Unix seconds; 0 where there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

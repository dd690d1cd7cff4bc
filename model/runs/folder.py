"""The folder of a training run: what its files say, whole or damaged.

`run.json` (configuration, history, what it is about) and the state belong to the training process; `status.json` says
where it stands; `title.json` is what a person called it later. A folder that is half written or damaged is a failed run
with a sentence, never an exception, and whatever a file holds, what is read from it can be sent on as JSON.
"""

from __future__ import annotations

import errno
import json
import math
import os
import re
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from model.config import PARTS, Settings
from model.files import write_short_json
from model.film import frames
from model.messages import Message
from model.runs.lock import LOCK, STOP, is_alive

RUN, STATUS, TITLE, CARD, FILM = "run.json", "status.json", "title.json", "card.json", "film"
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
LANGUAGES = ("en", "ko")
COUNT_MOST = 10**9  # of epochs or steps; a larger number is damage
DIGITS_MOST = 18  # of a whole number
LONE_SURROGATE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)  # half a character: JSON can hold it, UTF-8 cannot


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
LIVE = (RunState.QUEUED, *AT_WORK)
CAN_STOP = (RunState.QUEUED, RunState.RUNNING)
CAN_RESUME = (RunState.STOPPED, RunState.FAILED, RunState.INTERRUPTED)


@dataclass(frozen=True)
class Run:
    """One run as a reader finds it. `place` is that in the queue, 1 = next; `title` is by language; `owner` names who
    began it and `origin` all of that address, and neither is shown.
    """

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
    dataset: str | None
    has_model: bool
    filmed: bool
    created: float
    queued_at: float
    owner: str | None
    origin: str | None
    config: dict[str, Any]
    history: list[dict[str, Any]]

    @property
    def latent_dim(self) -> int | None:
        """How many numbers the encoder writes for each image, if the configuration says so."""
        value = self.config.get("network", {}).get("latent_dim")
        return value if type(value) is int else None

    @property
    def at_work(self) -> bool:
        """Whether a process trains or measures it now."""
        return self.state in AT_WORK

    @property
    def live(self) -> bool:
        """Whether frames may follow without anybody doing anything: it is at work, or waits for its turn."""
        return self.state in LIVE

    @property
    def can_stop(self) -> bool:
        """Whether `stop` would end it, and has not been asked for yet."""
        return self.state in CAN_STOP and not self.stopping

    @property
    def can_resume(self) -> bool:
        """Whether `resume` would take it."""
        return self.state in CAN_RESUME and bool(self.config)


def report(folder: Path, state: RunState, message: str = "", **fields: Any) -> None:
    """Write where the run stands: `fields` are those of `Run` (epoch, step, images_per_second, ...). A message is
    written as its sentence, and beside it as what it is made of. Raises OSError, also if the run is gone.
    """
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()
    }
    cause = {"cause": message.to_dict()} if isinstance(message, Message) and message.known else {}
    said = {"state": state, "message": message, **cause, "at": time.time(), "pid": os.getpid()}
    write_short_json(folder / STATUS, said | finite)


def given_title(folder: Path) -> dict[str, str] | None:
    """The title that a person gave the run after it was begun, by language, or None."""
    said = read_object(folder / TITLE)
    return (
        {language: str(said[language]) for language in LANGUAGES}
        if said and all(said.get(language) for language in LANGUAGES)
        else None
    )


def read_run(settings: Settings, folder: Path) -> Run:
    """The run in `folder`, without its place in the queue."""
    alive = is_alive(folder)  # before the status: one that ends between the two is not taken for interrupted
    said, status = read_object(folder / RUN), read_object(folder / STATUS)
    told, about = status or {}, _part(said, "about")
    state, message = _state(folder, alive, said, status)
    config, history = _config(said), (said or {}).get("history")
    return Run(
        name=folder.name,
        title=given_title(folder) or _said(about.get("title"), folder.name),
        state=state,
        place=None,
        message=message,
        stopping=alive and (folder / STOP).exists() and state is RunState.RUNNING,
        epoch=_count(said or {}, "epoch")
        if state in CAN_RESUME
        else _count(told, "epoch") or _count(said or {}, "epoch"),
        epochs=_count(_part(config, "training"), "epochs") or _count(told, "epochs"),
        step=_count(told, "step"),
        steps=_count(told, "steps"),
        images_per_second=_number(told, "images_per_second"),
        seconds=_number(told, "seconds"),
        seconds_left=_number(told, "seconds_left") if state in AT_WORK else None,
        preset=about.get("preset") if isinstance(about.get("preset"), str) else None,
        dataset=about.get("dataset") if isinstance(about.get("dataset"), str) else None,
        has_model=(settings.models / folder.name / CARD).is_file(),
        filmed=frames.any_frame(folder / FILM),
        created=_number(about, "created") or touched(folder / LOCK) or touched(folder),
        queued_at=_number(told, "queued_at") or 0.0,
        owner=about.get("owner") if isinstance(about.get("owner"), str) else None,
        origin=about.get("origin") if isinstance(about.get("origin"), str) else None,
        config=config,
        history=[_numbers(entry) for entry in history if isinstance(entry, dict)] if isinstance(history, list) else [],
    )


def _state(
    folder: Path, alive: bool, said: dict[str, Any] | None, status: dict[str, Any] | None
) -> tuple[RunState, str]:
    """The state that a person sees, and its sentence."""
    written = (status or {}).get("state")
    state = RunState(written) if written in list(RunState) else None
    message = _message(status or {})
    if alive:
        return (state if state in AT_WORK else RunState.RUNNING), message
    if not _config(said):
        return RunState.FAILED, Message("training.unreadable", file=RUN)
    if state is None and (folder / STATUS).exists():
        return RunState.FAILED, Message("training.status", file=STATUS)
    if state is None or state in AT_WORK:
        return (RunState.STOPPED if (folder / STOP).exists() else RunState.INTERRUPTED), ""
    return state, message


def _message(status: dict[str, Any]) -> str:
    """What the status says: by its id, or as the sentence that an older version wrote."""
    return Message.read(status.get("cause")) or str(status.get("message") or "")


def read_object(path: Path) -> dict[str, Any] | None:
    """The object in a JSON file, or None where there is none that can be read. What is no number or no text to others
    is None in it.
    """
    try:
        text = path.read_text(encoding="utf-8")
        value = json.loads(text, parse_constant=lambda _: None, parse_float=_finite, parse_int=_whole)
        if LONE_SURROGATE.search(text):
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (OSError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _finite(text: str) -> float | None:
    """JSON knows no infinity, and what is written must be able to travel on."""
    return value if math.isfinite(value := float(text)) else None


def _whole(text: str) -> int | None:
    return int(text) if len(text) <= DIGITS_MOST else None


def _part(value: dict[str, Any] | None, name: str) -> dict[str, Any]:
    part = (value or {}).get(name)
    return part if isinstance(part, dict) else {}


def _config(said: dict[str, Any] | None) -> dict[str, Any]:
    """The configuration, if it is made of parts that hold plain values, or lists of them, by name; else nothing."""
    config = _part(said, "config")
    parts = [part for name, part in config.items() if name in PARTS]
    fit = len(parts) == len(config) and all(
        isinstance(part, dict) and all(map(_is_plain, part.values())) for part in parts
    )
    return config if fit else {}


def _is_plain(value: Any) -> bool:
    return not isinstance(value, dict) and all(
        not isinstance(item, dict | list) for item in (value if isinstance(value, list) else ())
    )


def _number(value: dict[str, Any], name: str) -> float | None:
    number = value.get(name)
    return float(number) if isinstance(number, int | float) and math.isfinite(number) else None


def _count(value: dict[str, Any], name: str) -> int:
    number = _number(value, name) or 0
    return int(number) if 0 <= number <= COUNT_MOST else 0


def _numbers(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if isinstance(value, int | float)}


def _said(title: Any, otherwise: str) -> dict[str, str]:
    return {
        language: str(title.get(language) or otherwise) if isinstance(title, dict) else otherwise
        for language in LANGUAGES
    }


def touched(path: Path) -> float:
    """When the file was last written, in Unix seconds; 0 where there is none."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

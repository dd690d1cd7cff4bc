"""Training runs: begin, list, stop, resume, rename, delete. `python -m model.runs list` does the same from the shell.

A run waits in the queue until a server of this home starts it (or `python -m model.train --name NAME --resume` does).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from model.config import SHIPPED_MODELS, RunConfig, Settings
from model.errors import ConfigError, ExplorerError, RunError, UnknownRunError
from model.files import write_json
from model.messages import Message, words_of
from model.presets import PRESETS
from model.runs.folder import CARD, LANGUAGES, NAME, RUN, TITLE, Run, RunState, read_object, read_run, report
from model.runs.lock import LOCK, STOP, changing, forget_stop, hold, is_alive, occupy

__all__ = [
    "LOCK",
    "Run",
    "RunState",
    "begin",
    "create",
    "delete",
    "hold",
    "is_alive",
    "rename",
    "report",
    "resume",
    "run",
    "runs",
    "slug",
    "stop",
    "sweep",
]

TITLE_MOST = 80
NEW, GONE = ".new-", ".deleted-"  # folders that no reader sees
Admit = Callable[[list[Run]], None]


def anybody(_: list[Run]) -> None:
    """Let every run into the queue: an `Admit` that refuses by an exception takes its place where there are limits."""


def create(
    settings: Settings,
    config: RunConfig,
    title: str,
    preset: str | None = None,
    owner: str | None = None,
    admit: Admit = anybody,
    dataset: str | None = None,
    origin: str | None = None,
) -> str:
    """Put a new run at the end of the queue; its name. `admit` sees the runs that there are, and raises what speaks
    against one more.

    Without a `dataset` it is the first, when the training begins.

    Raises ConfigError for a title that cannot be one, RunError, OSError.
    """
    title = _fit_title(title)
    about = {
        **_about(title, preset),
        **({"owner": owner} if owner else {}),
        **({"origin": origin} if origin else {}),
        **({"dataset": dataset} if dataset else {}),
    }
    with changing(settings.runs):
        admit(runs(settings))
        name = next(_free_names(settings, slug(title) or preset or "run"), None)
        if name is None:
            raise ConfigError("training.titles", title=title)
        made = Path(tempfile.mkdtemp(dir=settings.runs, prefix=NEW))
        try:
            made.chmod(0o755)
            write_json(made / RUN, {"config": config.to_dict(), "epoch": 0, "history": [], "about": about})
            report(made, RunState.QUEUED, queued_at=time.time(), epoch=0, epochs=config.training.epochs)
            made.rename(settings.runs / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    return name


def slug(title: str) -> str:
    """What of a title fits into an address: lower-case letters, digits and '-'; empty if nothing does."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:48].strip("-")


def runs(settings: Settings) -> list[Run]:
    """Every run of this home, the newest first. Raises OSError only if the home itself cannot be read."""
    folders = (
        [f for f in settings.runs.iterdir() if NAME.fullmatch(f.name) and f.is_dir()] if settings.runs.is_dir() else []
    )
    found = sorted((read_run(settings, folder) for folder in folders), key=lambda run: (-run.created, run.name))
    queue = sorted((run for run in found if run.state is RunState.QUEUED), key=lambda run: (run.queued_at, run.name))
    places = {run.name: place for place, run in enumerate(queue, 1)}
    return [replace(run, place=places.get(run.name)) for run in found]


def run(settings: Settings, name: str) -> Run:
    """The run `name`. Raises UnknownRunError, which lists the known names."""
    known = {run.name: run for run in runs(settings)}
    if name not in known:
        names = ", ".join(sorted(known)[:20]) or Message("training.none")
        raise UnknownRunError("training.unknown", name=name, known=names)
    return known[name]


def begin(settings: Settings, name: str, start: Callable[[int], None]) -> None:
    """Take a run out of the queue, if it still waits there: `start` is given its lock, to start a process with. Raises
    OSError.

    The run is locked before its process exists, so that nobody finds it neither waiting nor at work.
    """
    with changing(settings.runs):
        found, folder = _waiting(settings, name), settings.runs / name
        if found is None:
            return  # it was stopped or deleted a moment ago
        handle = occupy(folder, mine=False)
        try:
            forget_stop(folder)
            report(folder, RunState.RUNNING, epoch=found.epoch, epochs=found.epochs)
            start(handle)
        except OSError as error:
            message = Message("training.unstarted", reason=words_of(error))
            report(folder, RunState.FAILED, message, epoch=found.epoch, epochs=found.epochs)
            raise
        finally:
            os.close(handle)


def stop(settings: Settings, name: str) -> None:
    """End a run after the step it is in, or take it out of the queue; a usable model is written. Raises
    UnknownRunError, RunError, OSError.
    """
    with changing(settings.runs):
        found, folder = run(settings, name), settings.runs / name
        if found.state is RunState.QUEUED:
            report(folder, RunState.STOPPED, epoch=found.epoch, epochs=found.epochs)
        elif found.state is RunState.MEASURING:
            raise RunError("training.measuring", name=name)
        elif not is_alive(folder):
            raise RunError("training.over", name=name, state=found.state)
        else:
            (folder / STOP).touch()


def resume(settings: Settings, name: str, admit: Admit = anybody) -> None:
    """Put a run back into the queue, to go on from its last saved epoch; `admit` as for `create`. Raises
    UnknownRunError, RunError, OSError.
    """
    with changing(settings.runs):
        found, folder = run(settings, name), settings.runs / name
        if not found.config:
            raise RunError("training.damaged", name=name)
        if not found.can_resume:
            raise RunError("training.going", name=name, state=found.state)
        admit([other for other in runs(settings) if other.name != name])
        forget_stop(folder)
        report(folder, RunState.QUEUED, queued_at=time.time(), epoch=found.epoch, epochs=found.epochs)


def rename(settings: Settings, name: str, title: str) -> None:
    """Give run and model another title; name and address stay. Raises UnknownRunError, ConfigError, RunError,
    OSError.
    """
    said = dict.fromkeys(LANGUAGES, _fit_title(title))
    with changing(settings.runs):
        write_json(settings.runs / run(settings, name).name / TITLE, said)
        if card := read_object(settings.models / name / CARD):
            write_json(settings.models / name / CARD, {**card, "title": said})


def delete(settings: Settings, name: str) -> None:
    """Remove a run and the model it made. Raises UnknownRunError, RunError while it is being trained, OSError."""
    gone = []
    with changing(settings.runs):
        folder = settings.runs / run(settings, name).name
        handle = occupy(folder)  # a process that was started from the shell may hold it
        try:
            for path in (settings.models / name, folder):
                if path.is_dir():
                    gone.append(Path(tempfile.mkdtemp(dir=path.parent, prefix=GONE)))
                    path.rename(gone[-1] / name)  # all of it at once, for whoever is reading
        finally:
            os.close(handle)
    for each in gone:
        shutil.rmtree(each, ignore_errors=True)


def sweep(settings: Settings) -> None:
    """Remove what processes that were killed left half made or half deleted. Raises RunError, OSError."""
    with changing(settings.runs):  # whoever makes a run holds this lock: what is found is nobody's
        left = [
            *settings.runs.glob(f"{NEW}*"),
            *(path for root in (settings.runs, settings.models) for path in root.glob(f"{GONE}*")),
        ]
    for each in left:
        shutil.rmtree(each, ignore_errors=True)


def _waiting(settings: Settings, name: str) -> Run | None:
    folder = settings.runs / name
    found = read_run(settings, folder) if folder.is_dir() else None
    return found if found and found.state is RunState.QUEUED else None


def _free_names(settings: Settings, base: str) -> Iterator[str]:
    for number in range(1, 10_000):
        name = base if number == 1 else f"{base}-{number}"
        if not any((root / name).exists() for root in (settings.runs, settings.models, SHIPPED_MODELS)):
            yield name


def _fit_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_MOST or not title.isprintable():
        raise ConfigError("training.title", title=title[:100], most=TITLE_MOST)
    return title


def _about(title: str, preset: str | None) -> dict[str, Any]:
    """A preset that keeps its title says it in every language. The training process adds description and command."""
    known = PRESETS.get(preset or "")
    said = known.title if known and title in known.title.values() else dict.fromkeys(LANGUAGES, title)
    return {"title": said, "preset": preset, "created": time.time()}


def _line(found: Run) -> str:
    place = f" (place {found.place})" if found.place else ""
    message = f"\n    {found.message}" if found.message else ""
    return f"{found.name:32} {found.state + place:20} epoch {found.epoch}/{found.epochs}  {found.title['en']}{message}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m model.runs",
        description="See and steer the training runs below EXPLORER_HOME.",
        allow_abbrev=False,
    )
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="every run and where it stands, the newest first")
    said = {
        "stop": "end a run after the step it is in",
        "resume": "put a run back into the queue",
        "delete": "remove a run and the model it made",
    }
    for action, help in said.items():
        actions.add_parser(action, help=help).add_argument("name")
    renaming = actions.add_parser("rename", help="give run and model another title")
    renaming.add_argument("name")
    renaming.add_argument("title")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """0 on success, 1 with one sentence on standard error otherwise."""
    options, settings = _parser().parse_args(arguments), Settings.from_environment()
    try:
        if options.action == "list":
            print("\n".join(map(_line, runs(settings))) or f"There is no run in {str(settings.runs)!r} yet.")
        elif options.action == "rename":
            rename(settings, options.name, options.title)
        else:
            {"stop": stop, "resume": resume, "delete": delete}[options.action](settings, options.name)
    except (ExplorerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.action == "resume":
        print(
            f"queued: a running server starts it; without one, run python -m model.train --name {options.name} --resume"
        )
    return 0

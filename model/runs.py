"""Training runs: begin, list, stop, resume, rename, delete. `python -m model.runs list` does the same from the shell.

A run waits in the queue until a server of this home starts it (or `python -m model.train --name NAME --resume` does).
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from model import locks
from model.config import SHIPPED_MODELS, RunConfig, Settings
from model.errors import ConfigError, ExplorerError, RunError, UnknownRunError
from model.files import write_json
from model.presets import PRESETS
from model.run_folder import (
    CARD,
    LANGUAGES,
    LOCK,
    NAME,
    RUN,
    STOP,
    TITLE,
    Run,
    RunState,
    hold,
    is_alive,
    read_object,
    read_run,
    report,
    touched,
)

__all__ = [
    *("LOCK", "STATUS", "Run", "RunState", "given_title", "hold", "is_alive", "report"),  # of the folder
    *("create", "delete", "rename", "resume", "run", "runs", "slug", "stop"),
]

TITLE_MOST = 80
PATIENCE = 20  # seconds after which a second stop asks the process once more


def create(settings: Settings, config: RunConfig, title: str, preset: str | None = None) -> str:
    """Put a new run at the end of the queue; its name. Raises ConfigError for a title that cannot be one, OSError."""
    title = _fit_title(title)
    settings.runs.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=settings.runs, prefix=".new-"))
    try:
        made.chmod(0o755)
        for name in _free_names(settings, slug(title) or preset or "run"):
            write_json(made / RUN, {"config": config.to_dict(), "epoch": 0, "history": [], "about": _about(title, preset)})
            report(made, RunState.QUEUED, queued_at=time.time(), epoch=0, epochs=config.training.epochs)
            try:
                made.rename(settings.runs / name)
                return name
            except OSError:  # another process has just taken the name
                if not (settings.runs / name).exists():
                    raise
    finally:
        shutil.rmtree(made, ignore_errors=True)
    raise ConfigError(f"There are too many runs called {title!r}; take another title.")


def slug(title: str) -> str:
    """What of a title fits into an address: lower-case letters, digits and '-'; empty if nothing does."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:48].strip("-")


def runs(settings: Settings) -> list[Run]:
    """Every run of this home, the newest first. Raises OSError only if the home itself cannot be read."""
    folders = [f for f in settings.runs.iterdir() if NAME.fullmatch(f.name) and f.is_dir()] if settings.runs.is_dir() else []
    found = sorted((read_run(settings, folder) for folder in folders), key=lambda run: (-run.created, run.name))
    queue = sorted((run for run in found if run.state is RunState.QUEUED), key=lambda run: (run.queued_at, run.name))
    places = {run.name: place for place, run in enumerate(queue, 1)}
    return [replace(run, place=places.get(run.name)) for run in found]


def run(settings: Settings, name: str) -> Run:
    """The run `name`. Raises UnknownRunError, which lists the known names."""
    known = {run.name: run for run in runs(settings)}
    if name not in known:
        raise UnknownRunError(f"There is no run {name!r}. Known are: {', '.join(sorted(known)[:20]) or 'none yet'}.")
    return known[name]


def stop(settings: Settings, name: str) -> None:
    """End a run after the step it is in, or take it out of the queue; a usable model is written. Raises UnknownRunError, RunError."""
    found, folder = run(settings, name), settings.runs / name
    if found.state is RunState.QUEUED and not is_alive(folder):
        report(folder, RunState.STOPPED, epoch=found.epoch, epochs=found.epochs)
    elif found.state is RunState.MEASURING:
        raise RunError(f"The run {name!r} has trained already and is being measured; it ends by itself in a moment.")
    elif not is_alive(folder):
        raise RunError(f"The run {name!r} is {found.state}; only one that runs or waits can be stopped.")
    elif time.time() - touched(folder / STOP) > PATIENCE:
        (folder / STOP).touch()
        _interrupt(folder)


def resume(settings: Settings, name: str) -> None:
    """Put a run back into the queue, to go on from its last saved epoch. Raises UnknownRunError, RunError."""
    found, folder = run(settings, name), settings.runs / name
    if not found.config:
        raise RunError(f"The run {name!r} cannot go on: its run.json is damaged. Delete it and start a new one.")
    if not found.can_resume:
        raise RunError(f"The run {name!r} is {found.state}; only a stopped, failed or interrupted one can go on.")
    (folder / STOP).unlink(missing_ok=True)
    report(folder, RunState.QUEUED, queued_at=time.time(), epoch=found.epoch, epochs=found.epochs)


def rename(settings: Settings, name: str, title: str) -> None:
    """Give run and model another title; name and address stay. Raises UnknownRunError, ConfigError, OSError."""
    folder, said = settings.runs / run(settings, name).name, dict.fromkeys(LANGUAGES, _fit_title(title))
    write_json(folder / TITLE, said)
    if card := read_object(settings.models / name / CARD):
        write_json(settings.models / name / CARD, {**card, "title": said})


def delete(settings: Settings, name: str) -> None:
    """Remove a run and the model it made. Raises UnknownRunError, RunError while it is being trained, OSError."""
    folder = settings.runs / run(settings, name).name
    with hold(folder):  # nobody starts it meanwhile
        for path in (settings.models / name, folder):
            if path.is_dir():
                gone = Path(tempfile.mkdtemp(dir=path.parent, prefix=".deleted-"))
                path.rename(gone / name)  # all of it at once, for whoever is reading
                shutil.rmtree(gone, ignore_errors=True)


def _free_names(settings: Settings, base: str) -> Iterator[str]:
    for number in range(1, 10_000):
        name = base if number == 1 else f"{base}-{number}"
        if not any((root / name).exists() for root in (settings.runs, settings.models, SHIPPED_MODELS)):
            yield name


def _fit_title(title: str) -> str:
    title = " ".join(title.split())
    if not 1 <= len(title) <= TITLE_MOST or not title.isprintable():
        raise ConfigError(f"The title is {title[:100]!r}; it must have 1 to {TITLE_MOST} characters.")
    return title


def _about(title: str, preset: str | None) -> dict[str, Any]:
    """A preset that keeps its title says it in every language. The training process adds description and command."""
    known = PRESETS.get(preset or "")
    said = known.title if known and title in known.title.values() else dict.fromkeys(LANGUAGES, title)
    return {"title": said, "preset": preset, "created": time.time()}


def _interrupt(folder: Path) -> None:
    """Tell the process that trains the run; one that is just being started is waited for."""
    end = time.monotonic() + PATIENCE
    while (process := locks.holder(folder / LOCK)) is None and is_alive(folder) and time.monotonic() < end:
        time.sleep(locks.PAUSE)
    if process:
        try:
            os.kill(process, signal.SIGINT)
        except ProcessLookupError:
            return  # it has just ended by itself
        except PermissionError as error:
            raise RunError(f"The run {folder.name!r} belongs to another user of this machine, who has to stop it.") from error


def _line(found: Run) -> str:
    place = f" (place {found.place})" if found.place else ""
    message = f"\n    {found.message}" if found.message else ""
    return f"{found.name:32} {found.state + place:20} epoch {found.epoch}/{found.epochs}  {found.title['en']}{message}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model.runs", description="See and steer the training runs below EXPLORER_HOME.", allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="every run and where it stands, the newest first")
    said = {"stop": "end a run after the step it is in", "resume": "put a run back into the queue", "delete": "remove a run and the model it made"}
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
        print(f"queued: a running server starts it; without one, run python -m model.train --name {options.name} --resume")
    return 0


if __name__ == "__main__":
    sys.exit(main())

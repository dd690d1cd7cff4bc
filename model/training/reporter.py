"""Where a training stands, for the terminal and, through the run's status file, for every page."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from model.runs.folder import RunState, report
from model.training.loop import Progress

REPORT_SECONDS = 0.5
BAR = 24


class Reporter:
    """Tells the terminal and, through the run's status file, every page how far the run is."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.last, self.place = folder, 0.0, dict[str, Any]()

    def progress(self, progress: Progress) -> None:
        """A step or an epoch is done."""
        names = ("epoch", "epochs", "step", "steps", "images_per_second", "seconds", "seconds_left")
        self.place = {name: getattr(progress, name) for name in names}
        if progress.epoch == progress.epochs or time.monotonic() - self.last > REPORT_SECONDS:
            self.last = time.monotonic()
            self.state(RunState.RUNNING)
        show(progress)

    def state(self, state: RunState, message: str = "") -> None:
        """The run is in another state. A disk that is full must not end a run that could go on."""
        with suppress(OSError):
            report(self.folder, state, message, **self.place)


def show(progress: Progress) -> None:
    """A bar on a terminal, rewritten; one line an epoch elsewhere."""
    losses = "" if progress.test_mse is None else f"  train {progress.train_mse:.5f}  test {progress.test_mse:.5f}"
    epoch = progress.epoch + (0 if progress.whole_epoch else 1)
    rest = f"{losses}  {progress.images_per_second:,.0f} images/s  {_clock(progress.seconds_left)} left"
    if sys.stdout.isatty():
        full = round(BAR * progress.step / progress.steps)
        print(
            f"\r\033[K{epoch:>4}/{progress.epochs} {'█' * full}{'░' * (BAR - full)}{rest}",
            end="\n" if progress.whole_epoch else "",
            flush=True,
        )
    elif progress.whole_epoch:
        print(f"epoch {epoch}/{progress.epochs}{rest}", flush=True)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"

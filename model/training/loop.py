"""The training loop, as a stream of progress events. It can stop at any moment and go on from its last saved epoch.

A resumed run ends with the weights of an uninterrupted one (see steps.py): what is kept between (see saving.py) changes
none of them, and when it is kept may depend on the clock. Under torchrun every process runs this loop on its part of
each batch (see process_group.py).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from model.config import RunConfig
from model.data.dataset import ImageDataset
from model.device import best_device
from model.errors import CheckpointError, LatentError, TrainingError
from model.training.evaluator import Evaluator
from model.training.process_group import ProcessGroup
from model.training.run_folder import RUN, RunFolder
from model.training.saving import Pace, RecordClock, SaveClock
from model.training.state import read_state, snapshot
from model.training.steps import Steps

TOGETHER = 20  # steps after which several processes agree whether to stop


@dataclass(frozen=True)
class Progress:
    """Where a run stands. Losses are the last that were measured, None before the first."""

    epoch: int
    epochs: int
    step: int
    steps: int
    train_mse: float | None
    test_mse: float | None
    images_per_second: float
    seconds: float
    seconds_left: float

    @property
    def whole_epoch(self) -> bool:
        """Whether this event closes an epoch."""
        return self.step == self.steps


class Trainer:
    """One run on one device, its state below `folder`.

    Raises ConfigError if the data set is smaller than a batch.
    """

    def __init__(
        self,
        config: RunConfig,
        train: ImageDataset,
        test: ImageDataset,
        folder: Path,
        device: torch.device | None = None,
        about: Mapping[str, Any] | None = None,
        group: ProcessGroup | None = None,
    ) -> None:
        """`about` is kept in run.json beside the state: what whoever resumes the run has to know of it."""
        self.config, self.folder, self.about = config, folder, dict(about or {})
        self._files = RunFolder(folder)
        self.group = group or ProcessGroup(device or best_device())
        self.device = self.group.device
        self.steps = Steps(config, train, self.group)
        self.autoencoder = self.steps.autoencoder
        self.evaluator = Evaluator(test, self.device)
        self.epoch = 0
        self.history: list[dict[str, float]] = []
        self.stopped = False
        self._stop = False
        self._saved_epoch = 0  # the last epoch whose state was given to the writer
        self._saves, self._records, self._pace = SaveClock(), RecordClock(), Pace()

    @property
    def seconds(self) -> float:
        """Seconds of training up to the last whole epoch, interruptions left out."""
        return self.history[-1].get("seconds", 0.0) if self.history else 0.0

    def run(self, report_every: int = 20) -> Iterator[Progress]:
        """Train to the last epoch, or until `stop`; an event every `report_every` steps and at each epoch's end.

        Raises TrainingError if the loss is not finite, memory runs out or the disk is full; the last saved epoch stays
        on the disk.
        """
        self._saves, self._pace = SaveClock(), Pace()
        try:
            yield from self._run(report_every)
        finally:
            self._files.settle()

    def _run(self, report_every: int) -> Iterator[Progress]:
        first, start, steps = self.epoch, time.perf_counter(), self.steps.per_epoch
        before = self.seconds
        if self.epoch == 0:
            self._evaluate_and_save()
            # from here on: the first evaluation is slow, and there are no steps yet that it could be a share of
            self._pace = Pace()
        while self.epoch < self.config.training.epochs:
            total = torch.zeros(2, device=self.device)
            for step in self.steps.of_epoch(self.epoch, total):
                if step < steps and self._ends(step):
                    return self._return_to_saved_epoch()
                if step % report_every == 0 and step < steps:
                    yield self._progress(first, step, start)
            self._close_epoch(self.group.mean(total / steps).tolist(), lambda: before + time.perf_counter() - start)
            yield self._progress(first, steps, start)
            if self.epoch < self.config.training.epochs and self._ends(steps):
                return self._stop_after_epoch()

    def stop(self) -> None:
        """Ask `run` to end: after the step it is in, with the network as the last epoch left it. Fit for a signal's
        handler.
        """
        self._stop = True

    def _ends(self, step: int) -> bool:
        """Whether to stop after this step. Epochs that are not saved yet are short: then the one that is begun is ended
        first.
        """
        if self.group.size > 1 and step % TOGETHER and step != self.steps.per_epoch:
            return False  # all must agree, which is work
        if not self.group.any(self._stop):
            return False
        unsaved = self.group.is_rank_zero and self._saved_epoch != self.epoch
        return step == self.steps.per_epoch or not self.group.any(unsaved)

    def _return_to_saved_epoch(self) -> None:
        """Stop within an epoch: the network becomes what it was at the end of the last one that is saved."""
        self.stopped = True
        if self.group.is_rank_zero:
            self._files.wait()
            self.resume(self.history)
            self._complete()

    def _stop_after_epoch(self) -> None:
        """Stop at an epoch's end."""
        self.stopped = True
        if self.group.is_rank_zero:
            if self._saved_epoch != self.epoch:
                self._save()
            self._files.wait()
            self._complete()

    def _complete(self) -> None:
        """The last epoch of a run that was stopped has a test error and a frame, like that of a finished one."""
        if self.history and "test_mse" not in self.history[-1]:
            self.history[-1] |= {"test_mse": self._evaluate()}
            self._write_record()
            self._files.wait()

    def _close_epoch(self, losses: list[float], clock: Callable[[], float]) -> None:
        loss, error = losses
        if not math.isfinite(loss):
            rate = self.config.training.learning_rate
            raise TrainingError("training.loss", loss=loss, epoch=self.epoch + 1, rate=rate)
        self.epoch += 1
        self.history.append({"epoch": self.epoch, "train_loss": loss, "train_mse": error})
        if self.group.is_rank_zero:
            self._evaluate_and_save(clock)

    def _evaluate_and_save(self, clock: Callable[[], float] | None = None) -> None:
        """Look at the test images, and save all that is needed to go on, where there is time for it; of the first and
        last epoch always.
        """
        if not self.group.is_rank_zero:
            return
        last, saves = self.epoch == self.config.training.epochs, self._saves.due()
        free = not self._files.busy  # asked once: the frame of this epoch must not keep its state from being saved
        measured = {}
        if last or self.epoch <= 1 or (free and self._pace.due):
            measured["test_mse"] = self._evaluate()
        if clock is not None:
            self.history[-1] |= measured | {"seconds": round(clock(), 1)}
        if last or self.epoch == 0 or (free and saves):
            self._save()
        elif free and self._records.due(len(self.history)):
            self._write_record()
        if last:
            self._files.wait()

    def _evaluate(self) -> float:
        """The test images' mean squared error now; a frame of the film is written beside."""
        with self._pace.spent():
            try:
                found = self.evaluator.evaluate(self.autoencoder, self.config.training.precision)
            except LatentError as error:
                rate = self.config.training.learning_rate
                raise TrainingError("training.latents", epoch=self.epoch, rate=rate) from error
            if self.epoch == 0:
                self._files.begin_film(self.evaluator)
            self._files.add_frame(self.epoch, found)
        return found.mse

    def _save(self) -> None:
        self._saved_epoch = self.epoch
        self._files.save(self.epoch, self._record(), snapshot(self.epoch, self.steps.modules, self.steps.optimiser))
        self._saves.saved()

    def save(self) -> None:
        """Write everything that is needed to go on, and wait for it. Raises TrainingError."""
        self._save()
        self._files.wait()

    def _progress(self, first: int, step: int, start: float) -> Progress:
        epochs, steps, seconds = self.config.training.epochs, self.steps.per_epoch, time.perf_counter() - start
        done = (self.epoch - first - (step == steps)) * steps + step
        left = ((epochs - first) * steps - done) * seconds / max(1, done)
        train = self.history[-1].get("train_mse") if self.history else None
        test = next((entry["test_mse"] for entry in reversed(self.history) if "test_mse" in entry), None)
        return Progress(self.epoch, epochs, step, steps, train, test,
                        done * self.config.training.batch_size / seconds, seconds, left)  # fmt: skip

    def test_mse(self) -> float:
        """Mean squared error per channel on the test images, in the run's precision."""
        return self.evaluator.error(self.autoencoder, self.config.training.precision)[0]

    def _record(self) -> dict[str, Any]:
        """What the run tells of itself, and the epoch from which it would go on; later epochs do not change it."""
        return {
            "config": self.config.to_dict(),
            "epoch": self._saved_epoch,
            "history": [dict(entry) for entry in self.history],
            "about": self.about,
        }

    def _write_record(self) -> None:
        """Let pages know of the epochs since the last save."""
        self._files.write_record(self.epoch, self._record())

    def resume(self, history: list[dict[str, float]]) -> None:
        """Go on from the state on the disk, and forget what came after it. Raises OSError, and CheckpointError if it is
        damaged or of another network.
        """
        self.epoch = read_state(self._files.state, self.steps.modules, self.steps.optimiser)
        if len(history) < self.epoch:
            path = self.folder / RUN
            raise CheckpointError("training.record", path=path, count=len(history), epoch=self.epoch)
        self.history, self._saved_epoch = history[: self.epoch], self.epoch
        if self.group.is_rank_zero:
            self._files.cut_film(self.epoch)
            if len(history) > self.epoch:
                self._write_record()
                self._files.wait()

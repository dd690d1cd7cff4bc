"""The training loop, as a stream of progress events. It can stop at any moment and go on from its last saved epoch.

Epoch e draws its order, its augmentation and its noise from a generator seeded by (seed, e), and the learning rate is a
function of the step alone: weights and optimiser moments are all that a resumed run needs to end with the same weights.
What is kept between (see saving.py) changes none of them: when it is kept may depend on the clock. Under torchrun
every process runs this loop on its part of each batch (see process_group.py).
"""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from model.config import RunConfig
from model.data.dataset import ImageDataset
from model.device import autocast, best_device
from model.errors import CheckpointError, ConfigError, DataError, LatentError, TrainingError
from model.evaluation.pca import PCA, fit_pca
from model.files import write_json
from model.film import film
from model.images import to_unit
from model.messages import words_of
from model.networks import Autoencoder
from model.training.augmentation import augment
from model.training.evaluator import Evaluator
from model.training.objectives import Objective, corrupt
from model.training.optimisation import build_optimiser, compiled, learning_rate, memory_layout
from model.training.process_group import ProcessGroup
from model.training.saving import Pace, RecordClock, SaveClock, Writer
from model.training.state import read_state, snapshot, write_state

STATE, RUN, FILM = "state.safetensors", "run.json", "film"
TOGETHER = 20  # steps after which several processes agree whether to stop
SAME = 1e-4  # of the range of a pixel: a standard deviation below it is rounding
FULL_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


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
    """One run: network, optimiser and data on one device, its state below `folder`.

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
        train = train.take(round(config.training.share * len(train)))
        if len(train) < config.training.batch_size:
            raise ConfigError("training.batch", "batch_size", value=config.training.batch_size, images=len(train))
        self.config, self.folder, self.about = config, folder, dict(about or {})
        self.group = group or ProcessGroup(device or best_device())
        self.device = self.group.device
        self.part = self.group.part(config.training.batch_size)
        self.images = torch.from_numpy(train.images).to(self.device)  # uint8 (n, 3, 32, 32)
        self.labels = torch.from_numpy(train.labels).to(self.device).long()
        self.evaluator = Evaluator(test, self.device)
        self.layout = memory_layout(config.network)
        self.autoencoder = self._build_network()
        objective = Objective(self.autoencoder, config.objective, len(train.classes)).to(self.device)
        self.guide = objective.guide
        self.objective = compiled(self.group.wrap(objective), self.device)
        self.optimiser = build_optimiser(objective, config.training)
        self.epoch = 0
        self.history: list[dict[str, float]] = []
        self.stopped = False
        self._stop = False
        self._saved_epoch = 0  # the last epoch whose state was given to the writer
        self._writer, self._saves, self._records, self._pace = Writer(), SaveClock(), RecordClock(), Pace()

    def _build_network(self) -> Autoencoder:
        torch.manual_seed(self.config.training.seed)
        autoencoder = Autoencoder(self.config.network)
        if self.config.network.linear_skip:
            pca = fit_pca(self.images, self.config.network.latent_dim)
            _require_differences(pca)
            autoencoder.start_from_pca(pca.mean.cpu(), pca.components.cpu(), pca.deviations.cpu())
        return autoencoder.to(self.device).to(memory_format=self.layout)

    @property
    def seconds(self) -> float:
        """Seconds of training up to the last whole epoch, interruptions left out."""
        return self.history[-1].get("seconds", 0.0) if self.history else 0.0

    @property
    def _steps_per_epoch(self) -> int:
        return len(self.images) // self.config.training.batch_size

    def run(self, report_every: int = 20) -> Iterator[Progress]:
        """Train to the last epoch, or until `stop`; an event every `report_every` steps and at each epoch's end.

        Raises TrainingError if the loss is not finite, memory runs out or the disk is full; the last saved epoch stays
        on the disk.
        """
        self._saves, self._pace = SaveClock(), Pace()
        try:
            yield from self._run(report_every)
        finally:
            self._writer.settle()

    def _run(self, report_every: int) -> Iterator[Progress]:
        first, start, steps = self.epoch, time.perf_counter(), self._steps_per_epoch
        before = self.seconds
        if self.epoch == 0:
            self._evaluate_and_save()
            # from here on: the first evaluation is slow, and there are no steps yet that it could be a share of
            self._pace = Pace()
        while self.epoch < self.config.training.epochs:
            total = torch.zeros(2, device=self.device)
            for step in self.steps(total):
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
        if self.group.size > 1 and step % TOGETHER and step != self._steps_per_epoch:
            return False  # all must agree, which is work
        if not self.group.any(self._stop):
            return False
        unsaved = self.group.is_rank_zero and self._saved_epoch != self.epoch
        return step == self._steps_per_epoch or not self.group.any(unsaved)

    def _return_to_saved_epoch(self) -> None:
        """Stop within an epoch: the network becomes what it was at the end of the last one that is saved."""
        self.stopped = True
        if self.group.is_rank_zero:
            self._writer.wait()
            self.resume(self.history)
            self._complete()

    def _stop_after_epoch(self) -> None:
        """Stop at an epoch's end."""
        self.stopped = True
        if self.group.is_rank_zero:
            if self._saved_epoch != self.epoch:
                self._save()
            self._writer.wait()
            self._complete()

    def _complete(self) -> None:
        """The last epoch of a run that was stopped has a test error and a frame, like that of a finished one."""
        if self.history and "test_mse" not in self.history[-1]:
            self.history[-1] |= {"test_mse": self._evaluate()}
            self._write_record()
            self._writer.wait()

    def steps(self, total: Tensor) -> Iterator[int]:
        """Make the steps of one epoch, each followed by its number from 1; their losses and squared errors are added to
        `total` (2,).
        """
        training, device = self.config.training, self.device
        generator = torch.Generator(device).manual_seed(training.seed * 1_000_003 + self.epoch)
        order = torch.randperm(len(self.images), generator=generator, device=device)
        self.objective.train()
        for step in range(self._steps_per_epoch):
            chosen = order[step * training.batch_size : (step + 1) * training.batch_size]
            self._set_learning_rate(self.epoch * self._steps_per_epoch + step)
            try:
                total += self._step(chosen, generator)
            except RuntimeError as error:
                if any(words in str(error) for words in FULL_MEMORY):
                    batch = training.batch_size
                    raise TrainingError("training.step_memory", device=device.type, batch=batch) from error
                raise
            yield step + 1

    def _step(self, chosen: Tensor, generator: torch.Generator) -> Tensor:
        """One step on the images `chosen` (n,); the loss and the squared error, (2,). All draws are for the whole
        batch, in every process.
        """
        images = augment(to_unit(self.images[chosen]), self.config.training, generator).contiguous(
            memory_format=self.layout
        )
        inputs = corrupt(images, self.config.objective, generator)
        noise = images.new_empty(0)
        if self.config.network.variational:
            noise = torch.randn(len(chosen), self.config.network.latent_dim, generator=generator, device=self.device)[
                self.part
            ]
        with autocast(self.config.training.precision, self.device):
            loss, error = self.objective(inputs[self.part], images[self.part], self.labels[chosen[self.part]], noise)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        return torch.stack([loss.detach(), error])

    def _set_learning_rate(self, step: int) -> None:
        rate = learning_rate(step, self._steps_per_epoch * self.config.training.epochs, self.config.training)
        for group in self.optimiser.param_groups:
            group["lr"] = rate

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
        free = not self._writer.busy  # asked once: the frame of this epoch must not keep its state from being saved
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
            self._writer.wait()

    def _evaluate(self) -> float:
        """The test images' mean squared error now; a frame of the film is written beside."""
        with self._pace.spent():
            try:
                found = self.evaluator.evaluate(self.autoencoder, self.config.training.precision)
            except LatentError as error:
                rate = self.config.training.learning_rate
                raise TrainingError("training.latents", epoch=self.epoch, rate=rate) from error
            folder = self.folder / FILM
            if self.epoch == 0:
                self._writer.put(partial(self._write, 0, partial(self._begin_film, folder)))
            add = partial(film.add_frame, folder, self.epoch, found.points, found.row)
            self._writer.put(partial(self._write, self.epoch, add))
        return found.mse

    def _begin_film(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        test, evaluator = self.evaluator.dataset, self.evaluator
        film.write_subject(
            folder, test.labels[evaluator.samples], evaluator.samples, test.classes, evaluator.row, evaluator.originals
        )

    def _write(self, epoch: int, write: Callable[[], None]) -> None:
        """Write something of `epoch`. Raises TrainingError where that cannot be."""
        try:
            write()
        except OSError as error:
            reason = words_of(error)
            raise TrainingError("training.unkept", epoch=epoch, folder=self.folder, reason=reason) from error

    def _save(self) -> None:
        # The record first: a process that ends between the two leaves one that is too long, which `resume` cuts, never
        # one that is too short.
        self._saved_epoch = self.epoch
        record, state = self._record(), snapshot(self.epoch, self._modules, self.optimiser)
        self._saves.saved()

        def write() -> None:
            write_json(self.folder / RUN, record)
            write_state(self.folder / STATE, state)

        self._writer.put(partial(self._write, self.epoch, write))

    def save(self) -> None:
        """Write everything that is needed to go on, and wait for it. Raises TrainingError."""
        self._save()
        self._writer.wait()

    def _progress(self, first: int, step: int, start: float) -> Progress:
        epochs, steps, seconds = self.config.training.epochs, self._steps_per_epoch, time.perf_counter() - start
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
        self._writer.put(partial(self._write, self.epoch, partial(write_json, self.folder / RUN, self._record())))

    def resume(self, history: list[dict[str, float]]) -> None:
        """Go on from the state on the disk, and forget what came after it. Raises OSError, and CheckpointError if it is
        damaged or of another network.
        """
        self.epoch = read_state(self.folder / STATE, self._modules, self.optimiser)
        if len(history) < self.epoch:
            path = self.folder / RUN
            raise CheckpointError("training.record", path=path, count=len(history), epoch=self.epoch)
        self.history, self._saved_epoch = history[: self.epoch], self.epoch
        if self.group.is_rank_zero:
            film.forget_after(self.folder / FILM, self.epoch)
            film.thin(self.folder / FILM)
            if len(history) > self.epoch:
                self._write_record()
                self._writer.wait()

    @property
    def _modules(self) -> dict[str, nn.Module]:
        return {"model": self.autoencoder} | ({"guide": self.guide} if self.guide is not None else {})


def _require_differences(pca: PCA) -> None:
    """PCA's scores are divided by their deviations. Raises DataError where the images have fewer directions than that
    takes.
    """
    wanted, found = len(pca.deviations), int((pca.deviations > SAME).sum())
    if found < wanted:
        raise DataError("training.alike", "linear_skip", wanted=wanted, found=found)

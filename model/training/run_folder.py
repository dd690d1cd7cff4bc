"""What a run keeps on the disk: its record, its state and its film, written one after the other in a thread beside the
steps.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from torch import Tensor

from model.errors import TrainingError
from model.files import write_json
from model.film import film
from model.messages import words_of
from model.training.evaluator import Evaluation, Evaluator
from model.training.saving import Writer
from model.training.state import write_state

STATE, RUN, FILM = "state.safetensors", "run.json", "film"


class RunFolder:
    """The folder of one run. What is given is written soon; what cannot be written raises TrainingError when next
    something is given, or waited for.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.state, self.film = path, path / STATE, path / FILM
        self._writer = Writer()

    @property
    def busy(self) -> bool:
        """Whether something is still being written."""
        return self._writer.busy

    def wait(self) -> None:
        """Until all is written. Raises TrainingError."""
        self._writer.wait()

    def settle(self) -> None:
        """The same, but raises nothing."""
        self._writer.settle()

    def write_record(self, epoch: int, record: Mapping[str, Any]) -> None:
        """What the run tells of itself, for pages."""
        self._put(epoch, partial(write_json, self.path / RUN, record))

    def save(self, epoch: int, record: Mapping[str, Any], state: Mapping[str, Tensor]) -> None:
        """All that is needed to go on from `epoch`.

        The record first: a process that ends between the two leaves one that is too long, which `Trainer.resume` cuts,
        never one that is too short.
        """
        self.write_record(epoch, record)
        self._put(epoch, partial(write_state, self.state, state))

    def begin_film(self, evaluator: Evaluator) -> None:
        """A film of the samples that `evaluator` shows; an older one goes."""
        self._put(0, partial(self._begin_film, evaluator))

    def add_frame(self, epoch: int, found: Evaluation) -> None:
        """One more frame."""
        self._put(epoch, partial(film.add_frame, self.film, epoch, found.points, found.row))

    def cut_film(self, epoch: int) -> None:
        """Forget the frames after `epoch`, and keep of the others as many as a film can show."""
        film.forget_after(self.film, epoch)
        film.thin(self.film)

    def _begin_film(self, evaluator: Evaluator) -> None:
        shutil.rmtree(self.film, ignore_errors=True)
        test, samples = evaluator.dataset, evaluator.samples
        film.write_subject(self.film, test.labels[samples], samples, test.classes, evaluator.row, evaluator.originals)

    def _put(self, epoch: int, write: Callable[[], None]) -> None:
        self._writer.put(partial(self._write, epoch, write))

    def _write(self, epoch: int, write: Callable[[], None]) -> None:
        """Write something of `epoch`. Raises TrainingError where that cannot be."""
        try:
            write()
        except OSError as error:
            raise TrainingError("training.unkept", epoch=epoch, folder=self.path, reason=words_of(error)) from error

"""From the start of `python -m model.train` to a test error below that of PCA with as many numbers: what a class waits
for.

The command is the one that a person types, with the preset "one-minute"; its time holds the start of Python and the
reading of the images. PCA is fitted in the same run on the same images. Only real images say anything here, so without
--data or EXPLORER_DATA nothing is measured. On a machine with a GPU the default preset is trained as well.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.options import Options
from benchmarks.report import Row, Target
from model.data.folder import load_folder
from model.device import abilities, best_device
from model.evaluation.pca import fit_pca
from model.presets import PRESETS
from model.training.run_folder import RUN

TITLE = "learning: from the command to a test error below PCA's (real images only)"
PRESET = "one-minute"
NAME = "benchmark"
OPTIONS: tuple[str, ...] = ()  # beside the preset
LOOK = 0.1  # seconds between two looks at the run's file
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class TestedEpoch:
    """An epoch after which the test images were looked at: their error, and the seconds since the command was given."""

    epoch: int
    seconds: float
    error: float


@dataclass(frozen=True)
class Course:
    """The epochs that were tested, the first and the last always, and the seconds to the command's end."""

    tested: list[TestedEpoch]
    seconds: float

    def below(self, error: float) -> TestedEpoch:
        """The first with a test error below `error`. Raises RuntimeError if it never was."""
        for one in self.tested:
            if one.error < error:
                return one
        raise RuntimeError(f"The test error never came below {error}: {self.tested!r}")


def measure(options: Options) -> list[Row]:
    """Times and errors; nothing without real images."""
    if options.data is None:
        return []
    on = abilities(best_device())
    pca = _pca_error(options.data, PRESETS[PRESET].config.network.latent_dim)
    course = train(PRESET, options.data)
    better = course.below(pca)
    rows = [
        Row(
            f"--preset {PRESET}: command to a test error below PCA's, epoch {better.epoch}; {on}",
            better.seconds,
            "s",
            1,
            Target(90),
        ),
        Row(f"--preset {PRESET}: command to its end, the model measured and written; {on}", course.seconds, "s", 1),
        Row("test error at the end", course.tested[-1].error, "", 1),
        Row("test error of PCA", pca, "", 1),
    ]
    return rows + (_on_a_gpu(options.data) if best_device().type == "cuda" else [])


def _on_a_gpu(data: Path) -> list[Row]:
    course = train("default", data)
    return [
        Row(
            f"--preset default: command to the last epoch's end; {abilities(best_device())}",
            course.tested[-1].seconds,
            "s",
            1,
            Target(60),
        ),
        Row("--preset default: test error", course.tested[-1].error, "", 1),
    ]


def _pca_error(data: Path, dim: int) -> float:
    train, test = (torch.from_numpy(load_folder(data, split).images) for split in ("train", "test"))
    return fit_pca(train, dim).mse(test)


def train(preset: str, data: Path) -> Course:
    """Train by the command, in an empty EXPLORER_HOME. Raises RuntimeError if it fails."""
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile("w+") as said:
        command = [
            sys.executable,
            "-m",
            "model.train",
            "--name",
            NAME,
            "--preset",
            preset,
            "--data",
            str(data.resolve()),
            *OPTIONS,
        ]
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "EXPLORER_HOME": home}, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            tested = list(_watch(process, Path(home) / "runs" / NAME / RUN, start))
        finally:
            process.kill()
        seconds = time.perf_counter() - start
        if process.wait() or not tested:
            said.seek(0)
            raise RuntimeError(f"The training failed: {said.read()[-2000:]}")
        return Course(tested, seconds)


def _watch(process: subprocess.Popen[bytes], run: Path, start: float) -> Iterator[TestedEpoch]:
    """Each epoch that was tested, as it appears on the disk."""
    seen, ended = 0, False
    while not ended:
        ended = process.poll() is not None  # before the look: the last epoch is not missed
        history = json.loads(run.read_text(encoding="utf-8"))["history"] if run.exists() else []
        for entry in history[seen:]:
            if "test_mse" in entry:
                yield TestedEpoch(entry["epoch"], time.perf_counter() - start, entry["test_mse"])
        seen = len(history)
        time.sleep(0 if ended else LOOK)

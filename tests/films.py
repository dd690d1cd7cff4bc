"""A small film for tests: a cloud of three classes that forms in a few epochs, on the disk as a run leaves it and as a
model carries it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from model.files import write_json
from model.film.film import FRAMES, write_frame, write_subject

N, K, SIDE = 72, 3, 32
CLASSES = ("circle", "square", "stripe")
LABELS = np.repeat(np.arange(3, dtype=np.uint8), 24)
ROW = np.array([0, 24, 48])


def points(epoch: int) -> np.ndarray:
    """A heap at first; then the classes go apart, in axes that turn from epoch to epoch."""
    rng = np.random.default_rng(5)
    centres = np.array([[3, 0, 0], [0, 3, 0], [0, 0, 3]])[LABELS]
    turn, _ = np.linalg.qr(np.random.default_rng(epoch).normal(size=(3, 3)))
    return ((rng.normal(size=(N, 3)) * 0.3 + min(epoch, 4) / 4 * centres) @ turn).astype(np.float32)


def row(epoch: int) -> np.ndarray:
    """Pictures that grow brighter: (K, 32, 32, 3)."""
    return np.full((K, SIDE, SIDE, 3), 40 + 20 * epoch, np.uint8)


def shoot(folder: Path, epochs: range) -> None:
    """Frames of these epochs in the run's folder."""
    originals = np.stack([np.full((SIDE, SIDE, 3), 60 * at, np.uint8) for at in range(1, K + 1)])
    write_subject(folder / FRAMES, LABELS, np.arange(N), CLASSES, ROW, originals)
    for epoch in epochs:
        write_frame(folder / FRAMES, epoch, points(epoch), row(epoch))


def history(last: int) -> list[dict[str, float]]:
    """Errors of epochs 1 to `last`."""
    return [
        {"epoch": e, "train_loss": 0.1 / e, "train_mse": 0.1 / e, "test_mse": 0.11 / e, "seconds": float(e)}
        for e in range(1, last + 1)
    ]


def tell(folder: Path, last: int, state: str, config: dict[str, object], epochs: int = 12) -> None:
    """What the run says of itself."""
    title = {"en": "Shapes apart", "ko": "갈라지는 도형"}
    about = {"title": title, "preset": None, "created": 1.0, "pca_mse": 0.05}
    write_json(folder / "run.json", {"config": config, "epoch": last, "history": history(last), "about": about})
    write_json(
        folder / "status.json", {"state": state, "message": "", "at": 0.0, "epoch": last, "epochs": epochs, "pid": 0}
    )

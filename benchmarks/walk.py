"""A walk of 60 steps, decoded and written as a GIF, beside the plain way: a loop that decodes each step by itself, and
Pillow's own writer with its colours found for each frame.

Ours is what the server does for `POST /api/models/NAME/walk.gif`, without the process that it does it in: one decode of
all steps, frames of two pictures (the step, and the cross-fade beside it), words and a line, one palette for all. The
plain loop writes the decoded pictures alone, in the same size.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.options import Options
from benchmarks.report import Row, Target
from model.film.walk import LEG, SIDE, Look, WalkFilm
from model.space.service import ExplorerService
from model.space.walks import straight

TITLE = "walk: 60 steps, decoded and written as a GIF"
STEPS = 60
TIMES = 5
MILLION = 1_000_000
T = TypeVar("T")


def measure(options: Options) -> list[Row]:
    """Milliseconds to decode and to write, ours and those of the plain loop, and how large the files are."""
    service = ExplorerService(options.folder, None)
    walk = straight(service.latent_map.latents[[0, len(service) // 2]], STEPS)
    decode, pictures = _timed(lambda: service.decode(walk.latents))
    film = WalkFilm(pictures, pictures[[0, -1]], walk.at, Look("gif"))
    write, ours = _timed(film.drawn)
    each, one_by_one = _timed(lambda: np.concatenate([service.decode(latent[None]) for latent in walk.latents]))
    if np.abs(pictures.astype(int) - one_by_one).max() > 1:
        raise RuntimeError("Steps that are decoded together differ from those that are decoded one by one.")
    plain, theirs = _timed(lambda: _plain_gif(pictures))
    return [
        Row("decoded together", decode, "ms", TIMES),
        Row("... plain loop: one by one", each, "ms", TIMES),
        Row("written, with the cross-fade beside it", write, "ms", TIMES),
        Row("... plain loop: the decoded picture alone", plain, "ms", TIMES),
        Row("both", decode + write, "ms", TIMES, Target(2000)),
        Row("... plain loop", each + plain, "ms", TIMES),
        Row("size", len(ours) / MILLION, "MB", 1),
        Row("... plain loop", len(theirs) / MILLION, "MB", 1),
    ]


def _plain_gif(pictures: NDArray[np.uint8]) -> bytes:
    frames = [Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.NEAREST) for picture in pictures]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=1000 * LEG / STEPS, loop=0)
    return buffer.getvalue()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """The median of some runs in milliseconds, one more of them beforehand; and what came out."""
    result, times = work(), []
    for _ in range(TIMES):
        start = time.perf_counter()
        result = work()
        times.append(1000 * (time.perf_counter() - start))
    return median(times), result

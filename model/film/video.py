"""A film as a file that anyone can play: GIF (Pillow) or MP4 (PyAV, H.264), with the points gliding between
the epochs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from model.film.curve import Facts
from model.film.encoding import gif, mp4
from model.film.film import Film
from model.film.picture import Look, Picture

BYTES_MOST = 8_000_000
SECONDS_PER_FRAME, LEAST, MOST = 0.26, 3.0, 12.0  # as the page plays it, within bounds
HOLD = (0.6, 1.6)  # seconds that the first and the last picture stay
MP4_RATE = 30
GIF_RATE = 12
GIF_SIZE = (800, 450)
GIF_COLOURS = 128


def export(film: Film, ranges: list[list[float]], facts: Facts, look: Look, kind: str) -> bytes:
    """The film as a file of `kind` ("gif" or "mp4"), up to 8 MB. A GIF is smaller than `look.size` says."""
    return _gif(film, ranges, facts, replace(look, size=GIF_SIZE)) if kind == "gif" else _mp4(film, ranges, facts, look)


def seconds(film: Film) -> float:
    """How long the points move."""
    return min(MOST, max(LEAST, SECONDS_PER_FRAME * (len(film.epochs) - 1))) if len(film.epochs) > 1 else 0.0


@dataclass
class FrameInterpolator:
    """The points at any moment: on smooth curves that pass each frame and overshoot none (Fritsch & Butland 1984), as
    on the page.
    """

    film: Film
    at: int = -1
    way: tuple[NDArray[Any], ...] = ()

    def points(self, position: float) -> NDArray[Any]:
        """float32 (n, 3) at `position` between two frames."""
        at = int(position)
        share = position - at
        if not share:
            return self._frame(at)
        if at != self.at:
            self.at = at
            self.way = (self._frame(at), self._frame(at + 1), self._slope(at), self._slope(at + 1))
        here, there, leave, arrive = self.way
        square, cube = share**2, share**3
        eased = 3 * square - 2 * cube
        return (1 - eased) * here + eased * there + (cube - 2 * square + share) * leave + (cube - square) * arrive

    def _frame(self, at: int) -> NDArray[np.float32]:
        return self.film.points[at].astype(np.float32)

    def _slope(self, at: int) -> NDArray[Any]:
        """At the film's ends points rest."""
        if not 0 < at < len(self.film.epochs) - 1:
            return np.zeros_like(self._frame(at))
        come, go = self._frame(at) - self._frame(at - 1), self._frame(at + 1) - self._frame(at)
        return np.where(come * go > 0, 2 * come * go / np.where(come + go == 0, 1, come + go), 0)


def positions(film: Film, count: int) -> list[float]:
    """`count` moments from the first frame to the last."""
    return [float(at) for at in np.linspace(0, len(film.epochs) - 1, max(count, 2))] if len(film.epochs) > 1 else [0.0]


def _pictures(picture: Picture, film: Film, moments: list[float]) -> Iterator[Image.Image]:
    between = FrameInterpolator(film)
    return (picture.at(moment, between.points(moment)) for moment in moments)


def _mp4(film: Film, ranges: list[list[float]], facts: Facts, look: Look) -> bytes:
    moments = positions(film, round(MP4_RATE * seconds(film)))
    times = (
        [round(MP4_RATE * HOLD[0]), *[1] * (len(moments) - 2), round(MP4_RATE * HOLD[1])]
        if len(moments) > 1
        else [round(MP4_RATE * sum(HOLD))]
    )
    rate = int(0.9 * 8 * BYTES_MOST * MP4_RATE / sum(times))
    return mp4(_pictures(Picture(film, ranges, facts, look), film, moments), times, look.size, MP4_RATE, rate)


def _gif(film: Film, ranges: list[list[float]], facts: Facts, look: Look) -> bytes:
    """As many pictures as fit: the last one, which is full of points, tells how large they become."""
    picture, last = Picture(film, ranges, facts, look), len(film.epochs) - 1
    sample = picture.at(last, FrameInterpolator(film).points(last))
    palette = sample.quantize(GIF_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    fits = int(0.8 * BYTES_MOST / len(gif([_few(sample, palette)], [100])))
    moments = positions(film, max(2, min(fits, round(GIF_RATE * seconds(film)))))
    apart = 1000 * seconds(film) / max(1, len(moments) - 1)
    pictures = (_few(image, palette) for image in _pictures(picture, film, moments))
    times = [round(apart)] * len(moments)
    times[0] += round(1000 * HOLD[0])
    times[-1] += round(1000 * HOLD[1])
    return gif(pictures, times)


def _few(image: Image.Image, palette: Image.Image) -> Image.Image:
    return image.quantize(palette=palette, dither=Image.Dither.NONE)

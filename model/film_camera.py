"""The camera of an exported film: the same projection, box and axes as the page's (45 degrees, Plotly's eye, centre and up)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from model.errors import ConfigError

OPENING = 1 / math.tan(math.pi / 8)
SIDE = 1.15  # of the box, where it is a cube
HOME = ((1.5, 1.5, 0.8), (0.0, 0.0, -0.12), (0.0, 0.0, 1.0))
FARTHEST = 50.0
NARROWEST = 0.5  # of the box's sides, as a share of the longest
TICKS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Where the eye is, what it looks at, and what is up, in units of the box."""

    eye: tuple[float, ...] = HOME[0]
    center: tuple[float, ...] = HOME[1]
    up: tuple[float, ...] = HOME[2]

    @classmethod
    def of(cls, numbers: tuple[float, ...]) -> Self:
        """Of nine numbers: eye, centre, up. Raises ConfigError for numbers that no camera can have."""
        if len(numbers) != 9 or not all(math.isfinite(n) and abs(n) <= FARTHEST for n in numbers):
            raise ConfigError(f"A camera is nine numbers between -{FARTHEST:g} and {FARTHEST:g}: eye, centre, up; these are {numbers!r}.")
        camera = cls(numbers[:3], numbers[3:6], numbers[6:])
        back = np.subtract(camera.eye, camera.center)
        if np.linalg.norm(back) < 1e-3 or np.linalg.norm(np.cross(camera.up, back)) < 1e-6:
            raise ConfigError("The camera's eye must be apart from what it looks at, and not straight above it.")
        return camera


def proportions(limits: Floats) -> Floats:
    """The box's sides for limits (3, 2): equal units on all axes, unless one is so long that the others would vanish."""
    spans = limits[:, 1] - limits[:, 0]
    sides = np.maximum(spans / spans.max(), NARROWEST)
    return sides * SIDE / np.cbrt(sides.prod())


class Lens:
    """From points (n, 3) to pixels of a picture `width` by `height`."""

    def __init__(self, camera: Camera, limits: Floats, width: int, height: int) -> None:
        box = proportions(limits)
        self.limits, self.width, self.height = limits, width, height
        self._scale = box / (limits[:, 1] - limits[:, 0])
        self._middle = limits.mean(1)
        eye = np.array(camera.eye)
        back = eye - camera.center
        self.distance, self.reach = float(np.linalg.norm(back)), 0.5 * float(np.linalg.norm(box))
        back = back / self.distance
        right = np.cross(camera.up, back)
        right /= np.linalg.norm(right)
        self._ways, self._from = np.stack([right, np.cross(back, right), -back]), eye
        self.eye = eye / self._scale + self._middle  # in the film's coordinates

    def place(self, points: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        """x and y in pixels, and the depth, which is positive in front of the camera: each (n,)."""
        across, above, depth = self._ways @ ((np.atleast_2d(points) - self._middle) * self._scale - self._from).T
        zoom = 0.5 * OPENING * self.height / np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        return across * zoom + 0.5 * self.width, 0.5 * self.height - above * zoom, depth


def ticks(low: float, high: float) -> list[float]:
    """About five round numbers between the two."""
    rough = (high - low) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{at * step:.12g}") for at in range(first, last + 1)]


@dataclass(frozen=True)
class Label:
    """A word in the picture, its middle at x, y."""

    x: float
    y: float
    text: str
    is_title: bool


def box_lines(lens: Lens) -> list[tuple[float, float, float, float, bool]]:
    """The grid on the box's three far sides: x0, y0, x1, y1 and whether it is a rim."""
    far, lines = _far(lens), []
    for side in range(3):
        one, other = (axis for axis in range(3) if axis != side)
        for along, across in ((one, other), (other, one)):
            marks = [(value, False) for value in ticks(*lens.limits[across])] + [(value, True) for value in lens.limits[across]]
            for value, rim in marks:
                ends = np.zeros((2, 3))
                ends[:, side], ends[:, across], ends[:, along] = lens.limits[side][far[side]], value, lens.limits[along]
                (x0, x1), (y0, y1), depth = lens.place(ends)
                if depth.min() > 0.01:
                    lines.append((float(x0), float(y0), float(x1), float(y1), rim))
    return lines


def box_labels(lens: Lens, names: tuple[str, ...], unit: float) -> list[Label]:
    """The numbers along the axes and the axes' names; `unit` is the size of a pixel of the page."""
    return [label for axis in range(3) for label in _edge_labels(lens, axis, names[axis], unit)]


def _far(lens: Lens) -> list[int]:
    return [0 if lens.eye[axis] > lens.limits[axis].mean() else 1 for axis in range(3)]


def _edge_labels(lens: Lens, axis: int, name: str, unit: float) -> list[Label]:
    """Of the two edges in the outline, the lower one of x and y, the left one of z."""
    far, (a, b), (low, high) = _far(lens), (other for other in range(3) if other != axis), lens.limits[axis]
    marks = ticks(low, high)
    edges = []
    for i, j in ((far[a], 1 - far[b]), (1 - far[a], far[b])):
        points = np.zeros((len(marks) + 3, 3))
        points[:, a], points[:, b], points[:, axis] = lens.limits[a][i], lens.limits[b][j], [*marks, low, high, (low + high) / 2]
        edges.append(np.stack(lens.place(points), axis=1))
    edge = min(edges, key=lambda places: places[-1, 0] if axis == 2 else -places[-1, 1])
    start, end, middle = edge[-3], edge[-2], edge[-1]
    length = float(np.hypot(*(end - start)[:2]))
    if min(start[2], end[2]) < 0.05 or length < 40 * unit:
        return []
    out = np.array([end[1] - start[1], start[0] - end[0]]) / length
    centre = np.concatenate(lens.place(lens.limits.mean(1)))[:2]
    out = out if out @ (middle[:2] - centre) >= 0 else -out
    kept = [at for at in range(len(marks)) if length > 110 * unit or at % 2 == 0]
    spots = [(edge[at], f"{marks[at]:g}", 16, False) for at in kept] + [(middle, name, 44, True)]
    return [Label(float(place[0] + unit * gap * out[0]), float(place[1] + unit * gap * out[1]), text, title) for place, text, gap, title in spots]

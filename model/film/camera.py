"""The camera of an exported film: the same projection, box, axes and first view as the page's (`app/web/view/box.js`,
`app/web/view/lens.js`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from model import view
from model.errors import ConfigError

MOST = 50.0  # of a camera's numbers: what no hand reaches
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Where the eye is, what it looks at, and what is up, in units of the box."""

    eye: tuple[float, ...] = view.HOME["eye"]
    center: tuple[float, ...] = view.HOME["center"]
    up: tuple[float, ...] = view.HOME["up"]

    @classmethod
    def of(cls, numbers: tuple[float, ...]) -> Self:
        """Of nine numbers: eye, centre, up. Raises ConfigError for numbers that no camera can have."""
        if len(numbers) != 9 or not all(math.isfinite(n) and abs(n) <= MOST for n in numbers):
            raise ConfigError("camera.numbers", most=MOST, numbers=numbers)
        camera = cls(numbers[:3], numbers[3:6], numbers[6:])
        back = np.subtract(camera.eye, camera.center)
        if np.linalg.norm(back) < 1e-3 or np.linalg.norm(np.cross(camera.up, back)) < 1e-6:
            raise ConfigError("camera.eye")
        return camera

    def zoomed(self, factor: float) -> Self:
        """Nearer by a factor below 1, as far as it goes."""
        center, back = np.array(self.center), np.subtract(self.eye, self.center)
        radius = float(np.linalg.norm(back))
        back = back * min(view.FARTHEST, max(view.NEAREST, radius * factor)) / radius
        return replace(self, eye=tuple((center + back).tolist()))


def proportions(limits: Floats) -> Floats:
    """The box's sides for limits (3, 2): equal units on all axes, unless one is so long that others would vanish."""
    spans = limits[:, 1] - limits[:, 0]
    sides = np.maximum(spans / spans.max(), view.SHORTEST)
    return np.asarray(sides * view.SIDE / np.cbrt(sides.prod()))


def home(limits: Floats, width: float, height: float) -> Camera:
    """As near as the whole box is seen in a window of so many pixels."""
    inner = max(min(view.FILLED["across"] * width, width - 2 * view.RIM), width / 2)
    across, up = view.HALF_VIEW * inner / height, view.HALF_VIEW * view.FILLED["up"]
    camera, box = Camera().zoomed(view.CLOSEST), proportions(limits)
    while not _sees(camera, box, across, up):
        farther = camera.zoomed(view.STEP_BACK)
        if farther.eye[2] == camera.eye[2]:
            break  # as far as it goes
        camera = farther
    return camera


def _sees(camera: Camera, box: Floats, across: float, up: float) -> bool:
    """Whether every corner of the box lies within the view."""
    corners = np.stack(np.meshgrid(*[(-0.5, 0.5)] * 3), axis=-1).reshape(-1, 3) * box
    right, above, depth = _ways(camera) @ (corners - np.array(camera.eye)).T
    return bool((depth > 0).all() and (abs(right) <= across * depth).all() and (abs(above) <= up * depth).all())


def _ways(camera: Camera) -> Floats:
    """What is right, above and ahead of the camera: (3, 3), unit vectors in rows."""
    back = np.subtract(camera.eye, camera.center)
    back = back / np.linalg.norm(back)
    right = np.cross(camera.up, back)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(back, right), -back])


class Lens:
    """From points (n, 3) to pixels of a picture `width` by `height`."""

    def __init__(self, camera: Camera, limits: Floats, width: int, height: int) -> None:
        box = proportions(limits)
        self.limits, self.width, self.height = limits, width, height
        self._scale = box / (limits[:, 1] - limits[:, 0])
        self._middle = limits.mean(1)
        eye = np.array(camera.eye)
        self.distance, self.reach = float(np.linalg.norm(eye - camera.center)), 0.5 * float(np.linalg.norm(box))
        self._ways, self._from = _ways(camera), eye
        self.eye = eye / self._scale + self._middle  # in the film's coordinates

    def place(self, points: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
        """x and y in pixels, and the depth, which is positive in front of the camera: each (n,)."""
        across, above, depth = self._ways @ ((np.atleast_2d(points) - self._middle) * self._scale - self._from).T
        zoom = 0.5 * self.height / view.HALF_VIEW / np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        return across * zoom + 0.5 * self.width, 0.5 * self.height - above * zoom, depth


def ticks(low: float, high: float) -> list[float]:
    """About five round numbers between the two."""
    rough = (high - low) / view.TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(times * power for times in view.TICK_STEPS if times * power >= rough * 0.999)
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
            marks = [(value, False) for value in ticks(*lens.limits[across])] + [
                (value, True) for value in lens.limits[across]
            ]
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
        points[:, a], points[:, b], points[:, axis] = (
            lens.limits[a][i],
            lens.limits[b][j],
            [*marks, low, high, (low + high) / 2],
        )
        edges.append(np.stack(lens.place(points), axis=1))
    edge = min(edges, key=lambda places: places[-1, 0] if axis == 2 else -places[-1, 1])
    start, end, middle = edge[-3], edge[-2], edge[-1]
    length = float(np.hypot(*(end - start)[:2]))
    if min(start[2], end[2]) < 0.05 or length < view.SHORT_EDGE * unit:
        return []
    out = np.array([end[1] - start[1], start[0] - end[0]]) / length
    centre = np.concatenate(lens.place(lens.limits.mean(1)))[:2]
    out = out if out @ (middle[:2] - centre) >= 0 else -out
    kept = [at for at in range(len(marks)) if length > view.SPARSE_EDGE * unit or at % 2 == 0]
    spots = [(edge[at], f"{marks[at]:g}", view.NUMBER["gap"], False) for at in kept]
    spots.append((middle, name, view.TITLE["gap"], True))
    return [
        Label(float(place[0] + unit * gap * out[0]), float(place[1] + unit * gap * out[1]), text, title)
        for place, text, gap, title in spots
    ]

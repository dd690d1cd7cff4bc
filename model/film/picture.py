"""One picture of a film at any moment between two epochs: the cloud, and beside it the epoch, the loss curve and the
row of pictures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model.film.camera import Camera, Lens, box_labels, box_lines, home
from model.film.curve import Curve, Facts
from model.film.film import Film
from model.film.style import ThemeColours, font, mix, rgb, shortened, words
from model.view import EDGE, GRID, LABEL_ROOM, NUMBER, PALEST, PALETTE, TITLE, disc_radius

FINE = 2  # the cloud is drawn twice as large, so that its points get soft rims
HEIGHT = 720  # of a picture whose letters and discs have the page's size
FOG = 8  # shades from near to far; the page has 32, a GIF has 256 colours in all
GROUND, LINE, RIM = 253, 254, 255  # colours beside the points'


@dataclass(frozen=True)
class Look:
    """How the film is to look: `size` (width, height) is even; `hidden` are classes that are left out; no `camera` is
    the page's first one.
    """

    camera: Camera | None = None
    dark: bool = False
    language: str = "en"
    size: tuple[int, int] = (1280, 720)
    hidden: frozenset[int] = frozenset()
    axes: tuple[str, ...] = ("z1", "z2", "z3")


class Picture:
    """Draws the film at a moment. `ranges` (3, 2) are the box's limits."""

    def __init__(self, film: Film, ranges: list[list[float]], facts: Facts, look: Look) -> None:
        self.film, self.facts, self.look, self.colours = film, facts, look, ThemeColours.of(look.dark)
        width, height = look.size
        self.unit = height / HEIGHT
        self._words = words(look.language)
        self._room = min(width, round(1.22 * height)), height  # the cloud's part, at the left
        limits = np.array(ranges, float)
        camera = look.camera or home(limits, self._room[0] / self.unit, HEIGHT).zoomed(LABEL_ROOM)
        self._lens = Lens(camera, limits, FINE * self._room[0], FINE * height)
        self._shown = np.flatnonzero(~np.isin(film.labels, list(look.hidden)))
        self._tones = (film.labels[self._shown] % len(PALETTE)).astype(np.intp)
        self._palette, self._ground = self._colours(), self._empty_room()
        beside = (
            self._room[0],
            round(0.32 * height),
            width - self._room[0] - round(0.045 * height),
            round(0.30 * height),
        )
        self._curve = Curve(film, facts, self.colours, self.unit, beside, self._words)
        self._still = self._furniture()

    def _colours(self) -> list[int]:
        """The palette: each class in its shades, body and rim, then ground and lines."""
        values = [*self.colours.surface] * 256
        for label, colour in enumerate(PALETTE):
            for fog in range(FOG):
                body = mix(rgb(colour), self.colours.surface, PALEST * fog / (FOG - 1))
                at = 3 * 2 * (FOG * label + fog)
                values[at : at + 6] = [*body, *mix(body, self.colours.surface, EDGE)]
        values[3 * LINE :] = [*mix(self.colours.surface, self.colours.line, GRID), *self.colours.line]
        return values

    def _empty_room(self) -> NDArray[np.uint8]:
        room = Image.new("P", (FINE * self._room[0], FINE * self._room[1]), GROUND)
        pen = ImageDraw.Draw(room)
        for *line, rim in sorted(box_lines(self._lens), key=lambda line: line[-1]):
            pen.line(line, fill=RIM if rim else LINE, width=round(FINE * max(1.0, self.unit)))
        return np.array(room)

    def _furniture(self) -> Image.Image:
        """What stands still, on transparent ground: the axes' numbers, the title, the curve."""
        layer = Image.new("RGBA", self.look.size, (*self.colours.surface, 0))
        pen = ImageDraw.Draw(layer)
        for label in box_labels(self._lens, self.look.axes, FINE * self.unit):
            colour, size = (
                (self.colours.text, TITLE["size"]) if label.is_title else (self.colours.muted, NUMBER["size"])
            )
            pen.text(
                (label.x / FINE, label.y / FINE), label.text, colour, font(label.text, size * self.unit), anchor="mm"
            )
        title = self.facts.title.get(self.look.language, "")
        if title and (face := font(title, 22 * self.unit)):
            left, room = self._curve.left, self.look.size[0] - self._curve.left - 24 * self.unit
            pen.text((left, 56 * self.unit), shortened(title, face, room), self.colours.muted, face, anchor="ls")
        self._curve.draw_axes(pen)
        return layer

    def at(self, position: float, points: NDArray[Any]) -> Image.Image:
        """The picture (RGB) at `position` between two frames, whose points (n, 3) are `points`."""
        picture = Image.new("RGB", self.look.size, self.colours.surface)
        picture.paste(self._cloud(points), (0, 0))
        picture.paste(self._still, (0, 0), self._still)
        pen = ImageDraw.Draw(picture)
        at, share = int(position), position - int(position)
        after = min(at + 1, len(self.film.epochs) - 1)
        shown = int(self.film.epochs[round(position)])
        said = self._words["epoch"].format(epoch=shown) if shown else self._words["untrained"]
        pen.text((self._curve.left, 112 * self.unit), said, self.colours.text, font(said, 46 * self.unit), anchor="ls")
        self._curve.point(pen, float(self.film.epochs[at] + share * (self.film.epochs[after] - self.film.epochs[at])))
        self._paste_row(picture, self.film.rows[at] * (1 - share) + self.film.rows[after] * share)
        return picture

    def _cloud(self, points: NDArray[Any]) -> Image.Image:
        """Far points first: where an assignment names a pixel twice, the later one stays."""
        lens, pixels = self._lens, self._ground.copy()
        x, y, depth = lens.place(points[self._shown])
        size = disc_radius(self._room[0] / self.unit, HEIGHT, lens.distance, len(self.film.labels))
        radius = np.round(size * FINE * self.unit * lens.distance / np.maximum(depth, 0.05)).clip(1, 16).astype(int)
        reach = radius.max(initial=1) + 1
        inside = (depth > 0.05) & (x > reach) & (y > reach) & (x < lens.width - reach) & (y < lens.height - reach)
        order = np.flatnonzero(inside)[np.argsort(-depth[inside], kind="stable")]
        fog = ((depth[order] - lens.distance + lens.reach) / (2 * lens.reach) * (FOG - 1)).clip(0, FOG - 1).astype(int)
        start = y[order].astype(int) * lens.width + x[order].astype(int)
        tones, sizes = 2 * (FOG * self._tones[order] + fog), radius[order]
        discs = {int(size): disc(int(size), lens.width) for size in np.unique(sizes)}
        counts = np.array([len(discs[size][0]) for size in sizes.tolist()])
        if counts.size:
            offsets, rims = (np.concatenate([discs[size][part] for size in sizes.tolist()]) for part in (0, 1))
            pixels.reshape(-1)[np.repeat(start, counts) + offsets] = (np.repeat(tones, counts) + rims).astype(np.uint8)
        image = Image.fromarray(pixels, "P")
        image.putpalette(self._palette)
        return image.convert("RGB").reduce(FINE)

    def _paste_row(self, picture: Image.Image, row: NDArray[Any]) -> None:
        """The reconstructions, in two rows below the curve."""
        left, top, unit = self._curve.left, self._curve.bottom + round(44 * self.unit), self.unit
        across = max(1, math.ceil(len(row) / 2))
        side = int(min(72 * unit, (self.look.size[0] - left - 24 * unit) / across - 4 * unit))
        for at, tile in enumerate(row):
            small = Image.fromarray(tile.round().astype(np.uint8)).resize((side, side), Image.Resampling.NEAREST)
            picture.paste(
                small,
                (left + (at % across) * (side + round(4 * unit)), top + (at // across) * (side + round(4 * unit))),
            )


@lru_cache(maxsize=64)
def disc(radius: int, width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pixels of a disc, as offsets in a picture of that width, and whether each is in its rim."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    distance = np.hypot(y, x)
    inside = distance <= radius
    return (y * width + x)[inside], (distance > radius - 0.9)[inside].astype(np.intp)

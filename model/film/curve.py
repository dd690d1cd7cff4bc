"""The loss curve in an exported film, its cursor in step with the epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import ImageDraw

from model.film.camera import ticks
from model.film.film import Film
from model.film.style import ThemeColours, font, rgb
from model.view import PALETTE


@dataclass(frozen=True)
class Facts:
    """What stands beside the cloud: the title by language, errors by epoch, PCA's error."""

    title: Mapping[str, str]
    history: list[dict[str, Any]]
    pca_mse: float | None = None


class Curve:
    """The loss curve at x, y, width, height (`place`), on a logarithmic scale."""

    def __init__(
        self,
        film: Film,
        facts: Facts,
        colours: ThemeColours,
        unit: float,
        place: tuple[int, int, int, int],
        words: dict[str, str],
    ) -> None:
        self.colours, self.unit, self.words = colours, unit, words
        self.left, top, width, height = place
        self.bottom = top + height
        self._box = self.left + round(50 * unit), top, self.left + width, self.bottom
        of_line = {"train": rgb(PALETTE[0]), "test": colours.accent}
        lines = {
            name: [(float(e["epoch"]), float(e[f"{name}_mse"])) for e in facts.history if e.get(f"{name}_mse", 0) > 0]
            for name in of_line
        }
        self._lines = {name: (of_line[name], line) for name, line in lines.items() if line}
        self._pca = facts.pca_mse if self._lines else None
        values = [value for _, line in self._lines.values() for _, value in line] + ([self._pca] if self._pca else [])
        low, high = (min(values), max(max(values), min(values) * 1.15)) if values else (1.0, 2.0)
        space = 0.06 * math.log(high / low)
        self._range = math.log(low) - space, math.log(high) + space
        self._last = max(
            [1.0, float(film.epochs[-1]), *(epoch for _, line in self._lines.values() for epoch, _ in line)]
        )

    def _x(self, epoch: float) -> float:
        return self._box[0] + epoch / self._last * (self._box[2] - self._box[0])

    def _y(self, value: float) -> float:
        low, high = self._range
        return self._box[1] + (high - math.log(value)) / (high - low) * (self._box[3] - self._box[1])

    def draw_axes(self, pen: ImageDraw.ImageDraw) -> None:
        """Scales, lines and what they mean."""
        small, wide = 13 * self.unit, max(1, round(2.25 * self.unit))
        if not self._lines:
            return
        inside = [v for v in ticks(*map(math.exp, self._range)) if v > 0]
        for value in inside:
            pen.line((self._box[0], self._y(value), self._box[2], self._y(value)), fill=self.colours.line)
            pen.text(
                (self._box[0] - 8 * self.unit, self._y(value)),
                f"{value:g}",
                self.colours.muted,
                font("0", small),
                anchor="rm",
            )
        for epoch in (e for e in ticks(0, self._last) if e == int(e)):
            pen.text(
                (self._x(epoch), self.bottom + 14 * self.unit),
                f"{int(epoch)}",
                self.colours.muted,
                font("0", small),
                anchor="mm",
            )
        x = float(self.left)
        for name, colour in [
            *((name, colour) for name, (colour, _) in self._lines.items()),
            *([("pca", self.colours.muted)] if self._pca else []),
        ]:
            pen.line(
                (x, self._box[1] - 22 * self.unit, x + 18 * self.unit, self._box[1] - 22 * self.unit),
                fill=colour,
                width=wide,
            )
            face = font(self.words[name], 14 * self.unit)
            pen.text(
                (x + 26 * self.unit, self._box[1] - 22 * self.unit),
                self.words[name],
                self.colours.text,
                face,
                anchor="lm",
            )
            x += 44 * self.unit + (face.getlength(self.words[name]) if face else 0)
        if self._pca:
            self._dashes(pen, self._y(self._pca))
        for colour, line in self._lines.values():
            pen.line(
                [(self._x(epoch), self._y(value)) for epoch, value in line], fill=colour, width=wide, joint="curve"
            )

    def _dashes(self, pen: ImageDraw.ImageDraw, y: float) -> None:
        for x in np.arange(self._box[0], self._box[2] - 4 * self.unit, 10 * self.unit):
            pen.line(
                (float(x), y, float(x) + 5 * self.unit, y),
                fill=self.colours.muted,
                width=max(1, round(1.5 * self.unit)),
            )

    def point(self, pen: ImageDraw.ImageDraw, epoch: float) -> None:
        """The cursor, and a dot on each line."""
        x, size = self._x(epoch), 5 * self.unit
        if not self._lines:
            return
        pen.line((x, self._box[1], x, self._box[3]), fill=self.colours.muted, width=max(1, round(self.unit)))
        for colour, line in self._lines.values():
            if line[0][0] <= epoch:
                y = self._y(math.exp(np.interp(epoch, [e for e, _ in line], [math.log(v) for _, v in line])))
                pen.ellipse(
                    (x - size, y - size, x + size, y + size),
                    fill=colour,
                    outline=self.colours.surface,
                    width=max(1, round(1.5 * self.unit)),
                )

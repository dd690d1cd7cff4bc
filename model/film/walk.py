"""A walk through the latent space as GIF or MP4: what the decoder draws, beside the plain cross-fade of the stops'
pictures. `python -m model.film.walk` draws it: job on standard input, file on standard output.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from model.film.encoding import gif, mp4
from model.film.style import ThemeColours, font, walk_words

MODULE = "model.film.walk"
LETTERS = "ABCDEFGH"
SIDE, MARGIN, HEAD, FOOT = 256, 16, 44, 56  # pixels
SIZE = (2 * SIDE + 3 * MARGIN, HEAD + SIDE + FOOT)
LEG = 4.0  # seconds from stop to stop, as on the page
HOLD = (0.6, 1.2)  # seconds that the first and the last picture stay
MP4_RATE = 30
GIF_RATE = 12
BITS_MOST = 4_000_000  # a second
COLOURS = 128
Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Look:
    """How it is drawn: `kind` is "gif" or "mp4"."""

    kind: str
    dark: bool = False
    language: str = "en"


@dataclass(frozen=True)
class WalkFilm:
    """`pictures` uint8 (n, h, w, 3) along the walk, those of its stops (s, h, w, 3), and which step each stop is."""

    pictures: Pixels
    stops: Pixels
    at: tuple[int, ...]
    look: Look

    def pack(self) -> bytes:
        """As .npz, for a process of the same machine."""
        said, buffer = {"at": self.at, "look": asdict(self.look)}, io.BytesIO()
        packed = np.frombuffer(json.dumps(said).encode(), np.uint8)
        np.savez(buffer, pictures=self.pictures, stops=self.stops, said=packed)
        return buffer.getvalue()

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """What `pack` wrote."""
        with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            return cls(arrays["pictures"], arrays["stops"], tuple(said["at"]), Look(**said["look"]))

    def drawn(self) -> bytes:
        """The file."""
        return self._gif() if self.look.kind == "gif" else self._mp4()

    @property
    def seconds(self) -> float:
        """How long the walk takes, without what is held at its ends."""
        return LEG * (len(self.at) - 1)

    def _mp4(self) -> bytes:
        steps = _spread(len(self.pictures), round(MP4_RATE * self.seconds))
        times = [1] * len(steps)
        times[0] += round(MP4_RATE * HOLD[0])
        times[-1] += round(MP4_RATE * HOLD[1])
        return mp4(self._frames(steps), times, SIZE, MP4_RATE, BITS_MOST)

    def _gif(self) -> bytes:
        """No more pictures than there are: between two of them a GIF has nothing to show."""
        steps = _spread(len(self.pictures), min(len(self.pictures), round(GIF_RATE * self.seconds)))
        times = [round(1000 * self.seconds / len(steps))] * len(steps)
        times[0] += round(1000 * HOLD[0])
        times[-1] += round(1000 * HOLD[1])
        palette = self._sample().quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few = (frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self._frames(steps))
        return gif(few, times)

    def _sample(self) -> Image.Image:
        """Some frames side by side, from which the colours of all are taken, and the one that is in few pixels."""
        frames = [np.asarray(frame) for frame in self._frames(_spread(len(self.pictures), 6))]
        accent = np.full((SIZE[1], MARGIN, 3), ThemeColours.of(self.look.dark).accent, np.uint8)
        return Image.fromarray(np.concatenate([*frames, accent], axis=1))

    def _frames(self, steps: list[int]) -> Iterator[Image.Image]:
        ground, fades = self._ground(), faded(self.stops, self.at)
        for step in steps:
            frame = ground.copy()
            for column, picture in enumerate((self.pictures[step], fades[step])):
                large = Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.NEAREST)
                frame.paste(large, (MARGIN + column * (SIDE + MARGIN), HEAD))
            x, y = _place(step, len(self.pictures))
            ImageDraw.Draw(frame).ellipse((x - 7, y - 7, x + 7, y + 7), ThemeColours.of(self.look.dark).accent)
            yield frame

    def _ground(self) -> Image.Image:
        """What stands still: the words above the pictures, the line below them with its stops."""
        colours, words = ThemeColours.of(self.look.dark), walk_words(self.look.language)
        ground = Image.new("RGB", SIZE, colours.surface)
        pen = ImageDraw.Draw(ground)
        for column, said in enumerate((words["decoded"], words["fade"])):
            pen.text((MARGIN + column * (SIDE + MARGIN), HEAD / 2), said, colours.text, font(said, 18), anchor="lm")
        count = len(self.pictures)
        pen.line((*_place(0, count), *_place(count - 1, count)), colours.line, 4)
        for letter, step in zip(LETTERS, self.at, strict=False):
            x, y = _place(step, count)
            pen.ellipse((x - 5, y - 5, x + 5, y + 5), colours.surface, colours.text, 2)
            pen.text((x, y + 18), letter, colours.text, font(letter, 15), anchor="mm")
        return ground


def faded(stops: Pixels, at: tuple[int, ...]) -> Pixels:
    """The pictures of the stops (s, h, w, 3) mixed pixel by pixel, uint8 (n, h, w, 3): one for each step."""
    steps = np.arange(at[-1] + 1)
    leg = np.clip(np.searchsorted(at, steps, side="right") - 1, 0, len(at) - 2)
    start, end = np.array(at)[leg], np.array(at)[leg + 1]
    share = ((steps - start) / (end - start))[:, None, None, None]
    return ((1 - share) * stops[leg] + share * stops[leg + 1]).round().astype(np.uint8)


def _spread(count: int, wanted: int) -> list[int]:
    """`wanted` of `count` steps, evenly from the first to the last; some of them twice where there are fewer."""
    return np.linspace(0, count - 1, max(2, wanted)).round().astype(int).tolist()


def _place(step: int, count: int) -> tuple[float, float]:
    """Where a step stands on the line below the pictures."""
    return 2 * MARGIN + (SIZE[0] - 4 * MARGIN) * step / (count - 1), HEAD + SIDE + 22


def main() -> Any:
    """Draw what standard input orders."""
    return sys.stdout.buffer.write(WalkFilm.unpack(sys.stdin.buffer.read()).drawn())


if __name__ == "__main__":
    main()

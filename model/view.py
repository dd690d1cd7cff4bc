"""The numbers of the 3-D view, by which the page and an exported film draw alike: box, camera, axes, discs, colours.

The page gets them as the module `shared/view.js`, which the server writes from `numbers`: so they stand here and
nowhere else.
"""

from __future__ import annotations

import math
from typing import Any

# Ten colours that colour-blind readers tell apart: M. Petroff, "Accessible color sequences for data visualization",
# 2021.
PALETTE = ("#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6", "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd")
# Streamlit's theme gets them from here (`app/theme.py`). The accent is the probe's, and none of the ten above; words
# must stand out from their ground by 4.5 to 1 or better.
THEME_COLOURS = {
    "light": {"text": "#16181d", "surface": "#ffffff", "accent": "#c2186b"},
    "dark": {"text": "#eceef2", "surface": "#101216", "accent": "#ff6fab"},
}
MUTED = 0.3  # share of the ground's colour in small print
LINE = {"light": 0.8, "dark": 0.72}  # and in the lines of the box

SIDE = 1.15  # of the box, where it is a cube
SHORTEST = 0.7  # of an axis beside the longest: a few samples far out on one axis must not squeeze the others
HALF_VIEW = math.tan(math.pi / 8)  # Plotly's camera sees 45 degrees from top to bottom
# the direction; how near is a matter of the window
HOME = {"eye": (1.36, 1.36, 0.72), "center": (0.0, 0.0, -0.17), "up": (0.0, 0.0, 1.0)}
CLOSEST = 0.5  # times the distance of HOME, from where the eye goes back until it sees the whole box,
STEP_BACK = 1.02  # by so much each time
NEAREST, FARTHEST = 0.15, 6.0  # of the eye from what it looks at
FILLED = {"across": 0.86, "up": 0.94}  # of the window by the box: the rest is for the numbers at its edges
RIM = 58  # pixels at least to the left and right of the box, for these numbers and the name of the axis
LABEL_ROOM = 1.15  # times as far away where the axes' names are drawn outside the box, by us

TICKS = 5  # about so many numbers along an axis
TICK_STEPS = (1, 2, 5, 10)  # times a power of ten
NUMBER = {"size": 13, "gap": 16}  # of the numbers along an axis, and how far from it, in pixels
TITLE = {"size": 18, "gap": 44}  # of the axis's name
SHORT_EDGE = 40  # pixels of an axis below which it has no numbers,
SPARSE_EDGE = 110  # and below which it has every other
GRID = 0.55  # strength of the grid's lines beside the box's edges

RADIUS = 2.3  # of a disc at the box's middle, in pixels
AREA = 620  # pixels of the picture's shorter side at which a disc has this size
AREA_SIZES = (0.75, 1.5)  # times this size, in the smallest and the largest picture
COUNT = 10_000  # points at which a disc has this size; fewer are larger
COUNT_POWER = 0.2
COUNT_LARGEST = 2.2
DISTANCE = 1.55  # of the eye at which a disc has this size; it grows when the eye comes nearer
DISTANCE_POWER = 0.35
PALEST = 0.62  # share of the ground's colour in the farthest disc
EDGE = 0.34  # share of the ground's colour in a disc's edge, which keeps neighbours apart


def numbers() -> dict[str, Any]:
    """All of them by name, as the page's module has them."""
    return {name: value for name, value in globals().items() if name.isupper()}


def disc_radius(width: float, height: float, distance: float, count: int) -> float:
    """Radius in pixels, at the box's middle, of a disc in a picture `width` by `height` with `count` points, seen from
    `distance`.
    """
    room = min(AREA_SIZES[1], max(AREA_SIZES[0], min(width, height) / AREA))
    crowd = min(COUNT_LARGEST, (COUNT / max(count, 1)) ** COUNT_POWER)
    return float(RADIUS * room * crowd * (DISTANCE / distance) ** DISTANCE_POWER)

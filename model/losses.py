"""Losses of a reconstruction beside |f(x) - x|^n, by the name that `--loss` takes.

To add one, add it here; its name in the form stands in `app/text` as `choice.NAME`. A loss gets the differences
f(x) - x, float32 of any shape, and gives the loss of each, of which the mean is minimised. Nothing here imports torch:
the command line and the form list the names without it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

HUBER_BEND = 0.1  # of a pixel's range: smaller differences count squared, larger ones by their size


def huber(difference: Tensor) -> Tensor:
    """Squared near zero, straight beyond (Huber 1964)."""
    size = difference.abs()
    squared = size.clamp(max=HUBER_BEND)
    return squared * (size - squared / 2)


POWER = "power"  # |f(x) - x|^n, the n being the configuration's `power`
LOSSES: dict[str, Callable[[Tensor], Tensor]] = {"huber": huber}

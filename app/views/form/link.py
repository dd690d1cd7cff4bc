"""A link that opens the form with a start filled in, such as the exercise's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from app import resources
from model.config import OPTIONS
from model.presets import PRESETS
from model.runs.folder import NAME

FIRST = "one-minute"


@dataclass(frozen=True)
class FormLink:
    """`?form=new&preset=NAME&dataset=NAME`, or `?form=copy&run=NAME&power=1` for the configuration of a run, with
    another n; what makes no sense there is as if it were absent.
    """

    dataset: str
    preset: str = FIRST
    run: str | None = None  # whose configuration is taken instead of the preset's
    power: int | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self | None:
        """What a link asks for, or None where it asks for no form."""
        names = resources.dataset_names()
        dataset, preset = query.get("dataset", ""), query.get("preset", "")
        dataset, preset = dataset if dataset in names else names[0], preset if preset in PRESETS else FIRST
        match query.get("form"), query.get("run", ""):
            case "copy", run if NAME.fullmatch(run):
                return cls(dataset, preset, run, _power(query.get("power", "")))
            case "new", _:
                return cls(dataset, preset)
        return None


def _power(text: str) -> int | None:
    known = {str(choice): int(choice) for choice in OPTIONS["power"].choices}
    return known.get(text)

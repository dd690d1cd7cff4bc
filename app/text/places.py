"""Sentences that leave this machine name no place of it: the folders of settings by their variable, the others not at
all.
"""

from __future__ import annotations

import sys
import tempfile
from functools import lru_cache
from pathlib import Path

from app import resources
from model.config import Settings

ELSEWHERE = "…"
ROOT = Path(__file__).resolve().parents[2]


def without_places(sentence: str) -> str:
    """The sentence with what stands for them in the place of folders."""
    for place, name in _places(resources.settings()):
        sentence = sentence.replace(place, name)
    return sentence


@lru_cache(maxsize=8)
def _places(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Folders and what stands for them, the longest first: one may lie within another."""
    named = {"EXPLORER_HOME": settings.home, **({"EXPLORER_DATA": settings.data} if settings.data else {})}
    others = (ROOT, Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix), Path(sys.base_prefix))
    places = {str(folder): ELSEWHERE for other in others for folder in (other, other.resolve())}
    places |= {str(folder): name for name, given in named.items() for folder in (given, given.resolve())}
    whole = {place: name for place, name in places.items() if len(Path(place).parts) > 1 and Path(place).is_absolute()}
    return tuple(sorted(whole.items(), key=lambda each: -len(each[0])))

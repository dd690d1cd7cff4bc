"""Interface strings: one flat JSON file per language, and one file per lesson with both languages."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from model.data.catalogue import CATALOGUE

LANGUAGES = {"en": "English", "ko": "한국어"}
DEFAULT = "en"


@lru_cache(maxsize=len(LANGUAGES))
def strings(language: str) -> dict[str, str]:
    """The strings of `language` by key; a key that it lacks is there in English.

    Raises KeyError for a language that is not in LANGUAGES.
    """
    if language not in LANGUAGES:
        raise KeyError(f"Unknown language {language!r}; known are {', '.join(LANGUAGES)}.")
    return _read(DEFAULT) | _read(language) | _class_names(language)


@lru_cache(maxsize=len(LANGUAGES))
def lesson_strings(language: str) -> dict[str, str]:
    """Those of the Learn page's lessons: lessons/NAME.json holds the keys that begin with NAME."""
    found: dict[str, str] = {}
    for path in sorted((Path(__file__).parent / "lessons").glob("*.json")):
        found |= json.loads(path.read_text(encoding="utf-8"))[language]
    return found


def language_of(locale: str | None) -> str:
    """The language nearest to a browser's locale such as "ko-KR", or to the first that an Accept-Language header such
    as "ko,en;q=0.8" names.
    """
    code = re.split("[-_,;]", (locale or "").strip())[0].lower()
    return code if code in LANGUAGES else DEFAULT


def _class_names(language: str) -> dict[str, str]:
    """Those of all data sets, as `class.NAME`: cards and folders name classes in English."""
    return {
        f"class.{name}": said
        for card in CATALOGUE.values()
        for name, said in zip(card.classes[DEFAULT], card.classes[language], strict=True)
    }


def _read(language: str) -> dict[str, str]:
    path = Path(__file__).parent / f"{language}.json"
    return {str(key): str(value) for key, value in json.loads(path.read_text(encoding="utf-8")).items()}

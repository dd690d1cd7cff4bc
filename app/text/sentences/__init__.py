"""What the library and the API say, in the language of the page.

They speak English, for the shell, the log and other programs. The English sentence is the name under which a catalogue
(`ko.json`) keeps its translation, as gettext has it; both are templates, with the same names in braces for what a
sentence fills in.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

from app.text import LANGUAGES, strings
from app.text.places import without_places

_NAME = re.compile(r"\{(\w+)\}")
_PARTICLE = re.compile(r"(.)(['\"’)\]]*)(은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로)")
_PARTICLES = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_FINAL = {
    "0": True,
    "1": True,
    "3": True,
    "6": True,
    "7": True,
    "8": True,
    "2": False,
    "4": False,
    "5": False,
    "9": False,
}  # as Koreans read them
_KEYS = {
    "field": "form.{}",
    "half": "form.{}.title",
    "half_again": "form.{}.title",
    "block": "choice.{}",
    "state": "run.state.{}",
}


def translated(sentence: str, language: str) -> str:
    """The sentence in `language`, and what is quoted in it too; as it is where the catalogue does not know it.

    Whoever reads it may sit far away, so it names no place of this machine.
    """
    return _translated(without_places(sentence), language)


def _translated(sentence: str, language: str) -> str:
    for pattern, template in _catalogue(language):
        if found := pattern.fullmatch(sentence):
            values = {name: _value(name, value, language) for name, value in found.groupdict().items()}
            return _PARTICLE.sub(_fitting, template.format_map(values))
    return sentence


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Patterns and templates, the most telling first."""
    path = Path(__file__).parent / f"{language}.json"
    if not path.is_file():
        return []
    known = json.loads(path.read_text(encoding="utf-8"))
    ordered = sorted(known, key=lambda english: len(_NAME.sub("", english)), reverse=True)
    return [(re.compile(_pattern(english), re.DOTALL), known[english]) for english in ordered]


def _pattern(english: str) -> str:
    parts = _NAME.split(english)  # literal, name, literal, name ...
    return "".join(f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))


def _value(name: str, value: str, language: str) -> str:
    """What is filled in: a word of the form where it is one, else a sentence of its own perhaps."""
    said = strings(language)
    if name in _KEYS:
        half, _, shared = value.partition("_")
        if name == "field" and f"form.{half}.title" in said and f"form.{shared}" in said:
            return f"{said[f'form.{half}.title']} {said[f'form.{shared}']}"
        return said.get(_KEYS[name].format(value), value)
    return _translated(value, language)


def _fitting(found: re.Match[str]) -> str:
    """The particle that goes with the sound before it; both, where that sound is anybody's guess."""
    last, quotes, both = found.groups()
    closed, opened = _PARTICLES[both]
    if "가" <= last <= "힣":
        coda = (ord(last) - ord("가")) % 28
        ends_closed = coda != 0 and not (both == "(으)로" and coda == 8)  # ㄹ takes 로
    elif last in _FINAL:
        ends_closed = _FINAL[last] and not (both == "(으)로" and last in "178")
    else:
        return found.group()
    return last + quotes + (closed if ends_closed else opened)

"""What the library and the API say, in the language of the page.

They speak by ids. The English sentences stand in the library's own table (`model/messages.json`), for the shell, the
log and other programs too; those of another language in a file beside this one, with the same names in braces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.text import LANGUAGES, strings
from app.text.places import without_places
from model.messages import Message

_PARTICLE = re.compile(r"(.)(['\"’)\]]*)(은\(는\)|이\(가\)|을\(를\)|과\(와\)|\(으\)로)")
_PARTICLES = {
    "은(는)": ("은", "는"),
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "과(와)": ("과", "와"),
    "(으)로": ("으로", "로"),
}
_FINAL = {digit: digit in "013678" for digit in "0123456789"}  # whether Koreans read it with a final consonant
_WORDS = {"field": "form.{}", "half": "form.{}.title", "block": "choice.{}", "state": "run.state.{}"}


def translated(sentence: str, language: str) -> str:
    """The sentence in `language`, and what it fills in too; one without an id stays as it is.

    Whoever reads it may sit far away, so it names no place of this machine.
    """
    text = without_places(_said(sentence, language))
    return _PARTICLE.sub(_fitting, text) if isinstance(sentence, Message) else text


def told(title: str, detail: str, language: str) -> dict[str, str]:
    """An error as the API answers it: the title and `id` are names for programs, the detail is a sentence for people;
    `field` is that of the configuration, where it is about one.

    What else the sentence fills in may name places of this machine, and stays here.
    """
    said = {"title": title, "detail": translated(detail, language)}
    if isinstance(detail, Message) and detail.known:
        said |= {"id": detail.id} | ({"field": detail.field} if detail.field else {})
    return said


@lru_cache(maxsize=len(LANGUAGES))
def templates(language: str) -> Mapping[str, str]:
    """Those of a language by id; none for English, which messages are made in."""
    path = Path(__file__).with_name(f"{language}.json")
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _said(sentence: str, language: str) -> str:
    if not isinstance(sentence, Message) or (template := templates(language).get(sentence.id)) is None:
        return str(sentence)
    values = {"field": sentence.field, **sentence.values}
    return template.format_map({name: _value(name, value, language) for name, value in values.items()})


def _value(name: str, value: Any, language: str) -> Any:
    """What is filled in: a message in its turn, and the form's word for what the interface has a word for."""
    if isinstance(value, Message):
        return translated(value, language)
    return _word(name, str(value), strings(language)) if name in _WORDS else value


def _word(name: str, value: str, said: Mapping[str, str]) -> str:
    half, _, shared = value.partition("_")
    if name == "field" and f"form.{half}.title" in said and f"form.{shared}" in said:
        return f"{said[f'form.{half}.title']} {said[f'form.{shared}']}"  # a control that both halves have
    return said.get(_WORDS[name].format(value), value)


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

"""Sentences that are known by an id: what errors, refusals and states say.

`messages.json` is the one table of them in English, with names in braces for what a sentence fills in. Other languages
have tables of their own, by the same ids (the page's stand in `app/text/errors/`).
"""

from __future__ import annotations

import errno
import json
import math
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

TABLE = Path(__file__).with_name("messages.json")


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """The templates by id."""
    return {str(id): str(template) for id, template in json.loads(TABLE.read_text(encoding="utf-8")).items()}


class Message(str):
    """One sentence: the text is English; `id`, `field` and `values` let others say it in their own language.

    `field` names the field of a configuration that it is about. A value is a number, a text, several of them, or a
    message within this one. A text that is no id of the table stands for itself: what an older file, the system or
    another program says; and a message that is made already stays what it is.
    """

    id: str
    field: str | None
    values: dict[str, Any]

    def __new__(cls, id: str, /, field: str | None = None, **values: Any) -> Self:
        if isinstance(id, cls):
            return id
        kept, template = {name: _kept(value) for name, value in values.items()}, english().get(id)
        made = super().__new__(cls, id if template is None else template.format_map({"field": field, **kept}))
        made.id, made.field, made.values = id, field, kept
        return made

    @property
    def known(self) -> bool:
        """Whether the table has its id."""
        return self.id in english()

    def to_dict(self) -> dict[str, Any]:
        """{id, field, values}, fit for JSON."""
        values = {name: _stored(value) for name, value in self.values.items()}
        return {"id": self.id, "field": self.field, "values": values}

    @classmethod
    def read(cls, told: Any) -> Self | None:
        """What `to_dict` wrote; None where it is damaged, or of a version that says other things."""
        try:
            values = {name: _restored(value) for name, value in told["values"].items()}
            made = cls(str(told["id"]), told["field"], **values)
        except (TypeError, ValueError, LookupError, AttributeError, RecursionError):
            return None
        return made if made.known else None


class _Shown(str):
    """A text that stands as it is, wherever a text in quotes or a number is filled in."""

    def __repr__(self) -> str:
        return str(self)

    def __format__(self, spec: str) -> str:
        return str(self)


def _kept(value: Any) -> Any:
    """The value as JSON can hold it. Errors become what they say."""
    if isinstance(value, BaseException):
        message = getattr(value, "message", None)
        return message if isinstance(message, Message) else _text(str(value))
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, str):
        return value if isinstance(value, Message | _Shown) else _text(str(value))
    if isinstance(value, tuple | list):
        return tuple(map(_kept, value))
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return _Shown(repr(value))


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, _Shown):
        return {"shown": str(value)}
    return [_stored(item) for item in value] if isinstance(value, tuple) else value


def _restored(value: Any) -> Any:
    """Raises ValueError for a message that cannot be read."""
    if isinstance(value, list):
        return tuple(map(_restored, value))
    if not isinstance(value, dict):
        return value
    if "shown" in value:
        return _Shown(value["shown"])
    if (message := Message.read(value)) is None:
        raise ValueError("A message within this one cannot be read.")
    return message


def _text(text: str) -> str:
    """Half a character, which no file and no answer can hold, is written out."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _Shown(repr(text))
    return text


def words_of(error: OSError) -> str:
    """What the system calls this error, without the file that it names."""
    id = f"system.{errno.errorcode.get(error.errno or 0, '').lower()}"
    return Message(id) if id in english() else str(error.strerror or error)

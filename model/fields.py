"""A field of a configuration: its default, limits, choices, step and help, declared once.

Validation, command line and form read them from the declaration.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from model.errors import ConfigError

KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "str": (str,),
    "tuple[int, ...]": (tuple,),
}
_OPTION = "option"  # where a field's metadata hold what is declared of it


@dataclass(frozen=True)
class Option:
    """What a field may hold: numbers from `low` to `high` (each of them, where it holds several), or one of `choices`.

    `step` is what a control moves a number by, `help` the sentence that explains the field in the shell.
    """

    help: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()

    def holds(self, value: float) -> bool:
        """Whether the number lies within the limits; NaN does in none."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def option(default: Any, help: str, **limits: Any) -> Any:
    """A field with its default and the rest of its `Option`."""
    return field(default=default, metadata={_OPTION: Option(help, **limits)})


def options_of(part: Any) -> dict[str, Option]:
    """What is declared of the fields of a dataclass, by name."""
    return {declared.name: declared.metadata[_OPTION] for declared in fields(part)}


def check(part: Any) -> None:
    """Raise ConfigError for the first field that holds what it must not."""
    for declared in fields(part):
        _check_kind(declared.name, getattr(part, declared.name), str(declared.type))
    for name, limits in options_of(part).items():
        _check_value(name, getattr(part, name), limits)


def _check_kind(name: str, value: Any, kind: str) -> None:
    """The field holds a value of the kind that it is declared as: JSON and forms bring others."""
    items: tuple[Any, ...] = value if isinstance(value, tuple) else ()
    if not isinstance(value, KINDS[kind]) or (kind != "bool" and isinstance(value, bool)):
        raise ConfigError("value.kind", name, value=value, kind=kind)
    if not all(type(item) is int for item in items):
        raise ConfigError("value.whole", name, value=value)


def _check_value(name: str, value: Any, declared: Option) -> None:
    if declared.choices and value not in declared.choices:
        raise _not_offered(name, value, declared.choices)
    if isinstance(value, int | float) and not declared.holds(value):
        raise ConfigError("value.range", name, value=value, low=declared.low, high=declared.high)


def _not_offered(name: str, value: Any, choices: tuple[Any, ...]) -> ConfigError:
    if isinstance(value, str):
        return ConfigError("value.choice", name, value=value, choices=", ".join(choices))
    first, second = sorted(choices)
    return ConfigError("value.either", name, value=value, first=first, second=second)

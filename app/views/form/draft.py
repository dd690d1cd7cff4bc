"""What a person has filled in so far, and where Streamlit keeps each control of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from app.views.form.values import Values

_NUMBERS = itertools.count(1)


class Draft:
    """The values of the form, each with the key of the control that shows it.

    A browser that changes two controls quickly sends all its controls again before it has heard what the first change
    rewrote: the second message would undo that. So a control that the form rewrites begins anew, under another key, and
    what still comes for the old key counts for nothing.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values: Values = dict(values)
        self._numbers = dict.fromkeys(values, next(_NUMBERS))

    def key(self, name: str) -> str:
        """Where Streamlit keeps the control of this name."""
        return f"design_{name}_{self._numbers[name]}"

    def now(self, name: str) -> Any:
        """The value as the browser has last sent it."""
        return st.session_state.get(self.key(name), self.values[name])

    def take(self) -> None:
        """Let the values be what the browser has sent."""
        self.values |= {name: self.now(name) for name in self.values}

    def write(self, name: str, value: Any) -> None:
        """Let the control say something else than what was last entered in it."""
        if self.now(name) != value:
            self._numbers[name] = next(_NUMBERS)
        self.values[name] = value

    def draw(
        self,
        widget: Callable[..., Any],
        name: str,
        label: str,
        on_change: Callable[[], None] | None = None,
        **options: Any,
    ) -> Any:
        """Show the value in a control, and take what a person makes of it. `on_change` is called before the form is
        drawn with the new value.
        """

        def changed() -> None:
            if (
                on_change and self.now(name) != self.values[name]
            ):  # Streamlit also tells of new controls in a run that was cut short
                on_change()

        # As its default: a value written to the session would be told once only, in a message that is lost where
        # another run follows at once.
        default = _default(widget.__name__, self.values[name], options.get("options", ()))
        self.values[name] = widget(label, key=self.key(name), on_change=changed, **default, **options)
        return self.values[name]


def _default(widget: str, value: Any, options: Sequence[Any]) -> dict[str, Any]:
    """What Streamlit's control of this name takes for the value to begin with."""
    if widget == "selectbox":
        return {"index": options.index(value) if value in options else None}
    return {"default" if widget == "segmented_control" else "value": value}

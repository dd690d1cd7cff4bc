"""The trainings and their films, as a Streamlit component: Python says which words, and which run was just
begun.

Everything else is state on the server: the component (web/train/page.js) asks the API for it, so every browser sees the
same.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.pages import TRAIN
from app.views.component import component

_component = component("explorer_trainings", TRAIN.module)


def trainings(language: str, strings: Mapping[str, str], begun: tuple[int, str] | None, *, key: str) -> str | None:
    """Show the trainings; the name of a run that a person wants to begin again with changes, in the one run of the page
    in which they ask.

    `begun` is the run that this page has just put into the queue, with a number that tells one from the next: it is
    shown at once.
    """
    data = {"language": language, "strings": dict(strings), "begun": begun}
    asked = _component(data, key=key, on_copy_change=lambda: None)["copy"]
    return str(asked) if asked else None

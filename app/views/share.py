"""The button that makes a link to the page as it stands, in the header.

Where the view stands, the browser alone knows (web/share/share.js).
"""

from __future__ import annotations

from collections.abc import Mapping

from app.views.component import component

_component = component("explorer_share", "share/share.js")


def share(page: str, language: str, strings: Mapping[str, str], lessons: Mapping[str, str]) -> None:
    """Draw the button on the page of that name; `lessons` are titles by name."""
    _component(
        {
            "page": page,
            "language": language,
            "strings": {key: text for key, text in strings.items() if key.startswith("share.")},
            "lessons": dict(lessons),
        },
        key=f"share_{page}",
    )

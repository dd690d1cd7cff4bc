"""The button that makes a link to the page as it stands, in the header: a Streamlit component of its own.

Where the view stands, the browser alone knows (web/share/share.js).
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.routes import assets

_LOADER = """
export default async function (component) {
    const base = (component.parentElement.explorerModules ??= component.data.modules);
    const { mount } = await import(new URL(base + "share.js", location.origin).href);
    return mount(component);
}
"""

_component = st.components.v2.component("explorer_share", js=_LOADER, isolate_styles=False)


def share(page: str, language: str, strings: Mapping[str, str], lessons: Mapping[str, str]) -> None:
    """Draw the button on the page of that name; `lessons` are titles by name."""
    _component(
        data={
            "modules": f"/explorer/{assets.scene_version()}/share/",
            "page": page,
            "language": language,
            "strings": {key: text for key, text in strings.items() if key.startswith("share.")},
            "lessons": dict(lessons),
        },
        key=f"share_{page}",
    )

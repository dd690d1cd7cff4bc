"""The 3-D scene as a Streamlit component: Python says which model, which words and, once, which view.

Everything else stays in the browser (web/explore/scene.js): what follows the hand, and the address bar, which follows
the view. So nothing that a hand does there makes a page script run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import streamlit as st

from app.routes import assets
from app.views.link import View

# An open page keeps the modules that it began with: those of a newer server would mount a second scene beside its
# first.
_LOADER = """
export default async function (component) {
    const base = (component.parentElement.explorerModules ??= component.data.modules);
    const address = (name) => new URL(base + name, location.origin).href;
    import(address("../core/plotly.js")).then(({ loadPlotly }) => loadPlotly(component.data.library)).catch(() => {});
    const { mount } = await import(address("scene.js"));
    return mount(component);
}
"""

_component = st.components.v2.component("explorer_scene", js=_LOADER, isolate_styles=False)


def explorer(model: str, language: str, strings: Mapping[str, str], start: View, guide: int, *, key: str) -> None:
    """Show `model`. `start` counts when the scene first appears: from then on it keeps its own view, through reruns and
    changes of model.

    When `guide` changes, the first steps are shown again.
    """
    _component(data=opening(model, language, strings, start, guide), key=key)


def opening(model: str, language: str, strings: Mapping[str, str], start: View, guide: int = 0) -> dict[str, Any]:
    """What the scene is told: the page's HTML says the same, so that it begins before Streamlit's client does."""
    return {
        "modules": f"/explorer/{assets.scene_version()}/explore/",
        "library": assets.plotly_file(),
        "model": model,
        "language": language,
        "strings": dict(strings),
        "view": asdict(start),
        "guide": guide,
    }

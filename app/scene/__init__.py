"""The 3-D scene as a Streamlit component: Python hands it a model, a language and a view, and hears the view once it has settled.

Everything that follows the hand stays in the browser (scene.js); `scene.js` also lists what tests can hold on to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from urllib.parse import urlencode

import streamlit as st

from app import assets
from app.scene.view import View

_LOADER = """
export default async function (component) {
    const address = (name) => new URL(component.data.modules + name, location.origin).href;
    import(address("library.js")).then(({ loadPlotly }) => loadPlotly(component.data.plotly)).catch(() => {});
    const { mount } = await import(address("scene.js"));
    return mount(component);
}
"""

_component = st.components.v2.component("explorer_scene", js=_LOADER, isolate_styles=False)


def explorer(model: str, language: str, strings: Mapping[str, str], start: View, *, key: str) -> View:
    """Show `model`; the view that its scene has settled on last.

    `start` counts when the scene first appears: from then on it keeps its own view, through reruns and changes of model.
    The address bar follows the view, by replacing its entry in the history: `st.query_params` would add one at each move, and the
    browser's back button would never leave the page.
    """
    view = _settled(model, key, start)
    data = {
        "modules": f"/explorer/scene/{assets.scene_version()}/",
        "plotly": f"/explorer/plotly.min.js?v={assets.plotly_version()}",
        "model": model,
        "language": language,
        "strings": dict(strings),
        "view": asdict(start),
        "link": urlencode({"model": model, "lang": language, **view.to_query()}, safe=","),
    }
    _component(data=data, default={"view": None}, key=key, on_view_change=_ignore)
    return view


def _ignore() -> None:
    """A state needs a callback; the view is read from the session."""


def _settled(model: str, key: str, start: View) -> View:
    state = st.session_state.get(key)
    told = state.get("view") if state else None
    if not told:
        return start
    return View.from_state(told) if told.get("model") == model else View()

"""The Learn page: the lessons on manifold learning, as a Streamlit component.

Python says which words. Everything else stays in the browser (web/learn/page.js), which asks the API for what it
computes with.
"""

import streamlit as st

from app.routes import assets
from app.text import lesson_strings, strings
from app.views.header import language

# An open page keeps the modules that it began with: those of a newer server would mount a second page beside its first.
_LOADER = """
export default async function (component) {
    const base = (component.parentElement.explorerModules ??= component.data.modules);
    const { mount } = await import(new URL(base + "page.js", location.origin).href);
    return mount(component);
}
"""

_component = st.components.v2.component("explorer_lessons", js=_LOADER, isolate_styles=False)
_component(
    data={
        "modules": f"/explorer/{assets.scene_version()}/learn/",
        "library": assets.plotly_file(),
        "language": language(),
        "strings": strings(language()) | lesson_strings(language()),
    },
    key="lessons",
)

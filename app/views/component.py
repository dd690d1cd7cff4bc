"""Parts of a page that the browser draws, as Streamlit components: Python says which module, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.routes import assets

# An open page keeps the modules that it began with: those of a newer server would mount a second part beside its first.
LOADER = """
export default async function (component) {
    const base = (component.parentElement.explorerModules ??= component.data.modules);
    const { mount } = await import(new URL(base + "MODULE", location.origin).href);
    return mount(component);
}
"""


def component(name: str, module: str) -> Callable[..., Any]:
    """What mounts a module of app/web (FOLDER/FILE), called with `data`, `key` and the callbacks of its triggers."""
    folder, file = module.split("/")
    mounted = st.components.v2.component(name, js=LOADER.replace("MODULE", file), isolate_styles=False)

    def show(data: dict[str, Any], **options: Any) -> Any:
        return mounted(data={"modules": f"/explorer/{assets.scene_version()}/{folder}/", **data}, **options)

    return show

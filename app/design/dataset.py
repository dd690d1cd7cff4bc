"""What the dialog shows while there are no images to train on: the way to get them."""

from __future__ import annotations

import streamlit as st

from app import downloads, resources, roles
from app.design.asker import asker
from app.text import strings
from app.text.sentences import translated


def missing(language: str) -> None:
    """Say what to do, offer the download of CIFAR-10, and show how far it is."""
    st.markdown(strings(language)["form.nodata"])
    _progress(language)


@st.fragment(run_every=1.0)
def _progress(language: str) -> None:
    said = strings(language)
    now = downloads.current()
    if now.state == "ready":
        st.rerun()
    if now.state == "downloading":
        share = now.done / now.total if now.total else 0.0
        st.progress(share, said["data.downloading"].format(percent=round(100 * share)))
        return
    if now.state in ("failed", "unusable"):
        st.error(said["data.unusable" if now.state == "unusable" else "data.failed"].format(message=translated(now.message, language)))
    if resources.settings().data is None:
        label = said["data.again" if now.state == "failed" else "data.download"]
        locked = not asker().in_charge
        hint = translated(roles.DOWNLOAD, language) if locked else said["data.download.help"]
        st.button(label, help=hint, type="primary", disabled=locked, on_click=_start)
        if locked:
            st.caption(f":material/lock: {hint}")


def _start() -> None:
    if asker().in_charge:
        downloads.download().start()

"""What the dialog shows while the chosen data set is not on this machine: the way to get it."""

from __future__ import annotations

import streamlit as st

from app.access import roles
from app.routes import downloads
from app.text import strings
from app.text.errors import translated
from app.views.form.session import asker
from model.data.catalogue import CATALOGUE, title_of


def missing(name: str, language: str) -> None:
    """Say what to do, offer the download, and show how far it is."""
    st.markdown(strings(language)["form.nodata"].format(**_named(name, language)))
    _progress(name, language)


def _named(name: str, language: str) -> dict[str, str]:
    card = CATALOGUE.get(name)
    return {"title": title_of(name, language), "size": f"{card.download / 1e6:.0f}" if card else "0"}


@st.fragment(run_every=1.0)
def _progress(name: str, language: str) -> None:
    said = strings(language)
    now = downloads.current(name)
    if now.state == "ready":
        st.rerun()
    if now.state == "downloading":
        share = now.done / now.total if now.total else 0.0
        st.progress(share, said["data.downloading"].format(percent=round(100 * share), **_named(name, language)))
        return
    if now.state in ("failed", "unusable"):
        st.error(
            said["data.unusable" if now.state == "unusable" else "data.failed"].format(
                message=translated(now.message, language)
            )
        )
    if downloads.can_be_downloaded(name):
        _offer(name, now.state, language)


def _offer(name: str, state: str, language: str) -> None:
    said, locked = strings(language), not asker().in_charge
    label = said["data.again" if state == "failed" else "data.download"].format(**_named(name, language))
    hint = (
        translated(roles.DOWNLOAD, language) if locked else said["data.download.help"].format(**_named(name, language))
    )
    st.button(label, help=hint, type="primary", disabled=locked, on_click=_start, args=(name,))
    if locked:
        st.caption(f":material/lock: {hint}")


def _start(name: str) -> None:
    if asker().in_charge:
        downloads.begin(name)

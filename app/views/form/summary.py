"""Beside the form: what the configuration comes to, measured on this machine, and the button that starts it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import uuid4

import streamlit as st

from app.access.clients import client_from
from app.text import strings
from app.text.errors import translated
from app.views.form.values import layers
from app.work import estimates
from app.work.estimates import Estimate
from model.config import IMAGE_NUMBERS, RunConfig

STYLE = """<style>
[data-testid="stColumn"]:has(> * .st-key-summary) > [data-testid="stVerticalBlock"] { position: sticky; top: 0; }
.st-key-summary p { word-break: keep-all; }
.mx-measured { display: grid; grid-template-columns: auto 1fr; gap: 0.375rem 1.25rem; }
.mx-measured, .mx-measured :is(dt, dd) { margin: 0 !important; padding: 0 !important; }
.mx-measured dt { font-weight: 400; opacity: 0.72; }
.mx-measured dd { text-align: right; font-variant-numeric: tabular-nums; }
.mx-measured em { font-style: normal; opacity: 0.6; }
.mx-measured strong { font-weight: 650; }
</style>"""


Taken = Callable[[], tuple[RunConfig | None, Mapping[str, str]]]
Start = Callable[[RunConfig], str | None]


def summary(dataset: str, taken: Taken, language: str, start: Start) -> None:
    """The card and the button, which can be pressed once nothing speaks against it.

    `taken` tells the configuration as the controls stand now, None where they do not fit, and why; `start` begins it,
    or says why it cannot be.
    """
    st.html(STYLE)
    with st.container(border=True, key="summary"):
        _card(dataset, taken, language, start)


@st.fragment(run_every=1.0)
def _card(dataset: str, taken: Taken, language: str, start: Start) -> None:
    """It asks for the configuration itself: where a person types a number and presses the button at once, only this
    part of the form runs.
    """
    said, (config, problems) = strings(language), taken()
    if config is None:
        st.error(said["form.problem"])
        for problem in problems.values():
            st.caption(problem)
        st.button(said["form.start"], type="primary", disabled=True, width="stretch", key="begin_disabled")
        return
    st.markdown(said["form.code"].format(d=f"{config.network.latent_dim:,}", n=f"{IMAGE_NUMBERS:,}"))
    st.caption(layers(config))
    asker = st.session_state.setdefault("asker", uuid4().hex)
    client = client_from(st.context.cookies, st.context.ip_address)
    estimate = estimates.ask(config.to_dict(), dataset, asker, client)
    lines = (f"<dt>{label}</dt><dd>{value}</dd>" for label, value in _lines(estimate, said))
    st.html(f"<dl class='mx-measured'>{''.join(lines)}</dl>")
    if estimate is not None:
        _warn(estimate, language)
    ready = estimate is not None and not estimate.refusal
    pressed = st.button(
        said["form.start"],
        type="primary",
        disabled=not ready,
        width="stretch",
        key="begin",
        help=said["form.start.help"],
    )
    if pressed and ready and (refusal := start(config)):
        st.error(refusal)


def _warn(estimate: Estimate, language: str) -> None:
    said = strings(language)
    if estimate.refusal:
        sentence = said.get(f"form.refused.{estimate.reason}", said["form.refused"])
        st.error(sentence.format(reason=translated(estimate.refusal, language)))
    elif estimate.problem:
        st.warning(translated(estimate.problem, language))
    elif estimate.busy:
        st.caption(said["form.busy"])


def _lines(estimate: Estimate | None, said: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is measured, by label; a dash where it is not known."""
    waiting = f"<em>{said['form.measuring']}</em>" if estimate is None else "–"
    known = estimate or Estimate()

    def count(value: int | None) -> str:
        return waiting if value is None else f"{value:,}"

    return [
        (said["form.parameters.encoder"], count(known.encoder_parameters)),
        (said["form.parameters.decoder"], count(known.decoder_parameters)),
        (said["form.images"], count(known.images)),
        (said["form.memory"], waiting if known.memory_bytes is None else size(known.memory_bytes)),
        (said["form.epoch"], waiting if known.seconds_per_epoch is None else duration(known.seconds_per_epoch, said)),
        (said["form.time"], waiting if known.seconds is None else f"<strong>{duration(known.seconds, said)}</strong>"),
    ]


def size(count: int) -> str:
    """Bytes as people read them."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6))} MB"


def duration(seconds: float, said: Mapping[str, str]) -> str:
    """A time as people say it: two figures of the two largest units."""
    whole = round(seconds)
    if seconds < 10:
        return said["time.seconds"].format(s=f"{seconds:.1f}")
    if whole < 90:
        return said["time.seconds"].format(s=whole)
    if whole < 3600:
        return said["time.minutes"].format(m=round(whole / 60))
    return said["time.hours"].format(h=whole // 3600, m=whole % 3600 // 60)

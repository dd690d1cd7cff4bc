"""The controls of the form. Each writes its value, explains itself on hover, and shows below it what is wrong with
it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from app.views.form.draft import Draft
from app.views.form.values import HALVES, NO_CORRUPTION, SHAPES, drawn, parse_widths, sliders_for, spelled
from model.config import DEEPEST, OPTIONS
from model.errors import ConfigError
from model.losses import POWER

NAMES = {"gelu": "GELU", "relu": "ReLU", "silu": "SiLU"}  # the same in every language


class Controls:
    """Draws the controls of a draft; `problems` are sentences by name of a control."""

    def __init__(self, draft: Draft, problems: Mapping[str, str], said: Mapping[str, str]) -> None:
        self.draft, self.values, self.problems, self.said = draft, draft.values, problems, said

    def network(self) -> None:
        """Shape of encoder and decoder."""
        left, right = st.columns(2, gap="medium")
        with left:
            self._number("latent_dim")
        with right:
            self._choose(st.selectbox, "activation", filter_mode=None)
        self._choose(st.segmented_control, "encoder", required=True, on_change=self._changed_kind)
        self._draw(st.toggle, "same", on_change=self._changed_kind)
        if not self.values["same"]:
            self._choose(st.segmented_control, "decoder", required=True, on_change=self._changed_kind)
        for half, column in zip(HALVES, st.columns(2, gap="medium"), strict=True):
            with column:
                self._half(half)
        left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
        with left:
            self._choose(st.selectbox, "latent_scale", filter_mode=None)
        with right:
            self._draw(st.toggle, "linear_skip")

    def objective(self) -> None:
        """What training minimises."""
        left, right = st.columns(2, gap="medium")
        with left:
            self._choose(st.selectbox, "loss", filter_mode=None)
        if self.values["loss"] == POWER:
            with right:
                self._choose(st.segmented_control, "power", required=True)
        left, right = st.columns(2, gap="medium")
        with left:
            self._choose(st.selectbox, "corruption", first=(NO_CORRUPTION,), filter_mode=None)
        if self.values["corruption"] != NO_CORRUPTION:
            with right:
                self._slider("noise", from_one_step=True)  # none at all is another choice
        self._switched("variational", "beta")
        self._switched("guided", "guidance")
        self._number("latent_penalty")

    def training(self) -> None:
        """How it is minimised."""
        left, right = st.columns(2, gap="medium")
        with left:
            self._number("epochs")
            self._number("learning_rate")
            self._slider("warmup")
            self._choose(st.selectbox, "precision", filter_mode=None)
        with right:
            self._number("batch_size")
            self._number("weight_decay")
            self._number("seed")

    def data(self) -> None:
        """Which images, and how they are varied."""
        self._slider("share", from_one_step=True, format="percent")
        self._draw(st.toggle, "flip")
        self._slider("shift")

    def _half(self, half: str) -> None:
        shapes = SHAPES[self.values[half]]
        st.markdown(f"**{self.said[f'form.{half}.title']}**")
        self._draw(
            st.slider,
            f"{half}_depth",
            "depth",
            min_value=1,
            max_value=DEEPEST[self.values[half]],
            on_change=partial(self._moved, half),
        )
        self._draw(
            st.select_slider,
            f"{half}_width",
            "width",
            options=shapes.widths,
            format_func="{:,}".format,
            on_change=partial(self._moved, half),
        )
        self._draw(st.text_input, f"{half}_widths", "widths", max_chars=80, on_change=partial(self._typed, half))
        self._choose(st.selectbox, f"{half}_normalisation", "normalisation", filter_mode=None)

    def _switched(self, switch: str, number: str) -> None:
        """A switch, and beside it the number that it brings."""
        left, right = st.columns(2, gap="medium", vertical_alignment="center")
        with left:
            self._draw(st.toggle, switch)
        if self.values[switch]:
            with right:
                self._number(number)

    def _number(self, name: str) -> None:
        """A field for a number, within the limits that the configuration declares."""
        limits = OPTIONS[name]
        spelled = {} if isinstance(limits.step, int) else {"format": "%g"}
        self._draw(st.number_input, name, min_value=limits.low, max_value=limits.high, step=limits.step, **spelled)

    def _slider(self, name: str, from_one_step: bool = False, **options: Any) -> None:
        """A slider over the same range, or from one step above nothing."""
        limits = OPTIONS[name]
        low = limits.step if from_one_step else limits.low
        self._draw(st.slider, name, min_value=low, max_value=limits.high, step=limits.step, **options)

    def _draw(self, widget: Callable[..., Any], name: str, called: str = "", **options: Any) -> None:
        """Labels and hints are named like the control, or `called` something that both halves share."""
        said = f"form.{called or name}"
        self.draft.draw(widget, name, self.said[said], help=self.said[f"{said}.help"], **options)
        if problem := self.problems.get(name):
            st.markdown(f":red[{problem}]")

    def _choose(
        self, widget: Callable[..., Any], name: str, called: str = "", first: tuple[str, ...] = (), **more: Any
    ) -> None:
        """One of the choices that the configuration declares, or of those before them that the form has besides."""
        self._draw(
            widget,
            name,
            called,
            options=(*first, *OPTIONS[name].choices),
            format_func=lambda option: self.said.get(f"choice.{option}", NAMES.get(option, str(option))),
            **more,
        )

    # Callbacks: what one control means for another. They run before the form is drawn again.

    def _changed_kind(self) -> None:
        kinds = {
            "encoder": self.draft.now("encoder"),
            "decoder": self.draft.now("encoder" if self.draft.now("same") else "decoder"),
        }
        for half, kind in kinds.items():
            if kind != self.values[half]:
                self.draft.write(half, kind)
                shapes = SHAPES[kind]
                self._write_widths(half, drawn(kind, half, shapes.width, shapes.depth))

    def _moved(self, half: str) -> None:
        width, depth = (self.draft.now(f"{half}_{which}") for which in ("width", "depth"))
        self._write_widths(half, drawn(self.values[half], half, width, depth))

    def _typed(self, half: str) -> None:
        try:
            self._write_sliders(half, parse_widths(self.draft.now(f"{half}_widths"), half))
        except ConfigError:
            return  # the form says what is wrong below the text

    def _write_widths(self, half: str, widths: tuple[int, ...]) -> None:
        self.draft.write(f"{half}_widths", spelled(widths))
        self._write_sliders(half, widths)

    def _write_sliders(self, half: str, widths: tuple[int, ...]) -> None:
        for name, value in sliders_for(half, self.values[half], widths).items():
            self.draft.write(name, value)

"""The controls of the form. Each writes its value, explains itself on hover, and shows below it what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from app.views.form.draft import Draft
from app.views.form.values import HALVES, NO_CORRUPTION, SHAPES, drawn, parse_widths, sliders_for, spelled
from model.config import ACTIVATIONS, BLOCKS, CORRUPTIONS, LATENT_SCALES, NORMALISATIONS, PRECISIONS
from model.errors import ConfigError

NAMES = {"gelu": "GELU", "relu": "ReLU", "silu": "SiLU"}  # the same in every language


class Controls:
    """Draws the controls of a draft; `problems` are sentences by name of a control."""

    def __init__(self, draft: Draft, problems: Mapping[str, str], said: Mapping[str, str]) -> None:
        self.draft, self.values, self.problems, self.said = draft, draft.values, problems, said

    def network(self) -> None:
        """Shape of encoder and decoder."""
        left, right = st.columns(2, gap="medium")
        with left:
            self._draw(st.number_input, "latent_dim", min_value=1, max_value=256, step=1)
        with right:
            self._choose(st.selectbox, "activation", ACTIVATIONS, filter_mode=None)
        self._choose(st.segmented_control, "encoder", BLOCKS, required=True, on_change=self._changed_kind)
        self._draw(st.toggle, "same", on_change=self._changed_kind)
        if not self.values["same"]:
            self._choose(st.segmented_control, "decoder", BLOCKS, required=True, on_change=self._changed_kind)
        for half, column in zip(HALVES, st.columns(2, gap="medium"), strict=True):
            with column:
                self._half(half)
        left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
        with left:
            self._choose(st.selectbox, "latent_scale", LATENT_SCALES, filter_mode=None)
        with right:
            self._draw(st.toggle, "linear_skip")

    def objective(self) -> None:
        """What training minimises."""
        self._choose(st.segmented_control, "power", (2, 1), required=True)
        left, right = st.columns(2, gap="medium")
        with left:
            self._choose(st.selectbox, "corruption", (NO_CORRUPTION, *CORRUPTIONS), filter_mode=None)
        if self.values["corruption"] != NO_CORRUPTION:
            with right:
                self._draw(st.slider, "noise", min_value=0.01, max_value=1.0, step=0.01)
        self._switched(
            "variational",
            lambda: self._draw(st.number_input, "beta", min_value=0.0, max_value=1000.0, step=0.5, format="%g"),
        )
        self._switched(
            "guided",
            lambda: self._draw(st.number_input, "guidance", min_value=0.0, max_value=10.0, step=0.01, format="%g"),
        )
        self._draw(st.number_input, "latent_penalty", min_value=0.0, max_value=10.0, step=0.001, format="%g")

    def training(self) -> None:
        """How it is minimised."""
        left, right = st.columns(2, gap="medium")
        with left:
            self._draw(st.number_input, "epochs", min_value=1, max_value=10_000, step=1)
            self._draw(st.number_input, "learning_rate", min_value=1e-7, max_value=1.0, step=1e-4, format="%g")
            self._draw(st.slider, "warmup", min_value=0.0, max_value=0.9, step=0.05)
            self._choose(st.selectbox, "precision", PRECISIONS, filter_mode=None)
        with right:
            self._draw(st.number_input, "batch_size", min_value=2, max_value=65_536, step=1)
            self._draw(st.number_input, "weight_decay", min_value=0.0, max_value=10.0, step=0.01, format="%g")
            self._draw(st.number_input, "seed", min_value=0, max_value=2**31 - 1, step=1)

    def data(self) -> None:
        """Which images, and how they are varied."""
        self._draw(st.slider, "share", min_value=0.01, max_value=1.0, step=0.01, format="percent")
        self._draw(st.toggle, "flip")
        self._draw(st.slider, "shift", min_value=0, max_value=16, step=1)

    def _half(self, half: str) -> None:
        shapes = SHAPES[self.values[half]]
        st.markdown(f"**{self.said[f'form.{half}.title']}**")
        self._draw(
            st.slider,
            f"{half}_depth",
            "depth",
            min_value=1,
            max_value=shapes.deepest,
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
        self._choose(st.selectbox, f"{half}_normalisation", NORMALISATIONS, "normalisation", filter_mode=None)

    def _switched(self, switch: str, control: Callable[[], None]) -> None:
        """A switch, and beside it the control that it brings."""
        left, right = st.columns(2, gap="medium", vertical_alignment="center")
        with left:
            self._draw(st.toggle, switch)
        if self.values[switch]:
            with right:
                control()

    def _draw(self, widget: Callable[..., Any], name: str, called: str = "", **options: Any) -> None:
        """Labels and hints are named like the control, or `called` something that both halves share."""
        said = f"form.{called or name}"
        self.draft.draw(widget, name, self.said[said], help=self.said[f"{said}.help"], **options)
        if problem := self.problems.get(name):
            st.markdown(f":red[{problem}]")

    def _choose(
        self, widget: Callable[..., Any], name: str, options: tuple[Any, ...], called: str = "", **more: Any
    ) -> None:
        self._draw(
            widget,
            name,
            called,
            options=options,
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

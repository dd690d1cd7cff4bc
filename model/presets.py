"""Configurations with a name: what `--preset` offers, and how the models that ship were trained."""

from __future__ import annotations

from dataclasses import dataclass

from model.config import NetworkConfig, RunConfig, TrainingConfig

Said = dict[str, str]  # by language: "en", "ko"


@dataclass(frozen=True)
class Preset:
    """A run, and what people are told about it."""

    config: RunConfig
    title: Said
    description: Said


PRESETS: dict[str, Preset] = {
    "default": Preset(
        RunConfig(),
        {"en": "Three numbers per image", "ko": "이미지 하나를 숫자 세 개로"},
        {
            "en": "An autoencoder that writes each image as three numbers: its latent space is the cloud that you see.",
            "ko": "이미지 하나를 숫자 세 개로 나타내는 오토인코더입니다. 화면의 점구름이 바로 잠재 공간입니다.",
        },
    ),
    "latent-64": Preset(
        RunConfig(
            NetworkConfig(64, encoder_normalisation="none", decoder_widths=(1024, 1024), linear_skip=True),
            training=TrainingConfig(learning_rate=5e-4, weight_decay=0.05, epochs=60),
        ),
        {"en": "64 numbers per image", "ko": "이미지 하나를 숫자 64개로"},
        {
            "en": "Sharper pictures from 64 numbers. The cloud shows the three directions in which the samples differ most.",
            "ko": "숫자 64개로 더 선명한 그림을 그립니다. 점구름은 샘플이 가장 크게 달라지는 세 방향을 보여 줍니다.",
        },
    ),
}

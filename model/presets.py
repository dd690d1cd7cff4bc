"""Configurations with a name: what `--preset` and the Train page offer, and how the models that ship were trained."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields, replace
from typing import Any

from model.config import NetworkConfig, ObjectiveConfig, RunConfig, TrainingConfig
from model.data.catalogue import CATALOGUE, OWN

Said = dict[str, str]  # by language: "en", "ko"


@dataclass(frozen=True)
class Preset:
    """A run, and what people are told about it."""

    config: RunConfig
    title: Said
    description: Said


THREE = NetworkConfig(3, latent_scale="asinh")  # where the cloud is the latent space itself, it shall fill its box
SMALL = NetworkConfig(3, encoder_widths=(384, 256), decoder_widths=(512, 512, 192))
SMALL_THREE = replace(SMALL, latent_scale="asinh")
AN_HOUR = TrainingConfig(epochs=300)
TEN_MINUTES = TrainingConfig(epochs=60)
USUAL, FEW = 50_000, 10_000  # training images
EPOCHS_MOST = 2000  # of few images: more of the same teaches nothing

PRESETS: dict[str, Preset] = {
    "one-minute": Preset(
        RunConfig(THREE, training=TrainingConfig(epochs=5)),
        {"en": "One minute", "ko": "1분 학습"},
        {
            "en": "A few passes over the images, more where there are few of them: enough to beat PCA on a laptop "
            "while the class watches.",
            "ko": "이미지를 몇 번만 봅니다(수가 적으면 더 여러 번). 노트북에서도 수업 중에 PCA보다 나아지는 "
            "모습을 볼 수 있습니다.",
        },
    ),
    "default": Preset(
        RunConfig(THREE, training=TEN_MINUTES),
        {"en": "Three numbers per image", "ko": "숫자 3개"},
        {
            "en": "An autoencoder that writes each image as three numbers: its latent space is the cloud that you see.",
            "ko": "이미지 하나를 숫자 세 개로 나타내는 오토인코더입니다. 화면의 점구름이 바로 잠재 공간입니다.",
        },
    ),
    "thorough": Preset(
        RunConfig(THREE, training=AN_HOUR),
        {"en": "Three numbers, long training", "ko": "숫자 3개, 긴 학습"},
        {
            "en": "The default network, trained five times as long: the lowest error that three numbers reach here.",
            "ko": "기본 신경망을 다섯 배 오래 학습해, 숫자 세 개로 얻을 수 있는 가장 낮은 오차를 노립니다.",
        },
    ),
    "absolute-error": Preset(
        RunConfig(SMALL_THREE, ObjectiveConfig(power=1), TEN_MINUTES),
        {"en": "Absolute error (n = 1)", "ko": "절대 오차 (n = 1)"},
        {
            "en": "Trained on |f(x) - x| instead of its square: single bad pixels count less, so edges may be harder "
            "and outliers are ignored.",
            "ko": "제곱 오차 대신 |f(x) - x|를 줄입니다. 크게 틀린 픽셀 몇 개에 덜 끌려가므로 결과가 어떻게 "
            "달라지는지 비교해 보세요.",
        },
    ),
    "denoising": Preset(
        RunConfig(
            replace(SMALL, latent_dim=32, encoder_normalisation="none", linear_skip=True),
            ObjectiveConfig(noise=0.2),
            replace(TEN_MINUTES, learning_rate=5e-4, weight_decay=0.05),
        ),
        {"en": "Denoising (32 numbers)", "ko": "잡음 제거 (숫자 32개)"},
        {
            "en": "Sees noisy images and learns to draw the clean ones: what it must know for that is the manifold on "
            "which clean images lie.",
            "ko": "잡음이 섞인 이미지를 보고 깨끗한 이미지를 그리도록 학습합니다. 그러려면 깨끗한 이미지가 놓인 "
            "다양체를 알아야 합니다.",
        },
    ),
    "beta-vae": Preset(
        RunConfig(replace(SMALL, latent_dim=10, variational=True), ObjectiveConfig(beta=8.0), TEN_MINUTES),
        {"en": "β-VAE (10 numbers)", "ko": "β-VAE (숫자 10개)"},
        {
            "en": "Each image becomes a small cloud, and all together a standard normal: numbers that are not worth "
            "their price stay unused.",
            "ko": "이미지 하나가 점이 아니라 작은 구름이 되고, 전체는 표준 정규분포에 가까워집니다. 도움이 되지 "
            "않는 차원은 쓰이지 않습니다.",
        },
    ),
    "label-guided": Preset(
        RunConfig(SMALL_THREE, ObjectiveConfig(guidance=0.01), TEN_MINUTES),
        {"en": "Guided by labels", "ko": "레이블로 유도한 공간"},
        {
            "en": "A small classifier on the latent pulls the classes apart. It uses the labels, so this is no longer "
            "unsupervised learning.",
            "ko": "잠재 공간에 얹은 작은 분류기가 클래스를 서로 떼어 놓습니다. 레이블을 쓰므로 더는 비지도 학습이 "
            "아닙니다.",
        },
    ),
    "latent-64": Preset(
        RunConfig(
            NetworkConfig(64, encoder_normalisation="none", decoder_widths=(1024, 1024), linear_skip=True),
            training=TrainingConfig(learning_rate=5e-4, weight_decay=0.05, epochs=60),
        ),
        {"en": "64 numbers per image", "ko": "숫자 64개"},
        {
            "en": "Sharper pictures from 64 numbers. The cloud shows the three directions in which the samples differ "
            "most.",
            "ko": "숫자 64개로 더 선명한 그림을 그립니다. 점구름은 샘플이 가장 크게 달라지는 세 방향을 보여 줍니다.",
        },
    ),
}


def preset_config(preset: str, dataset: str) -> RunConfig:
    """The preset's configuration as it fits the data set: nothing is mirrored that must not be, and few images are seen
    more often.

    The presets' epochs are meant for 50,000 images; those of few images are moved about by a pixel, or the network
    would learn them by heart.
    """
    config, card = PRESETS[preset].config, CATALOGUE.get(dataset)
    if card is None:
        return config
    training = replace(config.training, flip=config.training.flip and card.mirrored)
    if card.train < FEW:
        training = replace(training, epochs=min(EPOCHS_MOST, round(training.epochs * USUAL / card.train)), shift=1)
    return replace(config, training=training)


def command_line(name: str, dataset: str, preset: str, config: RunConfig) -> str:
    """The shell command that trains `config` under `name`: data set and preset, and an option for each value that
    differs from it.
    """
    images = ["--data", "DIR"] if dataset == OWN else ["--dataset", dataset]
    words = ["python", "-m", "model.train", "--name", name, *images, "--preset", preset]
    base = preset_config(preset, dataset)
    for part, mine in (
        (base.network, config.network),
        (base.objective, config.objective),
        (base.training, config.training),
    ):
        for field in fields(part):
            if (value := getattr(mine, field.name)) != getattr(part, field.name):
                words += _option(field.name, value)
    return shlex.join(words)


def _option(name: str, value: Any) -> list[str]:
    dashed = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{dashed}" if value else f"--no-{dashed}"]
    return [f"--{dashed}", ",".join(map(str, value)) if isinstance(value, tuple) else str(value)]

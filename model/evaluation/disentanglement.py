"""What can honestly be measured of a variational autoencoder's axes, and what cannot."""

from __future__ import annotations

import torch
from torch import Tensor

from model.evaluation.reconstruction import BATCH
from model.images import to_unit
from model.networks import Autoencoder
from model.training.objectives import kl_divergence

ACTIVE_VARIANCE = 0.01
UNMEASURED = {
    "en": "Whether each axis stands for one thing in the world cannot be measured here: disentanglement scores "
    "(beta-VAE metric, FactorVAE, MIG, DCI, SAP) "
    "compare the axes with known ground-truth factors, and photographs like CIFAR-10's come without any.",
    "ko": "축 하나가 세상의 한 가지 요인만 나타내는지는 여기서 잴 수 없습니다. 분리 표현 점수(β-VAE 지표, "
    "FactorVAE, MIG, DCI, SAP)는 축을 정답 생성 요인과 비교하는데, CIFAR-10 같은 사진에는 그런 정답이 없습니다.",
}


@torch.inference_mode()
def posteriors(autoencoder: Autoencoder, images: Tensor) -> tuple[Tensor, Tensor]:
    """Posterior means (n, d) and KL divergence from the prior in nats (n, d) of uint8 images (n, 3, 32, 32), of a
    variational network.
    """
    means, divergences = [], []
    for batch in images.split(BATCH):
        mean, log_variance = autoencoder.encode_distribution(to_unit(batch))
        if log_variance is None:
            raise ValueError("This network is not variational: it has no posterior.")
        means.append(mean)
        divergences.append(kl_divergence(mean, log_variance))
    return torch.cat(means), torch.cat(divergences)


def active_axes(means: Tensor) -> Tensor:
    """Which axes say anything of the images: the variance of the posterior mean (n, d) exceeds 0.01 (Burda et al.
    2016). Boolean (d,).
    """
    return means.double().var(0, correction=0) > ACTIVE_VARIANCE


def axis_correlation(latents: Tensor) -> float | None:
    """Mean absolute correlation (Pearson) between every two axes of latents (n, d); None for less than two axes that
    vary.
    """
    varying = latents[:, latents.amax(0) > latents.amin(0)]
    axes = varying.shape[1]
    if axes < 2:
        return None
    correlation = torch.corrcoef(varying.double().T).abs()  # (d, d)
    return float((correlation.sum() - correlation.trace()) / (axes * (axes - 1)))


def variational_metrics(autoencoder: Autoencoder, images: Tensor) -> dict[str, float | int | list[float]]:
    """Active units, KL divergence per unit (nats, the mean over images), and the correlation between active axes where
    there are two.
    """
    means, divergences = posteriors(autoencoder, images)
    active = active_axes(means)
    correlation = axis_correlation(means[:, active])
    found: dict[str, float | int | list[float]] = {
        "active_units": int(active.sum()),
        "kl_per_unit": divergences.mean(0).tolist(),
    }
    return found if correlation is None else {**found, "axis_correlation": correlation}

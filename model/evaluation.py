"""Every number that we print of a model, each beside PCA's of the same dimension, computed in the same run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.data import ImageDataset
from model.latents import nearest_rows
from model.networks import Autoencoder
from model.pca import PCA, fit_pca

BATCH = 1000
NEIGHBOURS = 10
TRUST_NEIGHBOURS, TRUST_SAMPLES = 15, 2000
SSIM_SAMPLES = 1000


@torch.inference_mode()
def encode_all(autoencoder: Autoencoder, images: Tensor) -> Tensor:
    """Latents float32 (n, d) of uint8 images (n, 3, 32, 32), on the images' device."""
    return torch.cat([autoencoder.encode(batch.float() / 255) for batch in images.split(BATCH)])


@torch.inference_mode()
def reconstruct_all(autoencoder: Autoencoder, images: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of float images and their reconstructions, both (m, 3, 32, 32) in [0, 1]."""
    for batch in images.split(BATCH):
        pixels = batch.float() / 255
        yield pixels, autoencoder.decode(autoencoder.encode(pixels))


def mean_squared_errors(autoencoder: Autoencoder, images: Tensor) -> Tensor:
    """Mean squared error of each image, per channel with pixels in [0, 1]: (n,)."""
    return torch.cat([(x - y).square().flatten(1).mean(1) for x, y in reconstruct_all(autoencoder, images)])


def psnr(errors: Tensor) -> float:
    """Peak signal-to-noise ratio in decibels, the mean over images with squared errors (n,); the peak is 1."""
    return float((-10 * errors.clamp_min(1e-10).log10()).mean())


def ssim(autoencoder: Autoencoder, images: Tensor) -> float:
    """Structural similarity (Wang et al. 2004; Gaussian window), the mean over images and channels."""
    from skimage.metrics import structural_similarity

    pairs = [(x.cpu().numpy(), y.cpu().numpy()) for x, y in reconstruct_all(autoencoder, images)]
    options = {"channel_axis": 0, "data_range": 1.0, "gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    return float(np.mean([structural_similarity(a, b, **options) for x, y in pairs for a, b in zip(x, y, strict=True)]))


def knn_accuracy(latents: Tensor, labels: NDArray[np.uint8], k: int = NEIGHBOURS) -> float:
    """Share of samples whose class is the majority of their k nearest others (leave one out; ties to the lower class)."""
    right = 0
    for start in range(0, len(latents), BATCH):
        index, _ = nearest_rows(latents, latents[start : start + BATCH], k + 1)
        own = np.arange(start, start + len(index))[:, None]
        others = np.where(index == own, -1, index)  # (m, k + 1), at most one of a row is the sample itself
        for row, label in zip(others, labels[start : start + BATCH], strict=True):
            votes = np.bincount(labels[row[row >= 0][:k]])
            right += int(votes.argmax() == label)
    return right / len(latents)


def trustworthiness(images: Tensor, latents: Tensor) -> float:
    """Trustworthiness (Venna & Kaski 2001) of the latents against pixels, 15 neighbours, on at most 2,000 samples.

    With fewer samples than that takes, fewer neighbours; below 4 samples everything is a neighbour, and it is 1.
    """
    from sklearn.manifold import trustworthiness as measure

    chosen = np.sort(np.random.default_rng(0).permutation(len(latents))[:TRUST_SAMPLES])
    pixels = images[chosen].flatten(1).float().cpu().numpy() / 255
    neighbours = min(TRUST_NEIGHBOURS, (len(chosen) - 1) // 2)
    if neighbours < 1 or len(chosen) < 4:
        return 1.0
    return float(measure(pixels, latents[chosen].cpu().numpy(), n_neighbors=neighbours))


def evaluate(autoencoder: Autoencoder, train: ImageDataset, test: ImageDataset) -> dict[str, float | int]:
    """All metrics of a model on a data set. Errors are per channel with pixels in [0, 1]."""
    device = next(autoencoder.parameters()).device
    train_images, test_images = (torch.from_numpy(split.images).to(device) for split in (train, test))
    pca = fit_pca(train_images, autoencoder.config.latent_dim)
    errors = mean_squared_errors(autoencoder, test_images)
    latents = encode_all(autoencoder, test_images)
    scores = _scores(pca, test_images)
    return {
        "latent_dim": autoencoder.config.latent_dim,
        "n_train": len(train),
        "n_test": len(test),
        "train_mse": float(mean_squared_errors(autoencoder, train_images).mean()),
        "test_mse": float(errors.mean()),
        "pca_mse": pca.mse(test_images),
        "test_psnr": psnr(errors),
        "test_ssim": ssim(autoencoder, test_images[:: max(1, len(test) // SSIM_SAMPLES)]),
        "knn_accuracy": knn_accuracy(latents.cpu(), test.labels),
        "pca_knn_accuracy": knn_accuracy(scores.cpu(), test.labels),
        "trustworthiness": trustworthiness(test_images, latents),
        "pca_trustworthiness": trustworthiness(test_images, scores),
    }


def _scores(pca: PCA, images: Tensor) -> Tensor:
    return torch.cat([pca.encode(batch) for batch in images.split(BATCH)])

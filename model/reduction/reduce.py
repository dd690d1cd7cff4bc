"""One dimension reduction of the test images: its cloud, its seconds, and how well it keeps neighbourhoods."""

from __future__ import annotations

import sys
import time
import warnings
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from model.data.dataset import ImageDataset
from model.errors import DataError
from model.evaluation.neighbourhoods import continuity, knn_accuracy, trustworthiness
from model.images import to_unit
from model.reduction.methods import COMPONENTS, SEED, Method
from model.reduction.stored import drawn

COUNT_LEAST = 10  # images
WARM_UP = 64  # images
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Reduction:
    """`points` float32 (n, 3), the farthest coordinate from the middle being 1; `facts`: seconds, trustworthiness,
    continuity and knn_accuracy.
    """

    points: Floats
    facts: dict[str, float]


def some(dataset: ImageDataset) -> tuple[NDArray[np.int32], ImageDataset]:
    """Which samples int32 (n,) of the split are reduced, and these samples. Raises DataError for too few."""
    if len(dataset) < COUNT_LEAST:
        raise DataError("reducing.few", count=len(dataset), least=COUNT_LEAST)
    chosen = drawn(len(dataset))
    return chosen, ImageDataset(dataset.images[chosen], dataset.labels[chosen], dataset.classes)


def reduce(method: Method, part: ImageDataset, seed: int = SEED) -> Reduction:
    """What the method makes of these images. Raises DataError where they do not allow it.

    Axes without a meaning are turned to lie as PCA's do (Procrustes), which changes no distance.
    """
    if not method.is_installed:
        raise DataError("reducing.absent", library=method.call.partition(".")[0])
    pixels = pixels_of(part)
    if method.supervised and len(np.unique(part.labels)) < 2:
        raise DataError("reducing.classes", name=method.title)
    if method.compiled:
        _fitted(method, pixels[:WARM_UP], part.labels[:WARM_UP], seed)
    begin = time.process_time()  # of the processor: what else the machine does is no part of it
    codes = _fitted(method, pixels, part.labels, seed)  # (n, 3)
    seconds = time.process_time() - begin
    if not np.isfinite(codes).all():
        raise DataError("reducing.finite")
    facts = {"seconds": round(seconds, 3), **measured(part, codes)}
    return Reduction(_in_view(_like_pca(codes, pixels) if method.free else codes), facts)


def measured(part: ImageDataset, codes: NDArray[Any]) -> dict[str, float]:
    """How well codes (n, d) of these images keep neighbourhoods, by the functions that measure the models."""
    images, latents = torch.from_numpy(part.images), torch.from_numpy(np.ascontiguousarray(codes, np.float32))
    return {
        "trustworthiness": trustworthiness(images, latents),
        "continuity": continuity(images, latents),
        "knn_accuracy": knn_accuracy(latents, part.labels),
    }


def pixels_of(part: ImageDataset) -> Floats:
    """Pixels in [0, 1], (n, 3072)."""
    return to_unit(torch.from_numpy(part.images)).numpy().reshape(len(part), -1)


def _fitted(method: Method, pixels: Floats, labels: NDArray[np.uint8], seed: int) -> NDArray[np.float64]:
    """Codes (n, 3); where labels allow fewer axes, the others are 0."""
    with warnings.catch_warnings(), redirect_stdout(sys.stderr):  # standard output may be the result's own
        estimator = method.make(len(pixels), len(np.unique(labels)), seed)
        warnings.simplefilter("ignore")  # of absent TensorFlow, of iterations that ran out: the numbers tell
        try:
            codes = estimator.fit_transform(pixels, labels) if method.supervised else estimator.fit_transform(pixels)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            raise DataError("reducing.unsolved", reason=str(error)[:120]) from error
    codes = np.asarray(codes, np.float64)
    return np.pad(codes, ((0, 0), (0, COMPONENTS - codes.shape[1])))  # (n, 3)


def _like_pca(codes: NDArray[np.float64], pixels: Floats) -> NDArray[np.float64]:
    from scipy.linalg import orthogonal_procrustes
    from sklearn.decomposition import PCA

    scores = PCA(COMPONENTS, random_state=SEED).fit_transform(pixels)
    centred = codes - codes.mean(0)
    return np.asarray(centred @ orthogonal_procrustes(centred, scores)[0])


def _in_view(codes: NDArray[np.float64]) -> Floats:
    centred = codes - (codes.max(0) + codes.min(0)) / 2
    return (centred / max(float(np.abs(centred).max()), 1e-12)).astype(np.float32)

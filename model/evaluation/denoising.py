"""What a denoising autoencoder (Vincent et al. 2008) is for: how much nearer to the clean picture it brings a corrupted
one.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from model.config import ObjectiveConfig
from model.evaluation.pca import PCA
from model.evaluation.reconstruction import BATCH, psnr, squared_errors
from model.images import to_unit
from model.networks import Autoencoder
from model.training.objectives import corrupt

Restore = Callable[[Tensor], Tensor]
SEED = 0


@torch.inference_mode()
def denoising(autoencoder: Autoencoder, pca: PCA, images: Tensor, objective: ObjectiveConfig) -> dict[str, float]:
    """PSNR in decibels, the mean over uint8 images (n, 3, 32, 32): of the corrupted input, of what the model makes of
    it, the gain.

    `pca_denoising_gain` is what PCA of as many numbers gains on the very same input. The corruption is the objective's
    own; the input counts as it would be seen, clipped to [0, 1], but both methods get it unclipped, as in training.
    """
    noisy = _measured(images, objective, lambda corrupted: corrupted.clamp(0, 1))
    restored = _measured(images, objective, lambda corrupted: autoencoder.decode(autoencoder.encode(corrupted)))
    linear = _measured(images, objective, pca.reconstruct)
    return {
        "noisy_psnr": noisy,
        "denoised_psnr": restored,
        "denoising_gain": restored - noisy,
        "pca_denoising_gain": linear - noisy,
    }


def _measured(images: Tensor, objective: ObjectiveConfig, restore: Restore) -> float:
    generator = torch.Generator().manual_seed(SEED)  # on the CPU: the same noise for every method and on every machine
    found = []
    for batch in images.split(BATCH):
        clean = to_unit(batch)
        corrupted = corrupt(clean.cpu(), objective, generator).to(clean.device)
        found.append(squared_errors(restore(corrupted), clean))
    return psnr(torch.cat(found))

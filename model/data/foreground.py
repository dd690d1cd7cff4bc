"""What a picture shows, told from what lies behind it: ink on unevenly lit paper, a garment before a wall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BORDER = 16  # the outer sixteenth on every side shows the background
NEAR = 3  # standard deviations: what differs by less belongs to the background
FAINTEST = 0.06  # of the way from black to white: what differs by less is not ink,
NOISES = 6  # nor what differs by less than so many standard deviations
SPECK = 0.03  # of all ink: a smaller spot is dust
BLUR = 200  # the square's side over the blur's standard deviation, before ink is told from noise
ROUND = 1.4826  # standard deviations in a median absolute deviation, for normal noise
Light = NDArray[np.float64]
Mask = NDArray[np.bool_]


def foreground(light: Light, faint: float, white: float) -> Light:
    """How much of what is shown lies on each pixel (n, n), in [0, 1]: exactly 0 off it, and all 0 where nothing is.

    `light` (n, n) is in [0, 1]. What is darker than its background counts by the part of the light that it keeps back,
    because a shadow dims paper and ink alike. What is fainter than the part `faint` of Otsu's threshold is background,
    as the lines of ruled paper are; 1 begins at the quantile `white` of what is shown.
    """
    background, noise = _background(light)
    difference = light - background
    if np.square(difference.clip(max=0)).sum() > np.square(difference.clip(min=0)).sum():
        paper = np.maximum(background, FAINTEST)
        difference, noise = -difference / paper, noise / float(np.median(paper))
    mask = _shown(difference, max(FAINTEST, NOISES * noise), faint)
    if not mask.any():
        return np.zeros_like(light)
    full = float(np.quantile(difference[mask], white))
    return np.where(mask, (difference / full).clip(0, 1), 0.0)


def _background(light: Light) -> tuple[Light, float]:
    """The light behind what is shown (n, n), and the standard deviation of its noise.

    It begins as the border's median, becomes a plane through the border,
    and ends as a curved surface through all that lies near that plane.
    """
    border, plane, curved = _border(len(light)), *_terms(len(light))
    surface = np.full_like(light, np.median(light[border]))
    noise = _noise(light - surface, border)
    everywhere = np.ones_like(border)
    for terms, within in ((plane, border), (plane, border), (curved, everywhere)):
        near = within & (np.abs(light - surface) <= max(NEAR * noise, FAINTEST / 2))
        if near.sum() > terms.shape[-1]:
            surface = terms @ np.linalg.lstsq(terms[near], light[near])[0]
        noise = _noise(light - surface, near)
    return surface, noise


def _border(n: int) -> Mask:
    width = max(1, n // BORDER)
    border = np.ones((n, n), bool)
    border[width:-width, width:-width] = False
    return border


def _terms(n: int) -> tuple[Light, Light]:
    """The terms of a plane (n, n, 3) and of a surface of the second degree (n, n, 6)."""
    y, x = np.mgrid[:n, :n] / n - 0.5
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)  # (n, n, 6)
    return terms[..., :3], terms


def _noise(residual: Light, within: Mask) -> float:
    return ROUND * float(np.median(np.abs(residual[within]))) if within.any() else 0.0


def _shown(difference: Light, least: float, faint: float) -> Mask:
    """Where something is shown: all over `least` that touches what is over Otsu's threshold (1979), but no dust."""
    from skimage import filters, morphology  # here, because its import is slow

    smooth = filters.gaussian(difference, len(difference) / BLUR)
    clear = filters.threshold_otsu(smooth)
    mask = filters.apply_hysteresis_threshold(smooth, max(least, faint * clear), max(least, clear))
    return morphology.remove_small_objects(mask, max_size=int(SPECK * mask.sum()), connectivity=2)


def thickened(shown: Light, width: float) -> Light:
    """The same (n, n) with lines `width` pixels wide where they are thinner: a ballpoint's would vanish, made small.

    How wide they are is their area over the length of their skeleton. Something must be shown.
    """
    from skimage import morphology

    if width <= 0:
        return shown
    mask = shown > 0.5
    radius = round((width - mask.sum() / morphology.skeletonize(mask).sum()) / 2)
    return shown if radius < 1 else morphology.dilation(shown, morphology.disk(radius))

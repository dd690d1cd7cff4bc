"""The small autoencoder that the lesson of the manifold hypothesis trains on the spot.

Reconstruction alone asks for no distances: codes of any curve through the sheet lower its error. So the loss asks for
two more things, both measured between points as they are given: neighbours stay as far apart in the code as they are
in space, and no two points come nearer than they are in space, the way along a sheet being never the shorter one.
"""

from __future__ import annotations

import time
from itertools import pairwise
from math import cos, pi

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

STARTS = 4  # networks trained side by side; the one with the lowest reconstruction error is kept
WIDTH = 64  # of the two hidden layers on each side
BEND = 3.0  # how many times larger the first weights are than for unit variance: what was rolled needs steep codes
STEPS, RATE = 2000, 0.015
WARM = 0.05  # share of the training in which the rate rises
SECONDS = 8.0  # of training at most: on half a core there is time for all steps
PAIRS = 100  # neighbours in a batch
NEIGHBOURS = 10
DISTANCES = 60.0  # weight of both, beside the reconstruction
AXES = 3  # that a manifold of the lesson spans: the points are brought to variance 1 in the mean of as many
SEED = 1


class Perceptrons(nn.Module):
    """STARTS networks side by side, with two hidden layers of tanh: (starts, n, inputs) to (starts, n, outputs)."""

    def __init__(self, inputs: int, outputs: int, bend: float, random: torch.Generator) -> None:
        super().__init__()
        self.weights, self.biases = nn.ParameterList(), nn.ParameterList()
        for n, m in pairwise([inputs, WIDTH, WIDTH, outputs]):
            times = bend if n == inputs else 1
            variance = 1 / min(n, AXES) if n == inputs else 1 / n  # points in many dimensions fill a few
            self.weights.append(_uniform((n, m), times * (3 * variance) ** 0.5, random))
            self.biases.append(_uniform((1, m), times * variance**0.5, random))

    def forward(self, x: Tensor) -> Tensor:
        """As the class says."""
        for at, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, x if at == 0 else x.tanh(), weight)
        return x


def code(points: NDArray[np.float32], d: int) -> NDArray[np.float32]:
    """Codes (n, d) of points (n, m), trained by Adam, the rate falling to zero with the steps or with the time,
    whichever ends first; one thread.
    """
    torch.set_num_threads(1)
    random, start = torch.Generator().manual_seed(SEED), time.monotonic()
    given = torch.from_numpy((points - points.mean(0)) / np.sqrt(points.var(0).sum() / AXES))
    near = torch.cdist(given, given).topk(NEIGHBOURS + 1, largest=False).indices[:, 1:]  # (n, neighbours)
    encoder, decoder = Perceptrons(given.shape[1], d, BEND, random), Perceptrons(d, given.shape[1], 1, random)
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], RATE, betas=(0.9, 0.99), fused=True)
    for step in range(STEPS):
        past = max(step / STEPS, (time.monotonic() - start) / SECONDS)
        if past >= 1:
            break
        optimiser.param_groups[0]["lr"] = RATE * min(1, past / WARM) * (1 + cos(pi * past)) / 2
        some = torch.randint(len(given), (STARTS, PAIRS), generator=random)
        which = torch.randint(NEIGHBOURS, (STARTS, PAIRS), generator=random)
        batch = given[torch.cat([some, near[some, which]], 1)]  # (starts, 2 pairs, m)
        codes = encoder(batch)
        loss = _error(decoder(codes), batch) + DISTANCES * _distortion(batch, codes)
        optimiser.zero_grad()
        loss.sum().backward()
        optimiser.step()
    with torch.inference_mode():
        every = given.expand(STARTS, *given.shape)
        codes = encoder(every)
        return np.asarray(codes[_error(decoder(codes), every).argmin()].numpy(), np.float32)


def _error(made: Tensor, true: Tensor) -> Tensor:
    """Squared distance in the mean, of each network: (starts,)."""
    return (made - true).square().sum(2).mean(1)


def _distortion(points: Tensor, codes: Tensor) -> Tensor:
    """What codes change of distances, the second half of the points being neighbours of the first: (starts,)."""
    (x, beside), (z, coded) = points.chunk(2, 1), codes.chunk(2, 1)
    true, kept = _length(x - beside), _length(z - coded)
    lost = _length(x - x.roll(1, 1)) - _length(z - z.roll(1, 1))  # between any two
    return ((kept - true) / true.mean()).square().mean(1) + lost.relu().square().mean(1)


def _length(steps: Tensor) -> Tensor:
    return (steps.square().sum(2) + 1e-12).sqrt()  # with a derivative at 0


def _uniform(shape: tuple[int, int], reach: float, random: torch.Generator) -> Tensor:
    """For each network, from -reach to reach: (starts, ...)."""
    return reach * (2 * torch.rand(STARTS, *shape, generator=random) - 1)

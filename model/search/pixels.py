"""The exact index of pictures: small beside them, and of no other copy of their pixels.

With an orthonormal basis B (d, m) of the directions in which pictures differ most, x = B Bᵀx + rest, so that
x·q <= (Bᵀx)·(Bᵀq) + |rest of x| |rest of q|: m + 1 numbers for each picture bound every inner product from above.
Pixels are whole numbers, and so are the inner products of those that are measured, without any rounding.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.images import WHITE
from model.search.exact import ExactIndex, Found

DIRECTIONS = 96  # 3.8 MB for 10,000 pictures; more of them rule out more rows, and take longer to multiply
FEW = 32  # for pictures that a decoder has made of few numbers
SAMPLE = 1024  # pictures of which the directions are made
TURNS = 4
BATCH = 256
BLOCK = 256  # products of bytes whose sum float32 holds without rounding: 256 x 255² < 2^24


class PixelIndex(ExactIndex):
    """Of pictures uint8 (n, ...), which are not copied. Distances are Euclidean, pixels in [0, 1], or 1 - cosine."""

    def __init__(self, pictures: NDArray[np.uint8], directions: int = DIRECTIONS) -> None:
        self._rows = torch.from_numpy(pictures.reshape(len(pictures), -1))  # (n, d)
        self._basis = _directions(self._rows, directions)  # (d, m)
        n, self.terms = len(self._rows), self._basis.shape[1] + 1
        self._parts = torch.empty(n, self.terms)
        self.squares = torch.empty(n, dtype=torch.float64)
        for at, rows in zip(torch.arange(n).split(BATCH), self._rows.split(BATCH), strict=True):
            self._parts[at], self.squares[at] = self._split(rows.double())

    def _split(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows float64 (b, d) as coordinates in the basis and the length of their rest, float32 (b, m + 1); and their
        squared lengths (b,).
        """
        coordinates, squares = rows @ self._basis, rows.square().sum(1)
        rest = (squares - coordinates.square().sum(1)).clamp(min=0).sqrt()
        return torch.cat([coordinates, rest[:, None]], 1).float(), squares

    @property
    def nbytes(self) -> int:
        """Bytes that it takes beside the pictures."""
        return sum(kept.nbytes for kept in (self._basis, self._parts, self.squares))

    def products(self, query: Tensor) -> Tensor:
        return self._parts @ self._split(query[None])[0][0]

    def measured(self, query: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        rows = self._rows[index].float().view(len(index), -1, BLOCK)  # (m, d / 256, 256)
        products = (rows * query.float().view(-1, BLOCK)).sum(2).sum(1, dtype=torch.float64)
        return products, self.squares[index] + query.square().sum() - 2 * products

    def nearest_to(self, picture: NDArray[np.uint8], k: int, metric: str = "euclidean") -> Found:
        """`nearest` of a picture uint8 of the same shape."""
        index, distance = self.nearest(torch.from_numpy(picture.reshape(-1)).double(), k, metric)
        return index, distance / np.float32(WHITE) if metric == "euclidean" else distance


def _directions(rows: Tensor, most: int) -> Tensor:
    """The principal directions of some of the rows (n, d), `most` at most: float64 (d, m), orthonormal. Any others
    would be as exact, but slower (subspace iteration: Golub & Van Loan, Matrix Computations, 2013, section 8.2.4).
    """
    some = rows[torch.linspace(0, len(rows) - 1, min(SAMPLE, len(rows))).long()].float()
    found = torch.randn(rows.shape[1], min(most, *some.shape), generator=torch.Generator().manual_seed(0))
    for _ in range(TURNS):
        found = torch.linalg.qr(some.T @ (some @ found)).Q
    return torch.linalg.qr(found.double()).Q

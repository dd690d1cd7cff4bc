"""The exact index of short vectors: latents, or their places in the 3-D view."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from model.search.exact import ExactIndex, Found


class VectorIndex(ExactIndex):
    """Of float32 rows (n, d), which are not copied: one matrix product, and differences without cancellation."""

    def __init__(self, rows: NDArray[np.float32]) -> None:
        self._rows = torch.from_numpy(rows)
        self.squares = self._rows.square().sum(1, dtype=torch.float64)  # (n,)
        self.terms = rows.shape[1]

    def products(self, query: Tensor) -> Tensor:
        return self._rows @ query.float()

    def measured(self, query: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        rows = self._rows[index].double()  # (m, d)
        return rows @ query, (rows - query).square().sum(1)

    def nearest_to(self, vector: NDArray[np.float32], k: int, metric: str = "euclidean") -> Found:
        """`nearest` of a vector float32 (d,)."""
        return self.nearest(torch.from_numpy(vector).double(), k, metric)

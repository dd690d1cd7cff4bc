"""Exact nearest neighbours by bounds: rows that cannot be among the k nearest are ruled out, the others are measured.

An index gives upper bounds of the inner products x·q of all rows x with a query q, in one matrix product. These bound
both distances from below: |x - q|² = |x|² + |q|² - 2 x·q, and 1 - x·q / (|x| |q|). Rows are measured in float64, the
lowest bound first, until no bound that is left lies below the k-th smallest distance: the answer is that of a search
through all of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FIRST = 64  # rows that are measured to begin with, or four for each neighbour wanted
PART = 512  # rows that are measured before the bounds are looked at again
ROUNDING = 2.0**-24  # of float32, relative
Found = tuple[NDArray[np.int64], NDArray[np.float32]]


@dataclass(frozen=True)
class Metric:
    """What is small where two vectors are near.

    `value` of inner products, squared Euclidean distances and squared lengths of rows, all float64 (m,), and the
    query's squared length; `bound` of the same without the distances, and of the relative error of the inner products;
    `distance` of the value.
    """

    value: Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
    bound: Callable[[Tensor, Tensor, Tensor, float], Tensor]
    distance: Callable[[Tensor], Tensor]


def _angle(products: Tensor, squares: Tensor, square: Tensor) -> Tensor:
    """1 - cos; 1 where a vector is zero and has no direction, as in scikit-learn."""
    lengths = squares.sqrt() * square.sqrt()
    return 1 - torch.where(lengths > 0, products / lengths, 0)


METRICS = {
    "euclidean": Metric(
        value=lambda products, apart, squares, square: apart,
        bound=lambda products, squares, square, error: (1 - error) * (squares + square) - 2 * products,
        distance=torch.sqrt,
    ),
    "cosine": Metric(
        value=lambda products, apart, squares, square: _angle(products, squares, square),
        bound=lambda products, squares, square, error: _angle(products, squares, square) - error,
        distance=lambda value: value.clamp(min=0),
    ),
}


class ExactIndex(ABC):
    """Rows (n, d) among which the nearest to a query (d,) are looked for.

    `squares` float64 (n,) are their squared lengths; `terms` counts what is added up for one of `products`.
    """

    squares: Tensor
    terms: int

    @abstractmethod
    def products(self, query: Tensor) -> Tensor:
        """Upper bounds, but for float32's rounding, of all rows' inner products with a query float64 (d,): (n,)."""

    @abstractmethod
    def measured(self, query: Tensor, index: Tensor) -> tuple[Tensor, Tensor]:
        """Inner products of rows `index` (m,) with the query, and their squared distances from it: float64 (m,)."""

    def nearest(self, query: Tensor, k: int, metric: str = "euclidean") -> Found:
        """Indices (k,) and distances (k,) of the k rows nearest to a query float64 (d,), nearest first, and of equally
        near ones that of the lower index first. `metric` is one of METRICS: Euclidean distance, or 1 - cosine.
        """
        how, square = METRICS[metric], query.square().sum()
        if metric == "cosine" and not square:  # no direction: all rows are as near
            return np.arange(k), np.ones(k, np.float32)
        error = 2 * (self.terms + 8) * ROUNDING  # Higham, Accuracy and Stability, 2002, section 3.1; twice that
        bounds = how.bound(self.products(query).double(), self.squares, square, error)  # (n,)

        def values(index: Tensor) -> Tensor:
            return how.value(*self.measured(query, index), self.squares[index], square)

        index, value = _lowest(bounds, values, k)
        order = np.lexsort((index.numpy(), value.numpy()))[:k]
        return index.numpy()[order], how.distance(value).numpy()[order].astype(np.float32)


def _lowest(bounds: Tensor, values: Callable[[Tensor], Tensor], k: int) -> tuple[Tensor, Tensor]:
    """Indices and values (k or more,) of the rows with the k lowest values, all that equal the k-th among them. No
    value may lie below its bound (n,), which is overwritten.
    """
    index = bounds.topk(min(max(FIRST, 4 * k), len(bounds)), largest=False).indices
    value = values(index)
    limit = value.kthvalue(k).values
    bounds[index] = torch.inf
    rest = (bounds <= limit).nonzero().flatten()
    rest = rest[bounds[rest].argsort()]
    for start in range(0, len(rest), PART):
        part = rest[start : start + PART]
        if bounds[part[0]] > limit:
            break
        index, value = torch.cat([index, part]), torch.cat([value, values(part)])
        limit = value.kthvalue(k).values
        index, value = index[value <= limit], value[value <= limit]
    return index, value

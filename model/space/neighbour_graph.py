"""The neighbour graph of a latent map, and the shortest ways through it: they go where samples lie.

Geodesics over a neighbour graph are those of Isomap (Tenenbaum, de Silva & Langford 2000). A link here costs the square
of its length, so that many short hops through dense places are cheaper than one across a gap (Fermat distance: Hwang,
Damelin & Hero 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from model.space.latent_map import nearest_rows

NEIGHBOURS = 12
NODES_MOST = 10_000  # half a second to find their neighbours; of more samples, evenly chosen ones
BATCH = 256
LEAST = 1e-9  # of the usual cost: what a link between two samples in one place costs
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class NeighbourGraph:
    """Samples float32 (m, d) and the costs of the links between them, (m, m), symmetric; every sample can be reached
    from every other.
    """

    nodes: Floats
    costs: csr_array

    @classmethod
    def of(cls, latents: Floats) -> Self:
        """The graph in which each of these latents (n, d) is linked to its 12 nearest."""
        chosen = np.unique(np.linspace(0, len(latents) - 1, min(len(latents), NODES_MOST)).round().astype(int))
        nodes = np.ascontiguousarray(latents[chosen], np.float32)
        index, distances = _nearest(nodes, nodes, NEIGHBOURS + 1)
        start = np.repeat(np.arange(len(nodes)), index.shape[1])
        return cls(nodes, _in_one_piece(nodes, _links(start, index.ravel(), distances.ravel(), len(nodes))))

    def ways(self, stops: Floats) -> list[Floats]:
        """The cheapest way from each of the stops (s, d) to the next, as places (m, d): both stops and the samples
        between.
        """
        count, stopping = len(self.nodes), np.arange(len(stops)) + len(self.nodes)
        places = np.concatenate([self.nodes, stops])
        index, distances = _nearest(self.nodes, stops, NEIGHBOURS)
        start = np.concatenate([np.repeat(stopping, index.shape[1]), stopping[:-1]])
        end = np.concatenate([index.ravel(), stopping[1:]])  # two stops may be nearer to each other than to any sample
        lengths = np.concatenate([distances.ravel(), np.linalg.norm(np.diff(stops, axis=0), axis=1)])
        entries = _links(start, end, lengths, len(places)).tocoo()
        known = self.costs.tocoo()
        every = coo_array(
            (
                np.concatenate([known.data, entries.data]),
                (np.concatenate([known.row, entries.row]), np.concatenate([known.col, entries.col])),
            ),
            shape=(len(places), len(places)),
        ).tocsr()
        _, before = dijkstra(every, indices=stopping[:-1], return_predecessors=True)
        return [places[_traced(before[leg], count + leg + 1)] for leg in range(len(stops) - 1)]


def _traced(before: NDArray[np.int32], end: int) -> list[int]:
    """The nodes on the way to `end`, whose first one has no other before it."""
    way = [end]
    while (node := int(before[way[-1]])) >= 0:
        way.append(node)
    return way[::-1]


def _links(start: NDArray[np.int64], end: NDArray[np.int64], lengths: Floats, count: int) -> csr_array:
    """Costs (count, count) of links in both directions; none from a node to itself."""
    apart = start != end
    costs = lengths[apart].astype(np.float64) ** 2
    costs += LEAST * (costs.mean() if costs.any() else 1.0)
    one_way = coo_array((costs, (start[apart], end[apart])), shape=(count, count)).tocsr()
    return one_way.maximum(one_way.T).tocsr()


def _in_one_piece(nodes: Floats, costs: csr_array) -> csr_array:
    """Each piece but the largest linked to the node nearest to it, until there is one piece (Boruvka 1926)."""
    while True:
        count, piece = connected_components(costs, directed=False)
        if count == 1:
            return costs
        largest = np.bincount(piece).argmax()
        bridges = [_bridge(nodes, piece == each) for each in range(count) if each != largest]
        start, end, lengths = (np.array(column) for column in zip(*bridges, strict=True))
        costs = costs.maximum(_links(start, end, lengths, len(nodes))).tocsr()


def _bridge(nodes: Floats, inside: NDArray[np.bool_]) -> tuple[int, int, float]:
    """The shortest link from the nodes inside to the others: start, end, length."""
    ours, others = np.flatnonzero(inside), np.flatnonzero(~inside)
    index, distances = _nearest(nodes[others], nodes[ours], 1)
    best = int(distances[:, 0].argmin())
    return int(ours[best]), int(others[index[best, 0]]), float(distances[best, 0])


def _nearest(rows: Floats, queries: Floats, k: int) -> tuple[NDArray[np.int64], Floats]:
    """Indices and distances (m, k) of the k rows nearest to each query (m, d), fewer where there are fewer rows."""
    known, k = torch.from_numpy(rows), min(k, len(rows))
    parts = [
        nearest_rows(known, torch.from_numpy(np.ascontiguousarray(queries[at : at + BATCH], np.float32)), k)
        for at in range(0, len(queries), BATCH)
    ]
    index, distances = zip(*parts, strict=True)
    return np.concatenate(index), np.concatenate(distances)

"""The catalogue of dimension reductions: data, from which the command, the API, the table and the page are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

NEIGHBOURS = 15  # of every method that builds a neighbour graph: that of trustworthiness and continuity, too
PERPLEXITY = 30.0
COMPONENTS = 3
COUNT_MOST = 2000  # images: what trustworthiness and continuity are measured on
SEED = 0


@dataclass(frozen=True)
class Method:
    """One method, computed by `call`, a class of a library, with `parameters`.

    `family` is "selection", "linear" or "nonlinear". `supervised`: it is given the labels. `places`: it can give a new
    picture its place; `decodes`: it can make a picture of a place (UMAP does both approximately). `free`: its axes mean
    nothing, so the cloud may be turned. `compiled`: its first call in a process compiles, which is no part of its
    seconds. `seconds`: what it takes on 2,000 images of 3,072 numbers, one thread: by these, progress is estimated.
    """

    name: str
    title: str
    family: str
    call: str
    seconds: float
    parameters: Mapping[str, Any] = field(default_factory=dict)
    supervised: bool = False
    places: bool = False
    decodes: bool = False
    free: bool = False
    compiled: bool = False
    seeded: bool = True
    components: str = "n_components"  # what the library calls the number of axes
    source: str = ""

    @property
    def is_installed(self) -> bool:
        """Whether its library is there, looked up without importing it."""
        return find_spec(self.call.partition(".")[0]) is not None

    def make(self, count: int, classes: int, seed: int) -> Any:
        """The library's object for `count` images of `classes` classes; imports the library."""
        module, _, name = self.call.rpartition(".")
        return getattr(import_module(module), name)(**self.arguments(count, classes, seed))

    def arguments(self, count: int, classes: int, seed: int) -> dict[str, Any]:
        """What the object is made with: neighbours, perplexity and components as many as so few images allow."""
        most = {
            "n_neighbors": count - 1,
            "perplexity": (count - 1) / 3,
            "n_components": classes - 1 if self.supervised else COMPONENTS,
        }
        given = {self.components: COMPONENTS, **self.parameters}
        limited = {key: min(value, most[key]) if key in most else value for key, value in given.items()}
        return limited | ({"random_state": seed} if self.seeded else {})


_GRAPH = {"n_neighbors": NEIGHBOURS}
METHODS: Mapping[str, Method] = {
    method.name: method
    for method in (
        Method(
            "selection", "ANOVA F-test", "selection", "sklearn.feature_selection.SelectKBest", 0.1, supervised=True,
            places=True, seeded=False, components="k", source="Fisher 1925",
        ),
        Method(
            "pca", "PCA", "linear", "sklearn.decomposition.PCA", 1.2, places=True, decodes=True,
            source="Pearson 1901",
        ),
        Method(
            "lda", "LDA", "linear", "sklearn.discriminant_analysis.LinearDiscriminantAnalysis", 10,
            {"solver": "eigen", "shrinkage": "auto"}, supervised=True, places=True, seeded=False,
            source="Fisher 1936; shrinkage of Ledoit & Wolf 2004",
        ),
        Method(
            "ica", "ICA", "linear", "sklearn.decomposition.FastICA", 2, {"whiten": "unit-variance", "max_iter": 1000},
            places=True, decodes=True, source="Hyvärinen 1999",
        ),
        Method(
            "nmf", "NMF", "linear", "sklearn.decomposition.NMF", 2, {"init": "nndsvda", "max_iter": 1000},
            places=True, decodes=True, source="Lee & Seung 1999",
        ),
        Method(
            "svd", "Truncated SVD", "linear", "sklearn.decomposition.TruncatedSVD", 0.1, places=True, decodes=True,
            source="Eckart & Young 1936; Halko et al. 2011",
        ),
        Method(
            "mds", "MDS", "nonlinear", "sklearn.manifold.MDS", 5, {"n_init": 1, "init": "classical_mds"}, free=True,
            source="Kruskal 1964; SMACOF of de Leeuw 1977",
        ),
        Method(
            "isomap", "Isomap", "nonlinear", "sklearn.manifold.Isomap", 1.1, _GRAPH, places=True, seeded=False,
            source="Tenenbaum et al. 2000",
        ),
        Method(
            "lle", "LLE", "nonlinear", "sklearn.manifold.LocallyLinearEmbedding", 1,
            {**_GRAPH, "eigen_solver": "dense"}, places=True, source="Roweis & Saul 2000",
        ),
        Method(
            "laplacian", "Laplacian eigenmaps", "nonlinear", "sklearn.manifold.SpectralEmbedding", 0.6,
            {**_GRAPH, "affinity": "nearest_neighbors"}, source="Belkin & Niyogi 2003",
        ),
        Method(
            "tsne", "t-SNE", "nonlinear", "sklearn.manifold.TSNE", 25,
            {"perplexity": PERPLEXITY, "init": "pca"}, free=True, source="van der Maaten & Hinton 2008",
        ),
        Method(
            "umap", "UMAP", "nonlinear", "umap.UMAP", 5, {**_GRAPH, "n_jobs": 1}, places=True, decodes=True, free=True,
            compiled=True, source="McInnes et al. 2018",
        ),
        Method(
            "pacmap", "PaCMAP", "nonlinear", "pacmap.PaCMAP", 0.6, places=True, free=True, compiled=True,
            source="Wang et al. 2021",
        ),
    )
}  # fmt: skip

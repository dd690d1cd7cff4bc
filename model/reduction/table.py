"""The comparison as a table in Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from model.reduction.methods import METHODS
from model.reduction.stored import Reductions

HEAD = "| method | seconds | trustworthiness | continuity | 10-NN accuracy, % | places a new picture | decodes |"
RULE = "|---|---|---|---|---|---|---|"


def table(found: Reductions, names: Mapping[str, str]) -> str:
    """One line for each method that is there, then one for each autoencoder; `names` are theirs, by weights."""
    lines = [
        _line(method.title, found.facts[name], method.places, method.decodes)
        for name, method in METHODS.items()
        if name in found.facts
    ]
    models = [
        _line(f"autoencoder `{names[weights]}`", facts, True, True)
        for weights, facts in found.models.items()
        if weights in names
    ]
    return "\n".join([HEAD, RULE, *lines, *models])


def _line(title: str, facts: Mapping[str, float], places: bool, decodes: bool) -> str:
    scores = f"{facts['trustworthiness']:.3f} | {facts['continuity']:.3f} | {100 * facts['knn_accuracy']:.1f}"
    can = " | ".join("yes" if able else "no" for able in (places, decodes))
    return f"| {title} | {facts['seconds']:.1f} | {scores} | {can} |"

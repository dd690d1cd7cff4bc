"""The results as Markdown tables: what is common to all models, and what only some objectives give a meaning to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from model.config import ObjectiveConfig, RunConfig
from model.data.catalogue import CATALOGUE, OWN, title_of
from model.evaluation.disentanglement import UNMEASURED
from model.evaluation.metrics import METRICS, Metric
from model.losses import POWER

Card = Mapping[str, Any]
NOTHING = "–"
FIRST = "default"
CORRUPTION_SAID = {
    "gaussian": "Gaussian noise of {} on the input",
    "masking": "{} of the input's pixels black",
    "salt-and-pepper": "{} of the input's pixels black or white",
}


@dataclass(frozen=True)
class Result:
    """A model's name, its card, and its metrics: those of the card, or fresh ones."""

    name: str
    card: Card
    metrics: Mapping[str, Any]

    @property
    def config(self) -> RunConfig:
        """How it was trained."""
        return RunConfig.from_dict(self.card["config"])

    @property
    def dataset(self) -> str:
        """The name of the data set it was trained on; one's own where the card names none."""
        return str(self.card.get("data", {}).get("dataset", OWN))


def tables(results: Sequence[Result]) -> str:
    """All that is to be said of these models, as Markdown: by data set, the default one first, then by the numbers per
    image.
    """
    sets = list(CATALOGUE)
    place = {name: at for at, name in enumerate(sets)}
    ordered = sorted(
        results, key=lambda r: (place.get(r.dataset, len(sets)), r.name != FIRST, r.config.network.latent_dim, r.name)
    )
    parts = [_common(ordered), _special(ordered)]
    if any(result.config.network.variational for result in ordered):
        parts.append(UNMEASURED["en"])
    return "\n\n".join(part for part in parts if part)


def _common(results: Sequence[Result]) -> str:
    rows = [{head: cell(result) for head, cell in COLUMNS.items()} for result in results]
    heads = [head for head in COLUMNS if any(row[head] != NOTHING for row in rows)]  # cards of long ago lack some
    return _table(heads, [[row[head] for head in heads] for row in rows]) if rows else ""


def _special(results: Sequence[Result]) -> str:
    rows = [[f"`{result.name}`", said, measured] for result in results for said, measured in _purposes(result)]
    return _table(["model", "trained for", "measured"], rows) if rows else ""


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(
        f"| {' | '.join(row)} |" if row[0] != "---" else f"|{'|'.join(row)}|"
        for row in [heads, ["---"] * len(heads), *rows]
    )


def _rounded(value: float, digits: int) -> str:
    """As people round: 0.3465 is 0.347, though the nearest binary number lies below."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _number(name: str, digits: int, unit: str = "") -> Callable[[Result], str]:
    """A cell with the metric `name`."""

    def cell(result: Result) -> str:
        return f"{_rounded(result.metrics[name], digits)}{unit}" if name in result.metrics else NOTHING

    return cell


def _beside_pca(name: str, digits: int) -> Callable[[Result], str]:
    """A cell with the metric `name`, and PCA's in brackets."""
    own, pca = _number(name, digits), _number(f"pca_{name.removeprefix('test_')}", digits)
    return lambda result: NOTHING if own(result) == NOTHING else f"{own(result)} ({pca(result)})"


def _head(metric: Metric) -> str:
    return f"{metric.head} (PCA)" if metric.of_pca else metric.head


def _cell(metric: Metric) -> Callable[[Result], str]:
    if metric.of_pca:
        return _beside_pca(metric.name, metric.digits)
    return _number(metric.name, metric.digits, metric.unit)


def _test_error(result: Result) -> str:
    """Bold where it is lower than PCA's."""
    text = _number("test_mse", 4)(result)
    return f"**{text}**" if text != NOTHING and result.metrics["test_mse"] < result.metrics.get("pca_mse", 0) else text


def _trained_in(result: Result) -> str:
    epochs, seconds = result.card.get("epochs_done"), result.card.get("seconds")
    if epochs is None or seconds is None:
        return NOTHING
    return f"{epochs} epochs, {f'{seconds:.0f} s' if seconds < 100 else f'{seconds / 60:.0f} min'}"


COLUMNS: dict[str, Callable[[Result], str]] = {
    "model": lambda result: f"`{result.name}`",
    "data set": lambda result: (
        title_of(result.dataset)
        if result.dataset in CATALOGUE
        else str(result.card.get("data", {}).get("name", NOTHING))
    ),
    "numbers per image": lambda result: str(result.config.network.latent_dim),
    "test error": _test_error,
    "PCA": _number("pca_mse", 4),
    **{_head(metric): _cell(metric) for metric in METRICS if metric.name != "test_mse"},
    "trained in": _trained_in,
}


def _purposes(result: Result) -> list[tuple[str, str]]:
    """What the model was trained for beside the squared error, and what was measured of it."""
    objective, found = result.config.objective, result.metrics
    rows = []
    if objective.loss == POWER and objective.power == 1:
        rows.append(("the absolute error", f"absolute error {_beside_pca('test_mae', 4)(result)}"))
    if objective.loss != POWER:
        rows.append((f"the {objective.loss} loss", f"absolute error {_beside_pca('test_mae', 4)(result)}"))
    if objective.noise and "denoised_psnr" in found:
        rows.append((_corruption(objective), _denoised(found)))
    if "kl_per_unit" in found:
        rows.append((f"KL divergence, β = {objective.beta:g}", _axes(found)))
    if objective.guidance:
        rows.append(
            (
                f"the **labels**, weight {objective.guidance:g}",
                f"10-NN accuracy {_beside_pca('knn_accuracy', 3)(result)}; no longer unsupervised",
            )
        )
    return rows


def _corruption(objective: ObjectiveConfig) -> str:
    share = objective.corruption != "gaussian"
    return CORRUPTION_SAID[objective.corruption].format(f"{objective.noise:.0%}" if share else f"{objective.noise:g}")


def _denoised(found: Mapping[str, Any]) -> str:
    gain = f"gain {found['denoising_gain']:+.1f} dB (PCA {found['pca_denoising_gain']:+.1f} dB)"
    return (
        f"PSNR of the noisy input {found['noisy_psnr']:.1f} dB, of the output {found['denoised_psnr']:.1f} dB: {gain}"
    )


def _axes(found: Mapping[str, Any]) -> str:
    per_unit = sorted(found["kl_per_unit"], reverse=True)
    nats = ", ".join(f"{value:.2f}" for value in per_unit)
    said = f"{found['active_units']} of {len(per_unit)} units active; KL per unit {nats} nats"
    correlation = (
        f"; mean absolute correlation between active axes {found['axis_correlation']:.3f}"
        if "axis_correlation" in found
        else ""
    )
    return said + correlation

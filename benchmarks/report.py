"""What a benchmark says, and how it is printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("measured", "value", "unit", "n", "target", "")


@dataclass(frozen=True)
class Target:
    """A bound that a value should keep."""

    bound: float
    at_most: bool = True

    def reached(self, value: float) -> bool:
        """Whether `value` keeps the bound."""
        return value <= self.bound if self.at_most else value >= self.bound

    def __str__(self) -> str:
        return f"{'<=' if self.at_most else '>='} {self.bound:g}"


@dataclass(frozen=True)
class Row:
    """One number: what it measures, its unit, and n, the number of single measurements behind it."""

    measured: str
    value: float
    unit: str
    n: int
    target: Target | None = None

    def to_dict(self) -> dict[str, object]:
        """Fit for JSON."""
        bound = {"target": str(self.target), "reached": self.target.reached(self.value)} if self.target else {}
        return {"measured": self.measured, "value": round(self.value, 4), "unit": self.unit, "n": self.n, **bound}


def table(title: str, rows: Iterable[Row]) -> str:
    """The rows of one benchmark as aligned text below its title."""
    cells = [COLUMNS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(COLUMNS))]
    return "\n".join([title, *(_aligned(line, widths) for line in cells)])


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "" if row.target is None else "reached" if row.target.reached(row.value) else "MISSED"
    return row.measured, _number(row.value), row.unit, f"{row.n:,}", str(row.target or ""), verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) < 1 else f"{value:.1f}"


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    measured, value, unit, n, target, verdict = (cell.ljust(w) for cell, w in zip(line, widths, strict=True))
    return f"  {measured}  {value.strip():>{widths[1]}} {unit}  {n.strip():>{widths[3]}}  {target}  {verdict}".rstrip()

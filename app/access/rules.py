"""What a teacher allows: kept as JSON in EXPLORER_HOME, so that it outlives the server."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from model.errors import ConfigError
from model.files import write_json
from model.runs.folder import read_object

FILE = "rules.json"
STUDENTS = ("off", "one", "free")
RUNS_MOST, GIGABYTES_MOST = 10_000, 1_000_000


@dataclass(frozen=True)
class Rules:
    """`students`: whether they may train: "off", "one" training at a time each, or "free"; `runs` and `gigabytes` that
    may be kept in all.
    """

    students: str = "one"
    runs: int = 200
    runs_each: int = 12  # of a student
    gigabytes: int = 0  # 0: half of the disk's free space

    def __post_init__(self) -> None:
        if self.students not in STUDENTS:
            raise ConfigError("value.choice", "students", value=self.students, choices=", ".join(STUDENTS))
        for name, most in (("runs", RUNS_MOST), ("runs_each", RUNS_MOST), ("gigabytes", GIGABYTES_MOST)):
            value = getattr(self, name)
            if type(value) is not int or not 0 <= value <= most:
                raise ConfigError("value.range", name, value=value, low=0, high=most)

    @classmethod
    def read(cls, home: Path) -> Self:
        """Those that are kept in the home; the usual ones where there are none that can be used."""
        try:
            return cls.of(read_object(home / FILE) or {})
        except ConfigError:
            return cls()

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Of JSON; what is not named is as usual. Raises ConfigError."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(values) - known):
            raise ConfigError("rules.unknown", name=unknown[0], known=", ".join(sorted(known)))
        return cls(**values)

    def keep(self, home: Path) -> None:
        """Write them down. Raises OSError."""
        write_json(home / FILE, asdict(self))

    def to_dict(self) -> dict[str, Any]:
        """Plain values by name."""
        return asdict(self)

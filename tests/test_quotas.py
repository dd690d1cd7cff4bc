"""What is kept: sizes of runs, room for one more, and caches of which the oldest go first."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from app.access import quotas
from app.access.rules import Rules
from app.replies import Refusal
from model.config import RunConfig, Settings
from model.runs import actions


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    quotas.forget()
    return Settings(None, tmp_path)


def filled(path: Path, size: int, age: float = 0.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(size))
    os.utime(path, (time.time() - age, time.time() - age))
    return path


def test_a_run_is_as_large_as_its_folder_and_its_model(settings: Settings) -> None:
    name = actions.create(settings, RunConfig(), "One")
    before = quotas.sizes_of_runs(settings)[name]
    filled(settings.runs / name / "film" / "00001.npz", 1000)
    filled(settings.models / name / "weights.safetensors", 2000)
    filled(settings.models / "not-a-run" / "weights.safetensors", 4000)
    quotas.forget()
    assert quotas.sizes_of_runs(settings) == {name: before + 3000}
    used = quotas.usage(settings, Rules(gigabytes=3))
    assert (used.runs, used.bytes, used.bytes_most) == (1, before + 3000, 3_000_000_000)
    assert quotas.usage(settings, Rules()).bytes_most > 1_000_000


def test_a_full_disk_names_the_largest_training(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for title, size in (("Small", 10), ("Large", 3_000_000)):
        filled(settings.runs / actions.create(settings, RunConfig(), title) / "state.safetensors", size)
    monkeypatch.setattr(quotas, "_free", lambda home: 0)
    listed = actions.runs(settings)
    with pytest.raises(Refusal, match=r"take 0.0 GB of the 0.0 GB .* the largest is 'Large' with 3 MB") as refused:
        quotas.require_room(settings, Rules(), listed)
    assert refused.value.status == 507
    monkeypatch.setattr(quotas, "_free", lambda home: 10**9)
    quotas.require_room(settings, Rules(), listed)


def test_the_oldest_caches_go_first_and_nothing_else(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "CACHE_LEAST", 250)
    monkeypatch.setattr(quotas, "CACHE_SHARE", 0)
    cache = settings.home / "cache"
    files = [filled(cache / "exports" / f"{age}.onnx", 100, age) for age in (400, 300, 200, 10)]
    kept = filled(settings.runs / "a" / "state.safetensors", 1000, 10_000)
    quotas.trim_caches(settings)
    assert [path.exists() for path in files] == [False, False, True, True]
    assert kept.exists()
    quotas.trim_caches(Settings(None, settings.home / "nowhere"))


def test_what_was_written_a_moment_ago_stays(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotas, "CACHE_LEAST", 0)
    monkeypatch.setattr(quotas, "CACHE_SHARE", 0)
    path = filled(settings.home / "cache" / "new.npz", 100)
    quotas.trim_caches(settings)
    assert path.exists()


@pytest.mark.parametrize("wreck", [b"", b"[]", b'{"students": 3}', b'{"runs": -1}', b"\xff"])
def test_damaged_rules_are_as_if_absent(settings: Settings, wreck: bytes) -> None:
    (settings.home / "rules.json").write_bytes(wreck)
    assert Rules.read(settings.home) == Rules()

"""The browser's modules: lines that fit a screen, and declarations that say what is really there."""

from __future__ import annotations

import re
import time

import pytest
from streamlit import config

from app import server
from app.routes import assets
from app.routes.assets import WEB
from app.theme import OPTIONS
from model import view

LONGEST = 120  # columns, as in Python
DECLARED = re.compile(r"^export const (\w+): (.+);$", re.MULTILINE)


def kind_of(value: object) -> str:
    """How TypeScript writes the type of one of the shared values."""
    if isinstance(value, dict):
        return "{ " + "; ".join(f"{name}: {kind_of(part)}" for name, part in value.items()) + " }"
    if isinstance(value, list | tuple):
        return f"{kind_of(value[0])}[]"
    return "string" if isinstance(value, str) else "number"


def test_no_line_of_the_browsers_files_is_longer_than_those_of_the_python_files() -> None:
    files = [path for path in sorted(WEB.rglob("*")) if path.suffix in (".js", ".css")]
    long = [
        f"{path.relative_to(WEB)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert files
    assert long == []


@pytest.mark.parametrize("name", assets.SHARED)
def test_the_type_check_knows_what_the_server_shares_as_it_is_written(name: str) -> None:
    declared = DECLARED.findall((WEB / "shared" / name).with_suffix(".d.ts").read_text(encoding="utf-8"))
    assert dict(declared) == {each: kind_of(value) for each, value in assets.SHARED[name][1]().items()}


@pytest.mark.parametrize("name", assets.SHARED)
def test_the_page_s_modules_use_all_that_the_server_shares(name: str) -> None:
    modules = "".join(path.read_text(encoding="utf-8") for path in WEB.rglob("*.js"))
    assert [each for each in assets.SHARED[name][1]() if not re.search(rf"\b{each}\b", modules)] == []


def test_a_page_s_hundred_requests_do_not_look_at_all_files_a_hundred_times() -> None:
    begun, before = time.monotonic(), assets._look.cache_info().misses
    versions = {assets.scene_version() for _ in range(100)}
    assert assets._look.cache_info().misses - before <= int(time.monotonic()) - int(begun) + 1
    assert len(versions) == 1


def test_every_file_is_kept_as_it_was_packed() -> None:
    files = [path for folder in assets.FOLDERS.values() for path in folder.glob("*")]
    assert (assets._asset.cache_info().maxsize or 0) > len(files)


def test_what_only_the_type_check_reads_is_no_part_of_the_page() -> None:
    ours = [path for path in WEB.rglob("*") if path.suffix in (".ts", ".json")]
    served = {path for folder in assets.FOLDERS.values() for path in folder.glob("*")}
    assert ours
    assert not served & set(ours)


@pytest.mark.parametrize("name", view.THEME_COLOURS)
def test_the_colours_of_drawings_are_those_of_streamlit_s_theme_and_written_once(name: str) -> None:
    assert server.app  # whose import sets the theme
    assert config.get_option("browser.gatherUsageStats") is False  # config.toml is still read
    colours = view.THEME_COLOURS[name]
    assert {part: config.get_option(f"theme.{name}.{option}") for part, option in OPTIONS.items()} == colours
    sources = [path for path in WEB.parent.rglob("*") if path.suffix in (".py", ".js", ".css", ".toml")]
    assert [path for path in sources if colours["accent"] in path.read_text(encoding="utf-8")] == []

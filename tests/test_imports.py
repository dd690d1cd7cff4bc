"""The arrows of the design: what may import what."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
INTERFACE = {"streamlit", "starlette", "uvicorn", "app"}
TORCH = {"torch", "torchvision", "safetensors"}


def modules(folder):
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path):
    """Every module that the file names in an import, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports by a relative name"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def packages(path):
    return {name.split(".")[0] for name in imported(path)}


def short(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("model"), ids=short)
def test_the_library_knows_nothing_of_the_interface(path):
    assert not packages(path) & INTERFACE


@pytest.mark.parametrize("path", modules("app"), ids=short)
def test_torch_stops_at_the_service(path):
    assert not packages(path) & TORCH


WITHOUT_STREAMLIT = [*modules("app/routes"), *modules("app/access"), *modules("app/work"), *modules("app/text")]


@pytest.mark.parametrize("path", WITHOUT_STREAMLIT, ids=short)
def test_the_api_works_without_streamlit(path):
    assert path.name == "page.py" or "streamlit" not in packages(path)


def test_imports_go_in_one_direction():
    names = {
        "/".join(p.relative_to(ROOT).with_suffix("").parts).replace("/", "."): p
        for f in ("model", "app")
        for p in modules(f)
    }
    names = {name.removesuffix(".__init__"): path for name, path in names.items()}
    needs = {
        name: {other for other in imported(path) if other in names and other != name} for name, path in names.items()
    }
    while ready := {name for name, needed in needs.items() if not needed}:
        needs = {name: needed - ready for name, needed in needs.items() if name not in ready}
    assert not needs, f"these import each other in a circle: {sorted(needs)}"


@pytest.mark.parametrize("path", modules("app"), ids=short)
def test_no_file_beside_the_page_has_the_name_of_a_top_level_package(path):
    """Streamlit puts the folder app first on the path, so app/html.py would stand before the library's html."""
    import sys

    if path.parent == ROOT / "app":
        assert path.stem not in {*sys.stdlib_module_names, "model", "app", "torch", "plotly"}

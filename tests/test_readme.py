"""The README is true: its curl examples run, its file map names the folders that exist and leaves none out."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CURL = re.findall(r"^curl .*$", README, re.M)


def test_every_curl_example_answers(server, tmp_path):
    assert len(CURL) >= 5
    for line in CURL:
        command = line.replace("curl -s", "curl -sS --fail-with-body", 1).replace("http://localhost:8501", server.url)
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=False)
        assert done.returncode == 0, (line, done.stdout[-300:], done.stderr)
        assert done.stdout or list(tmp_path.iterdir()), line
    assert (tmp_path / "points.f32").stat().st_size == 10_000 * 3 * 4
    assert (tmp_path / "seven.png").read_bytes().startswith(b"\x89PNG")


def test_the_websocket_example_gets_an_image(server):
    code = next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "connect(" in block)
    names: dict = {}
    exec(code.replace("ws://localhost:8501", server.url.replace("http", "ws")), names)
    assert names["image"].shape == (1, 32, 32, 3)
    assert names["image"].std() > 1


def test_the_file_map_names_every_folder_and_no_other():
    section = README[README.index("## Where things are") :]
    named = set(re.findall(r"`((?:model|app|assets|tests|benchmarks)/[\w/]*)`", section.split("Data flow")[0]))
    packages = {
        f"{init.parent.relative_to(ROOT)}/" for top in ("model", "app") for init in (ROOT / top).glob("**/__init__.py")
    }
    inner = {"app/views/form/", "app/text/errors/"}  # parts of their folders
    assert named == (packages - inner) | {"app/web/", "assets/", "tests/", "tests/browser/", "benchmarks/"}


def test_the_two_commands_of_the_readme_are_targets_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("run", "test", "bench"):
        assert f"make {target}" in README
        assert re.search(rf"^{target}:", makefile, re.M)


def tables(text):
    """The Markdown tables of a text, each a list of rows {head: cell}."""
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.M):
        heads, _, *rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in block.strip().splitlines()
        ]
        yield [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_tables_of_results_say_what_the_cards_say():
    """The README may leave columns out, but no model, and no number may differ."""
    printed = subprocess.run(
        [sys.executable, "-m", "model.evaluate", "--all", "--cards"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for expected in tables(printed.stdout):
        mark = list(expected[0])[:2]
        found = next((table for table in tables(README) if list(table[0])[:2] == mark), None)
        assert found is not None, f"the README has no table that begins with {mark}"
        assert found == [{head: row[head] for head in found[0]} for row in expected]

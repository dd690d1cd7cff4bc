"""The download: resumed, retried, checked; and its state while it runs."""

import gzip
import hashlib
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.routes.downloads import DataState, Download, current
from app.text.errors import translated
from model.config import Settings
from model.data.catalogue import CATALOGUE, open_dataset
from model.data.download import fetch, fetch_dataset
from model.errors import DataError
from tests.test_catalogue import idx
from tests.web import forget

BODY = bytes(range(256)) * 8000  # 2 MB
MD5 = hashlib.md5(BODY).hexdigest()


class Line(ThreadingHTTPServer):
    """Serves BODY, breaking off as often as `breaks` says; remembers where each request started."""

    breaks, resumes, status, starts = 0, True, 200, None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.starts = []
        self.url = f"http://127.0.0.1:{self.server_port}/archive.tar.gz"


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        line = self.server
        asked = self.headers.get("Range", "bytes=0-") if line.resumes else "bytes=0-"
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        line.starts.append(start)
        if line.status != 200:
            return self.send_error(line.status)
        if start >= len(BODY):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(BODY) - start))
        self.end_headers()
        stop = len(BODY)
        if line.breaks:
            line.breaks -= 1
            stop = start + 500_000
        self.wfile.write(BODY[start:stop])

    def log_message(self, *_):
        pass


@pytest.fixture
def line():
    with Line() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *_):
        pass


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of the folder's files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def nothing(done, total):
    pass


def test_a_whole_line_brings_the_file_and_tells_how_far_it_is(line, tmp_path):
    told = []
    fetch(line.url, tmp_path / "a", MD5, lambda done, total: told.append((done, total)))
    assert (tmp_path / "a").read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_line_that_breaks_is_taken_up_where_it_broke(line, tmp_path):
    line.breaks = 3
    fetch(line.url, tmp_path / "a", MD5, nothing, pause=0.01)
    assert line.starts == [0, 500_000, 1_000_000, 1_500_000]
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_server_that_cannot_resume_is_asked_for_all_of_it_again(line, tmp_path):
    line.breaks, line.resumes = 1, False
    fetch(line.url, tmp_path / "a", MD5, nothing, pause=0.01)
    assert (tmp_path / "a").read_bytes() == BODY


def test_what_an_earlier_start_left_is_used(line, tmp_path):
    (tmp_path / "a.part").write_bytes(BODY[:700_000])
    fetch(line.url, tmp_path / "a", MD5, nothing)
    assert line.starts == [700_000]


def test_a_file_that_was_whole_but_not_yet_checked_is_used(line, tmp_path):
    (tmp_path / "a.part").write_bytes(BODY)
    fetch(line.url, tmp_path / "a", MD5, nothing)
    assert (tmp_path / "a").read_bytes() == BODY


def test_a_file_that_is_there_is_not_fetched_again(line, tmp_path):
    (tmp_path / "a").write_bytes(BODY)
    fetch(line.url, tmp_path / "a", MD5, nothing)
    assert line.starts == []


def test_a_wrong_checksum_is_said_and_the_file_deleted(line, tmp_path):
    with pytest.raises(DataError, match="checksum"):
        fetch(line.url, tmp_path / "a", "0" * 32, nothing)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "reason", "korean"),
    [
        ("http://127.0.0.1:9/archive", "the connection is refused", "연결을 거부함"),
        (
            "http://nowhere.invalid/archive",
            "its address is not found; is there an internet connection?",
            "주소를 찾을 수 없음",
        ),
    ],
)
def test_a_line_that_stays_dead_is_given_up_with_a_reason_for_people(tmp_path, url, reason, korean):
    with pytest.raises(DataError) as caught:
        fetch(url, tmp_path / "a", MD5, nothing, pause=0.001)
    said = caught.value.message
    assert said == f"{url} cannot be reached ({reason}). What has come so far is kept; try again later."
    assert korean in translated(said, "ko")
    assert not re.search("[A-Za-z]", translated(said, "ko").replace(url, ""))


@pytest.mark.parametrize(("status", "tries"), [(404, 1), (503, 6)])
def test_only_failures_that_may_pass_are_tried_again(line, tmp_path, status, tries):
    line.status = status
    with pytest.raises(DataError, match=str(status)):
        fetch(line.url, tmp_path / "a", MD5, nothing, pause=0.001)
    assert len(line.starts) == tries


@pytest.mark.parametrize("fault", ["full", "closed"])
def test_a_disk_that_does_not_take_the_file_is_not_taken_for_a_broken_line(line, tmp_path, fault):
    part = tmp_path / "a.part"
    if fault == "full":
        part.symlink_to("/dev/full")
    else:
        part.mkdir()
    with pytest.raises(DataError, match="cannot be written"):
        fetch(line.url, tmp_path / "a", MD5, nothing, pause=0.001)
    assert line.starts == [0]


FOLDER = CATALOGUE["cifar10"].reader.folder


def test_a_damaged_folder_gives_way_to_the_new_one(tmp_path, monkeypatch):
    class Archive:
        """Stands in for torchvision's CIFAR10, which would bring 170 MB."""

        url, filename, tgz_md5 = "http://127.0.0.1:9/a", "a", MD5

        def __init__(self, root, download):
            (root / FOLDER).mkdir()
            (root / FOLDER / "whole").touch()

    monkeypatch.setattr("torchvision.datasets.CIFAR10", Archive)
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "half").touch()
    (tmp_path / "incoming" / "cifar10").mkdir(parents=True)
    (tmp_path / "incoming" / "cifar10" / "a").write_bytes(BODY)
    fetch_dataset(CATALOGUE["cifar10"], tmp_path, nothing)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["whole"]


def until(condition):
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("it did not happen within a minute")


def test_the_state_follows_the_download_and_a_second_start_changes_nothing(tmp_path):
    go, starts, ready = threading.Event(), [], []

    def slow(root, progress):
        starts.append(root)
        progress(5 << 20, 10 << 20)
        assert go.wait(60)

    download = Download(slow, tmp_path, lambda: ready.append(True))
    assert download.state is None
    download.start()
    until(lambda: download.state and download.state.done)
    download.start()
    assert download.state == DataState("downloading", 5 << 20, 10 << 20, "5 of 10 MB")
    go.set()
    until(lambda: download.state is None)
    assert (starts, ready) == ([tmp_path], [True])


def test_a_failure_is_told_and_can_be_tried_again(tmp_path):
    tries = []

    def fails_once(root, progress):
        tries.append(root)
        if len(tries) == 1:
            raise DataError("The disk is full.")

    download = Download(fails_once, tmp_path, lambda: None)
    download.start()
    until(lambda: download.state and download.state.state == "failed")
    assert download.state.message == "The disk is full."
    download.start()
    until(lambda: download.state is None)
    assert len(tries) == 2


def test_a_download_that_is_stopped_ends_at_its_next_byte_and_goes_on_when_started_again(tmp_path):
    told, started = [], threading.Event()

    def endless(root, progress):
        started.set()
        for done in range(1, 10_000):
            progress(done, 10_000)
            told.append(done)
            time.sleep(0.01)

    download = Download(endless, tmp_path, lambda: None)
    download.start()
    assert started.wait(60)
    download.stop()
    until(lambda: download.state is None)
    count = len(told)
    time.sleep(0.1)
    assert len(told) == count
    download.start()
    until(lambda: len(told) > count)
    download.stop()
    until(lambda: download.state is None)


def test_what_the_server_fetches_by_itself_is_tried_once_and_says_that_nobody_asked(tmp_path):
    tries = []

    def fails(root, progress):
        tries.append(root)
        raise DataError("There is no network.")

    download = Download(fails, tmp_path, lambda: None)
    for _ in range(2):
        download.start(automatic=True)
        until(lambda: download.state and download.state.state == "failed")
    assert download.state.automatic
    assert len(tries) == 1
    download.start()
    until(lambda: len(tries) == 2 and download.state.state == "failed")
    assert not download.state.automatic


def archive(path: Path, name: str, content: bytes) -> tuple[str, str]:
    (path / name).write_bytes(content)
    return name, hashlib.md5(content).hexdigest()


def test_a_data_set_of_several_files_comes_whole_from_the_mirror_that_has_it(tmp_path, monkeypatch):
    """MNIST, made small: served on this machine, unpacked and read by torchvision itself."""
    from torchvision import datasets

    served, root = tmp_path / "served", tmp_path / "data"
    served.mkdir()
    files = {}
    for split, count in (("train", 6), ("t10k", 4)):
        pixels, labels = np.full((count, 28, 28), 7, np.uint8), np.arange(count, dtype=np.uint8)
        files |= {
            f"{split}-images-idx3-ubyte.gz": gzip.compress(idx(pixels)),
            f"{split}-labels-idx1-ubyte.gz": gzip.compress(idx(labels)),
        }
    with serving(served) as url:
        monkeypatch.setattr(
            datasets.MNIST, "resources", [archive(served, name, content) for name, content in files.items()]
        )
        monkeypatch.setattr(datasets.MNIST, "mirrors", [f"{url}/gone/", f"{url}/"])
        told = []
        fetch_dataset(CATALOGUE["mnist"], root, lambda done, total: told.append((done, total)))
    found = open_dataset(Settings(None, tmp_path), "mnist", "test")
    assert found.labels.tolist() == [0, 1, 2, 3]
    assert (found.images[:, 0, 2:30, 2:30] == 7).all()
    assert told[-1] == (sum(map(len, files.values())), CATALOGUE["mnist"].download)
    assert not (root / "incoming").exists()


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    """A folder of one's own as EXPLORER_DATA, with settings and data read anew before and after."""
    for split in ("train", "test"):
        for name in ("cat", "dog"):
            (tmp_path / split / name).mkdir(parents=True)
            Image.new("RGB", (40, 40)).save(tmp_path / split / name / "a.png")
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path))
    forget()
    yield tmp_path
    forget()


def test_files_that_could_not_be_read_are_named_in_the_state(own_folder):
    (own_folder / "test" / "cat" / "odd.png").write_text("no picture")
    state = current("own")
    assert state.state == "ready"
    assert len(state.skipped) == 1
    assert "odd.png" in state.skipped[0]


def test_a_folder_that_cannot_be_used_is_explained_and_not_taken_for_a_failed_download(own_folder):
    for split in ("train", "test"):
        shutil.rmtree(own_folder / split / "dog")
    state = current("own")
    assert state.state == "unusable"
    assert "at least two" in state.message

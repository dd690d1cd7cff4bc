"""The films over HTTP: of a run that grows and of a model that brings one, their bytes, files and refusals."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from app.routes import assets
from app.work import open_films
from model.data.catalogue import CATALOGUE
from model.film.film import FILM, FRAMES, assemble_film, forget_after
from model.runs.actions import hold
from tests import films
from tests.conftest import TINY
from tests.web import Server, running

CAMERA = "1.5,1.5,0.8,0,0,-0.12,0,0,1"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, tiny_model_folder: Path) -> Path:
    """Runs "done" (6 frames), "broken" (a damaged frame) and "fresh" (no frame yet); models "filmed" and "plain"."""
    home = tmp_path_factory.mktemp("home")
    for name, epochs in (("done", range(6)), ("broken", range(3))):
        films.shoot(home / "runs" / name, epochs)
        films.tell(home / "runs" / name, epochs[-1], "finished", TINY.to_dict())
    (home / "runs" / "broken" / FRAMES / "00001.npz").write_bytes(b"PK")
    (home / "runs" / "fresh").mkdir()
    films.tell(home / "runs" / "fresh", 0, "stopped", TINY.to_dict())
    for name in ("filmed", "plain"):
        shutil.copytree(tiny_model_folder, home / "models" / name)
    assemble_film(home / "runs" / "done" / FRAMES).save(home / "models" / "filmed" / FILM)
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Server]:
    with running(home) as started:
        yield started


@pytest.fixture
def growing(home: Path) -> Iterator[Path]:
    """A run that waits with three frames: more may come."""
    folder = home / "runs" / "growing"
    films.shoot(folder, range(3))
    films.tell(folder, 2, "stopped", TINY.to_dict())
    yield folder
    shutil.rmtree(folder)


RUN, MODEL = "/api/films/runs/done", "/api/films/models/filmed"


@pytest.mark.parametrize("film", [RUN, MODEL])
def test_a_manifest_says_all_but_the_frames(server: Server, film: str) -> None:
    said = server.get(film).json
    assert (said["n"], said["epochs"], said["classes"]) == (films.N, [0, 1, 2, 3, 4, 5], list(films.CLASSES))
    assert len(set(said["tags"])) == 6
    assert said["row"] == films.ROW.tolist()
    assert said["row_labels"] == [0, 1, 2]
    assert all(low < high for low, high in said["ranges"])
    assert (said["live"], said["stand"], said["latent_dim"], said["image_size"]) == (False, "last", 3, [32, 32])


def test_a_runs_manifest_brings_its_history(server: Server) -> None:
    said = server.get(RUN).json
    assert said["history"][-1] == {"epoch": 5, "train_mse": 0.02, "test_mse": 0.022}
    assert said["pca_mse"] == 0.05
    assert said["title"] == {"en": "Shapes apart", "ko": "갈라지는 도형"}


def halves(body: bytes, frames: int) -> np.ndarray:
    return np.frombuffer(body, "<f2").reshape(frames, films.N, 3)


def test_points_are_those_of_the_film(server: Server, home: Path) -> None:
    film = assemble_film(home / "runs" / "done" / FRAMES)
    everything = halves(server.get(f"{MODEL}/points").body, 6)
    assert np.array_equal(everything, film.points)
    assert np.array_equal(halves(server.get(f"{MODEL}/points?epochs=4,1").body, 2), film.points[[4, 1]])


def test_a_complete_run_stands_as_its_last_frame_and_a_growing_one_as_its_first(server: Server) -> None:
    last = halves(server.get(f"{RUN}/points?epochs=5").body, 1)[0]
    np.testing.assert_allclose(last.astype(float), films.points(5), atol=0.01)
    first = halves(server.get(f"{RUN}/points?epochs=0&stand=first").body, 1)[0]
    np.testing.assert_allclose(first.astype(float), films.points(0), atol=0.01)


def test_labels_and_pictures_come_along(server: Server) -> None:
    assert np.array_equal(np.frombuffer(server.get(f"{RUN}/labels").body, np.uint8), films.LABELS)
    rows = np.frombuffer(server.get(f"{RUN}/rows?epochs=0,3").body, np.uint8).reshape(2, films.K, 32, 32, 3)
    assert rows[:, 0, 0, 0, 0].tolist() == [40, 100]
    with Image.open(io.BytesIO(server.get(f"{RUN}/rows/3.png").body)) as strip:
        assert strip.size == (96, 32)
        assert strip.getpixel((0, 0)) == (100, 100, 100)


def test_the_originals_of_a_run_are_there_and_those_of_a_model_only_with_the_data(server: Server) -> None:
    assert server.get(RUN).json["has_originals"] is True
    with Image.open(io.BytesIO(server.get(f"{RUN}/originals.png").body)) as strip:
        assert [strip.getpixel((32 * at, 0))[0] for at in range(3)] == [60, 120, 180]
    assert server.get(MODEL).json["has_originals"] is False
    assert server.get(f"{MODEL}/originals.png").status == 404


def test_a_models_originals_come_from_the_data(home: Path, synthetic_dataset_folder: Path, synthetic_dataset) -> None:
    with running(home, synthetic_dataset_folder) as server:
        assert server.get(MODEL).json["has_originals"] is True
        with Image.open(io.BytesIO(server.get(f"{MODEL}/originals.png").body)) as strip:
            pixels = np.asarray(strip)
    assert np.array_equal(pixels[:, :32], synthetic_dataset.images[films.ROW[0]].transpose(1, 2, 0))


def test_a_growing_film_keeps_what_was_shown(server: Server, growing: Path) -> None:
    address = "/api/films/runs/growing"
    before = server.get(f"{address}?stand=first").json
    shown = server.get(f"{address}/points?stand=first&v={before['version']}").body
    films.shoot(growing, range(3, 5))
    after = server.get(f"{address}?stand=first").json
    assert after["epochs"] == [0, 1, 2, 3, 4]
    assert after["tags"][:3] == before["tags"]
    assert after["version"] != before["version"]
    assert server.get(f"{address}/points?stand=first&epochs=0,1,2").body == shown


def test_a_resumed_run_tells_that_later_frames_are_new(server: Server, growing: Path) -> None:
    address = "/api/films/runs/growing"
    before = server.get(f"{address}?stand=first").json
    forget_after(growing / FRAMES, 1)
    assert server.get(f"{address}?stand=first").json["epochs"] == [0, 1]
    films.shoot(growing, range(2, 3))
    after = server.get(f"{address}?stand=first").json
    assert after["tags"][:2] == before["tags"][:2]
    assert after["tags"][2] != before["tags"][2]


def test_a_run_that_is_at_work_is_live_and_keeps_the_axes_of_its_first_frame(server: Server, growing: Path) -> None:
    with hold(growing):
        said = server.get("/api/films/runs/growing").json
    assert (said["live"], said["stand"]) == (True, "first")
    assert server.get("/api/films/runs/growing").json["live"] is False


def test_no_other_folder_is_taken_for_a_run(server: Server) -> None:
    assert server.get("/api/films/runs/..%2Fdone").status in (400, 404)


def test_what_has_a_version_is_kept_by_browsers(server: Server) -> None:
    version = server.get(MODEL).json["version"]
    assert "immutable" in server.get(f"{MODEL}/points?v={version}").headers["cache-control"]
    assert "immutable" not in server.get(f"{MODEL}/points").headers["cache-control"]
    tag = server.get(f"{MODEL}/points").headers["etag"]
    assert server.get(f"{MODEL}/points", If_None_Match=tag).status == 304


def test_the_models_with_a_film_are_listed(server: Server) -> None:
    listed = {entry["name"]: entry for entry in server.get("/api/films").json}
    assert listed["filmed"]["kind"] == "models"
    assert "plain" not in listed
    for name, dataset in (("default", "cifar10"), ("mnist", "mnist"), ("digits", "digits")):
        assert listed[name]["dataset"] == CATALOGUE[dataset].title


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/films/models/plain", "brings no film"),
        ("/api/films/models/nobody", "nobody"),
        ("/api/films/runs/nobody", "nobody"),
        ("/api/films/runs/fresh", "no frame yet"),
        ("/api/films/guests/done", "guests"),
        (f"{RUN}/points?epochs=0,99", "99"),
        (f"{RUN}/rows/99.png", "99"),
        (f"{RUN}/film.avi", "gif"),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(server: Server, path: str, said: str) -> None:
    reply = server.get(path)
    assert reply.status == 404
    assert said in reply.json["detail"]


@pytest.mark.parametrize("query", ["epochs=", "epochs=1;2", "epochs=-1", "epochs=1e3", "stand=middle"])
def test_a_question_that_makes_no_sense_is_refused(server: Server, query: str) -> None:
    assert server.get(f"{RUN}/points?{query}").status == 400


def test_a_damaged_frame_is_an_error_that_names_it(server: Server) -> None:
    reply = server.get("/api/films/runs/broken")
    assert reply.status == 500
    assert "00001.npz" in reply.json["detail"]


def test_the_film_comes_as_mp4(server: Server) -> None:
    reply = server.get(f"{RUN}/film.mp4?cam={CAMERA}&theme=dark&lang=ko")
    assert reply.headers["content-type"] == "video/mp4"
    assert 'filename="done-film.mp4"' in reply.headers["content-disposition"]
    with av.open(io.BytesIO(reply.body)) as container:
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    assert len(frames) > 90
    assert frames[0][5, 5].max() < 40, "the ground is dark"


def test_the_film_comes_as_gif(server: Server) -> None:
    reply = server.get(f"{MODEL}/film.gif?cam={CAMERA}&hide=0,2")
    assert reply.headers["content-type"] == "image/gif"
    with Image.open(io.BytesIO(reply.body)) as image:
        assert image.n_frames > 20


@pytest.mark.parametrize(
    "query", ["cam=1,2,3", f"cam={CAMERA}x", "cam=0,0,0,0,0,0,0,0,1", "theme=blue", "lang=xx", "hide=a"]
)
def test_a_picture_that_cannot_be_drawn_is_refused(server: Server, query: str) -> None:
    assert server.get(f"{RUN}/film.gif?{query}").status == 400


def test_modules_of_the_film_and_the_scene_share_a_version(server: Server) -> None:
    version = assets.scene_version()
    for path in ("train/player.js", "train/film.css", "core/dom.js", "shared/view.js", "shared/contract.js"):
        reply = server.get(f"/explorer/{version}/{path}")
        assert reply.status == 200, path
        assert "immutable" in reply.headers["cache-control"], path


@pytest.mark.parametrize(
    "path",
    [
        "train/room.py",
        "train/..%2Fserver.py",
        "text/en.json",
        "train/nothing.js",
        "shared/view.d.ts",
        "shared/nothing.js",
        "globals.d.ts",
        "train/..%2Ftsconfig.json",
    ],
)
def test_no_other_file_is_served_as_the_films(server: Server, path: str) -> None:
    assert server.get(f"/explorer/{path}").status in (400, 404)


def test_the_curve_of_a_long_run_is_short_enough_to_send_and_keeps_its_tests() -> None:
    history = [
        {"epoch": epoch, "train_mse": 0.1} | ({"test_mse": 0.2} if epoch % 20 == 0 else {})
        for epoch in range(1, 10_001)
    ]
    sent = open_films._history(history)
    assert len(sent) <= 2 * open_films.EPOCHS_MOST
    assert (sent[0]["epoch"], sent[-1]["epoch"]) == (1, 10_000)
    assert sum("test_mse" in entry for entry in sent) >= 500
    assert len(open_films._history(history[:400])) == 400

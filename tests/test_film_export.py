"""Films as files: GIF and MP4 that other programs can play, small, and with the points where the page shows them."""

from __future__ import annotations

import io
from dataclasses import replace

import av
import numpy as np
import pytest
from PIL import Image

from app.theme import OPTIONS, theme
from model.errors import ConfigError
from model.film.camera import Camera, Lens, box_labels, home, proportions, ticks
from model.film.curve import Facts
from model.film.film import Film, assemble_film
from model.film.picture import Look, Picture
from model.film.render_job import RenderJob
from model.film.style import ThemeColours, font, rgb
from model.film.video import BYTES_MOST, GIF_SIZE, HOLD, MP4_RATE, FrameInterpolator, export, seconds
from tests import films

RANGES = [[-4.0, 4.0]] * 3
FACTS = Facts({"en": "Shapes apart", "ko": "갈라지는 도형"}, films.history(5), 0.05)
SMALL = Look(size=(640, 360))


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    folder = tmp_path_factory.mktemp("run")
    films.shoot(folder, range(6))
    return assemble_film(folder / "film")


@pytest.fixture(scope="module")
def gif(film: Film) -> bytes:
    return export(film, RANGES, FACTS, SMALL, "gif")


@pytest.fixture(scope="module")
def mp4(film: Film) -> bytes:
    return export(film, RANGES, FACTS, SMALL, "mp4")


def decoded(mp4: bytes) -> list[np.ndarray]:
    with av.open(io.BytesIO(mp4)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_the_mp4_plays_every_frame(film: Film, mp4: bytes) -> None:
    frames = decoded(mp4)
    moving = round(MP4_RATE * seconds(film))
    assert len(frames) == moving - 2 + round(MP4_RATE * HOLD[0]) + round(MP4_RATE * HOLD[1])
    assert frames[0].shape == (360, 640, 3)


def test_the_mp4_is_h264_that_every_browser_plays(mp4: bytes) -> None:
    with av.open(io.BytesIO(mp4)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert stream.average_rate == MP4_RATE


def test_the_gif_plays_every_frame(film: Film, gif: bytes) -> None:
    with Image.open(io.BytesIO(gif)) as image:
        assert image.size == GIF_SIZE
        assert image.n_frames == round(12 * seconds(film))
        assert image.info["loop"] == 0
        durations = []
        for at in range(image.n_frames):
            image.seek(at)
            image.load()
            durations.append(image.info["duration"])
    assert sum(durations) / 1000 == pytest.approx(seconds(film) + sum(HOLD), rel=0.05)


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_a_file_is_small(kind: str, request: pytest.FixtureRequest) -> None:
    assert len(request.getfixturevalue(kind)) < BYTES_MOST


def test_points_glide_between_epochs(mp4: bytes) -> None:
    frames = decoded(mp4)
    hold = round(MP4_RATE * HOLD[0])
    steps = [
        np.abs(b[:, :400].astype(int) - a[:, :400]).mean()
        for a, b in zip(frames[hold:], frames[hold + 1 : -60], strict=False)
    ]
    assert min(steps[5:40]) > 0, "something moves in every picture"
    whole = np.abs(frames[-1][:, :400].astype(int) - frames[0][:, :400]).mean()
    assert max(steps) < 0.8 * whole, "and nothing leaps"


def test_a_glide_passes_every_frame_and_overshoots_none(film: Film) -> None:
    between = FrameInterpolator(film)
    for at in range(len(film.epochs)):
        assert np.array_equal(between.points(at), film.points[at].astype(np.float32))
    between = np.stack([between.points(2 + share) for share in np.linspace(0.05, 0.95, 10)])
    ends = np.stack([film.points[2], film.points[3]]).astype(np.float32)
    assert (between >= ends.min(0) - 1e-4).all()
    assert (between <= ends.max(0) + 1e-4).all()


def test_a_film_of_one_frame_is_a_still(film: Film) -> None:
    one = replace(film, epochs=film.epochs[:1], points=film.points[:1], rows=film.rows[:1])
    assert len(decoded(export(one, RANGES, FACTS, SMALL, "mp4"))) == round(MP4_RATE * sum(HOLD))
    with Image.open(io.BytesIO(export(one, RANGES, FACTS, SMALL, "gif"))) as image:
        assert getattr(image, "n_frames", 1) == 1


def test_a_film_without_history_has_no_curve(film: Film) -> None:
    assert Picture(film, RANGES, Facts({}, []), SMALL).at(0, film.points[0]).size == (640, 360)


def picture(film: Film, **look: object) -> np.ndarray:
    return np.array(Picture(film, RANGES, FACTS, replace(SMALL, **look)).at(5, film.points[5].astype(np.float32)))  # type: ignore[arg-type]


def test_light_and_dark_differ_in_their_ground(film: Film) -> None:
    assert picture(film)[5, 5].tolist() == [255, 255, 255]
    assert picture(film, dark=True)[5, 5].tolist() == [16, 18, 22]


def blue(pixels: np.ndarray) -> int:
    """How many pixels of the cloud are of the first class's colour, near or far."""
    cloud = pixels[:, :430].astype(int)
    return int((cloud[..., 2] - cloud[..., 0] > 40).sum())


def test_a_hidden_class_is_not_drawn(film: Film) -> None:
    assert blue(picture(film)) > 50
    assert blue(picture(film, hidden=frozenset({0}))) == 0


def test_the_camera_counts(film: Film) -> None:
    turned = Camera.of((-1.5, 1.5, 0.8, 0, 0, -0.12, 0, 0, 1))
    assert np.abs(picture(film).astype(int) - picture(film, camera=turned)).mean() > 0.2


def test_the_words_are_in_the_language(film: Film) -> None:
    assert (
        np.abs(picture(film).astype(int) - picture(film, language="ko"))[:, 440:].mean() > 0.2 or font("가", 12) is None
    )


@pytest.mark.parametrize(
    "numbers",
    [(1.0,) * 8, (float("nan"),) * 9, (0.0, 0, 0, 0, 0, 0, 0, 0, 1), (0.0, 0, 2, 0, 0, 0, 0, 0, 1), (1e9,) * 9],
)
def test_a_camera_that_cannot_be_is_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="camera"):
        Camera.of(numbers)


def test_the_lens_looks_at_its_centre_and_shows_the_near_larger() -> None:
    lens = Lens(Camera.of((2, 0, 0, 0, 0, 0, 0, 0, 1)), np.array(RANGES), 400, 300)
    x, y, depth = lens.place(np.array([[0, 0, 0], [4, 1, 0], [-4, 1, 0], [0, 0, 1]]))
    assert (x[0], y[0], depth[0]) == pytest.approx((200, 150, 2))
    assert x[1] - 200 > x[2] - 200 > 0, "y points to the right when one looks along -x, and what is near looks larger"
    assert y[3] < 150, "z points up"


def test_the_box_keeps_equal_units_but_for_very_long_axes() -> None:
    assert proportions(np.array([[0, 2], [0, 1.6], [0, 1.8]])) @ [1.6, -2, 0] == pytest.approx(0)
    sides = proportions(np.array([[0, 100.0], [0, 1], [0, 1]]))
    assert sides.tolist() == pytest.approx([1.459, 1.021, 1.021], abs=1e-3)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-4, 4, [-4, -2, 0, 2, 4]), (0, 100, [0, 20, 40, 60, 80, 100]), (0.031, 0.039, [0.032, 0.034, 0.036, 0.038])],
)
def test_ticks_are_round_numbers(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == expected


def test_every_axis_has_its_name() -> None:
    labels = box_labels(Lens(home(np.array(RANGES), 800, 600), np.array(RANGES), 800, 600), ("z1", "z2", "z3"), 1)
    assert [label.text for label in labels if label.is_title] == ["z1", "z2", "z3"]


def test_the_colours_of_both_themes_are_the_pages() -> None:
    for look in ("light", "dark"):
        drawn, page = ThemeColours.of(look == "dark"), theme(look)
        assert {part: getattr(drawn, part) for part in OPTIONS} == {
            part: rgb(page[key]) for part, key in OPTIONS.items()
        }


def test_without_a_camera_the_whole_box_is_in_the_picture() -> None:
    for limits in (np.array(RANGES), np.array([[0, 100.0], [0, 1], [0, 1]]), np.array([[0, 1.0], [0, 1], [0, 3]])):
        for width, height in ((878, 720), (390, 464), (1600, 500)):
            corners = np.stack(np.meshgrid(*limits), axis=-1).reshape(-1, 3)
            x, y, depth = Lens(home(limits, width, height), limits, width, height).place(corners)
            assert depth.min() > 0
            assert x.min() > 0
            assert x.max() < width
            assert y.min() > 0
            assert y.max() < height


@pytest.mark.parametrize("camera", [None, Camera()])
def test_an_order_comes_out_of_its_parcel_as_it_went_in(film: Film, camera: Camera | None) -> None:
    """Without a camera the film is seen as the page shows it first: the worker has to be told so, too."""
    look = replace(SMALL, camera=camera, hidden=frozenset({1}))
    job = RenderJob.unpack(RenderJob(film, RANGES, FACTS, look, "gif").pack())
    assert (job.look, job.facts, job.kind) == (look, FACTS, "gif")
    np.testing.assert_array_equal(job.film.points, film.points)

"""The training film in a real browser: played, scrubbed, turned, followed while it grows, and taken away as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from app.text import strings
from model.film.film import FRAMES, write_frame, write_subject
from model.runs.actions import hold
from tests import films
from tests.browser.film_page import FilmPage, blue, changed, orange, pixels
from tests.browser.watch import Watch
from tests.conftest import TINY
from tests.web import Server, running

SAID = strings("en")
LARGE = 10_000
FRAME = 1000 / 60  # milliseconds
PLAYING = """async () => {
    let frames = 0;
    const end = performance.now() + 3000;
    await new Promise((done) => {
        const next = () => { frames += 1; if (performance.now() < end) requestAnimationFrame(next); else done(); };
        requestAnimationFrame(next);
    });
    return frames;
}"""


def shoot_large(folder: Path) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, LARGE).astype(np.uint8)
    write_subject(folder / FRAMES, labels, np.arange(LARGE), films.CLASSES, films.ROW, films.row(0))
    for epoch in range(8):
        write_frame(
            folder / FRAMES, epoch, rng.normal(size=(LARGE, 3)).astype(np.float32) * (0.5 + epoch), films.row(epoch)
        )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs "shapes" (epochs 0 to 5) and "large" (10,000 points)."""
    home = tmp_path_factory.mktemp("film-home")
    films.shoot(home / "runs" / "shapes", range(6))
    films.tell(home / "runs" / "shapes", 5, "finished", TINY.to_dict(), epochs=5)
    shoot_large(home / "runs" / "large")
    films.tell(home / "runs" / "large", 7, "finished", TINY.to_dict(), epochs=7)
    return home


@pytest.fixture(scope="module")
def cinema(home: Path) -> Iterator[Server]:
    with running(home) as started:
        yield started


Show = Callable[..., FilmPage]


@pytest.fixture
def show(chromium: Browser, desktop: BrowserContext, watch: Watch) -> Iterator[Show]:
    """`show(server, run)` opens the Train page at the film of that run and waits until it is drawn; `profile` asks for
    a browser profile of its own.
    """
    pages, profiles = [], []

    def open_film(server: Server, run: str, **profile: Any) -> FilmPage:
        if profile:
            profiles.append(chromium.new_context(locale="en-US", **profile))
        page = (profiles[-1] if profile else desktop).new_page()
        pages.append(page)
        watch.over(page)
        page.goto(f"{server.url}/train?lang=en&run={run}")
        film = FilmPage(page)
        expect(film.stage).to_have_attribute("data-ready", "true")
        return film

    yield open_film
    for opened in (*pages, *profiles):
        opened.close()


def test_a_film_opens_at_its_end_and_plays_from_its_beginning(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    film.rest(5)
    film.play.click()
    expect(film.stage).to_have_attribute("data-playing", "true")
    places = set()
    while film.stage.get_attribute("data-playing") == "true":
        places.add(film.position)
    assert len(places) > 5
    assert any(place % 1 > 0.05 for place in places), "the points glide between the epochs"
    film.rest(5)


def test_the_cloud_moves_and_the_camera_stays(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    end = film.look()
    film.scrub(0)
    film.rest(0)
    start = film.look()
    assert changed(end, start) > 500
    film.scrub(1)
    film.rest(5)
    assert changed(end, film.look()) == 0


def test_everything_is_in_step_with_the_scrubber(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    for share, epoch in ((0.4, 2), (0, 0), (0.8, 4)):
        film.scrub(share)
        expect(film.stage).to_have_attribute("data-epoch", str(epoch))
        expect(film.row).to_have_attribute("data-epoch", str(epoch))
        assert float(film.curve.get_attribute("data-epoch") or "nan") == pytest.approx(film.position, abs=0.01)
    assert film.stage.get_attribute("data-playing") == "false"


def test_the_row_shows_what_the_network_drew_at_that_epoch(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    tile = film.row.locator("canvas").first
    for key, epoch in (("End", 5), ("Home", 0)):
        film.stage.press(key)
        film.rest(epoch)
        shade = pixels(tile)[8, 8]
        assert shade.tolist() == pytest.approx([40 + 20 * epoch] * 3, abs=2)


def test_a_press_in_the_curve_goes_to_that_epoch(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    plot = film.curve.locator("svg")
    width = plot.evaluate("plot => plot.clientWidth")
    plot.click(position={"x": 52 + 0.6 * (width - 64), "y": 60})
    expect(film.stage).to_have_attribute("data-epoch", "3")


def test_the_keyboard_plays_steps_and_turns(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    film.stage.press("Home")
    film.rest(0)
    film.stage.press("ArrowRight")
    film.rest(1)
    film.stage.press("ArrowRight")
    film.rest(2)
    film.stage.press("ArrowLeft")
    film.rest(1)
    before = film.look()
    film.stage.press("d")
    film.page.wait_for_timeout(300)
    assert changed(before, film.look()) > 500
    film.rest(1)
    film.stage.press(" ")
    expect(film.stage).to_have_attribute("data-playing", "true")
    film.stage.press(" ")
    expect(film.stage).to_have_attribute("data-playing", "false")


def test_mouse_and_wheel_turn_and_zoom_and_reset_undoes_both(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    home = film.look()
    x, y = film.middle()
    film.page.mouse.move(x, y)
    film.page.mouse.down()
    film.page.mouse.move(x + 120, y + 30, steps=4)
    film.page.mouse.up()
    film.page.wait_for_timeout(300)
    turned = film.look()
    assert changed(home, turned) > 500
    film.page.mouse.wheel(0, -400)
    film.page.wait_for_timeout(300)
    assert changed(turned, film.look()) > 500
    film.page.get_by_test_id("film-reset").click()
    film.page.mouse.move(5, 5)
    film.page.wait_for_timeout(300)
    assert changed(home, film.look()) == 0


def test_a_finger_turns_the_cloud(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    film.stage.scroll_into_view_if_needed()
    before, (x, y) = film.look(), film.middle()
    client = film.page.context.new_cdp_session(film.page)
    for kind, dx in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60), ("touchMove", 90)):
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x + dx, "y": y}]})
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    film.page.wait_for_timeout(400)
    assert changed(before, film.look()) > 300


def test_a_class_can_be_hidden(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    before = film.look()
    film.page.get_by_test_id("legend-0").click()
    film.page.wait_for_timeout(300)
    after = film.look()
    assert blue(before).sum() > 100
    assert blue(after).sum() == 0
    assert orange(after).sum() > 100


def test_a_clicked_sample_shows_its_way_until_it_is_let_go(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    before = film.look()
    y, x = np.argwhere(blue(before))[0]
    box = film.canvas.bounding_box()
    assert box
    film.page.mouse.click(box["x"] + int(x), box["y"] + int(y))
    film.page.mouse.move(5, 5)
    film.page.wait_for_timeout(300)
    assert changed(before, film.look()) > 100
    film.stage.press("Escape")
    film.page.wait_for_timeout(300)
    assert changed(before, film.look()) < 60, "but for the rim that shows where the keyboard is"


def test_a_loop_begins_again(cinema: Server, show: Show) -> None:
    film = show(cinema, "shapes")
    film.page.get_by_test_id("film-loop").click()
    film.page.get_by_test_id("film-speed").select_option("4")
    film.play.click()
    film.page.wait_for_function(
        "() => Number(document.querySelector('[data-testid=film-stage]').dataset.position) === 5"
    )
    film.page.wait_for_function("() => Number(document.querySelector('[data-testid=film-stage]').dataset.position) < 4")
    expect(film.stage).to_have_attribute("data-playing", "true")


@pytest.fixture
def growing(home: Path) -> Iterator[Path]:
    """A run at work, with three frames."""
    folder = home / "runs" / "growing"
    films.shoot(folder, range(3))
    films.tell(folder, 2, "running", TINY.to_dict())
    with hold(folder):
        yield folder


def next_epoch(folder: Path, epoch: int) -> None:
    write_frame(folder / FRAMES, epoch, films.points(epoch), films.row(epoch))
    films.tell(folder, epoch, "running", TINY.to_dict())


def test_a_live_film_is_followed_until_a_hand_goes_back_and_again_on_request(
    cinema: Server, show: Show, growing: Path
) -> None:
    film = show(cinema, "growing")
    film.rest(2)
    expect(film.page.get_by_test_id("film-epoch")).to_contain_text(SAID["film.live"])
    next_epoch(growing, 3)
    film.rest(3)
    film.scrub(1 / 3)
    film.rest(1)
    next_epoch(growing, 4)
    expect(film.stage).to_have_attribute("data-frames", "5")
    film.page.wait_for_timeout(1200)
    film.rest(1)
    film.page.get_by_test_id("film-newest").click()
    film.rest(4)
    next_epoch(growing, 5)
    film.rest(5)


@pytest.mark.parametrize(("kind", "start"), [("gif", b"GIF89a"), ("mp4", b"ftyp")])
def test_the_film_is_saved_as_a_file(cinema: Server, show: Show, kind: str, start: bytes) -> None:
    film = show(cinema, "shapes")
    with film.page.expect_download(timeout=120_000) as saved:
        film.page.get_by_test_id(f"film-{kind}").click()
    assert saved.value.suggested_filename == f"shapes-film.{kind}"
    assert start in Path(saved.value.path()).read_bytes()[:16]
    expect(film.page.get_by_test_id("film-save-note")).to_be_hidden()


def test_ten_thousand_points_leave_the_browser_time_for_sixty_frames_a_second(cinema: Server, show: Show) -> None:
    """The main thread's own time is counted, so that a busy machine does not matter."""
    film = show(cinema, "large")
    film.page.get_by_test_id("film-loop").click()
    film.play.click()
    client = film.page.context.new_cdp_session(film.page)
    client.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy() -> float:
        return next(m["value"] for m in client.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")

    def spent() -> float:
        """Milliseconds of a frame."""
        before = busy()
        frames = film.page.evaluate(PLAYING)
        return 1000 * (busy() - before) / frames

    film.page.evaluate(PLAYING)  # while the browser still compiles
    assert min(spent() for _ in range(3)) < FRAME

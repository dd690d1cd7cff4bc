"""The page as a person and a test see it: open it, read it, touch it."""

from __future__ import annotations

from time import monotonic
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, WebSocket, expect

from tests.browser import scripts
from tests.browser.answers import Model
from tests.web import Server

Place = tuple[float, float]
MOMENTS, MOMENT = 1000, 30  # how often something is looked at, and milliseconds between
SPARE = 40  # pixels that a test keeps away from the stage's rim and from the probe


def distances(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Between places (a, 2) and (b, 2): (a, b)."""
    return np.linalg.norm(some[:, None] - others[None], axis=-1)


class ExplorerPage:
    """One page of the app at `server`."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.root = page.get_by_test_id("explorer")
        self.stage = page.get_by_test_id("stage")
        self.decoded = page.get_by_test_id("decoded")
        self.original = page.get_by_test_id("original")
        self.caption = page.locator(".mx-original figcaption")
        self.reruns: list[float] = []
        self.decodes: list[str] = []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        """Keep what goes over the two sockets: `reruns` of the page that the browser asked for, and `decodes`, "asked"
        or "answered".
        """
        if socket.url.endswith("/_stcore/stream"):
            socket.on("framesent", lambda _: self.reruns.append(monotonic()))
        if socket.url.endswith("/decode"):
            socket.on("framesent", lambda _: self.decodes.append("asked"))
            socket.on("framereceived", lambda _: self.decodes.append("answered"))

    # Opening and waiting

    def open(self, **query: Any) -> Self:
        """Go to the page with these query parameters and wait for the scene."""
        self.page.goto(f"{self.server.url}/?{urlencode(query)}")
        return self.ready()

    def ready(self) -> Self:
        """Wait until the cloud can be turned and a picture is decoded."""
        self.page.wait_for_selector(".mx-root[data-ready=true]")
        self.page.wait_for_selector("[data-testid=decoded][data-painted=true]")
        return self

    def resized(self) -> None:
        """Wait until the cloud fills the stage."""
        self.page.wait_for_function(scripts.RESIZED)
        self.page.evaluate(scripts.TWO_FRAMES)

    def settle(self, **expected: str) -> None:
        """Wait until the address has these parameters ("*": any value, "": none), Python rests, and the browser has
        drawn what it sent.
        """
        self.page.wait_for_function(scripts.ADDRESS_HAS, arg=expected)
        self.page.wait_for_function(scripts.SETTLED)
        self.page.evaluate(scripts.TWO_FRAMES)

    def settle_here(self) -> None:
        """Wait until the address says where the probe is now."""
        self.page.wait_for_function(scripts.ADDRESS_IS_AT, arg=self.position.tolist())
        self.settle()

    def settle_camera(self, before: str) -> None:
        """Wait until the address has another camera than `before`."""
        self.page.wait_for_function(
            "(before) => (new URLSearchParams(location.search).get('cam') ?? '') !== before", arg=before
        )
        self.settle()

    # Reading

    @property
    def model(self) -> Model:
        return Model(self.server, self.query["model"])

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the address bar."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    @property
    def position(self) -> NDArray[np.float64]:
        """Where the probe is, (3,): the sliders say it in full."""
        return np.array([float(self.slider(axis).input_value()) for axis in range(3)])

    @property
    def latent(self) -> NDArray[np.float64]:
        """The probe's latent, by the design's rule; its anchor is the sample in the caption."""
        index = int(self.caption.inner_text().split("#")[1])
        return self.model.latent_at(self.position, self.model.sample(index))

    @property
    def camera(self) -> dict[str, dict[str, float]]:
        return self.page.evaluate(scripts.CAMERA)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the decoder drew, as it is on the canvas: (32, 32, 3)."""
        return np.array(self.decoded.evaluate(scripts.PIXELS), np.uint8).reshape(32, 32, 4)[..., :3]

    def settled_picture(self) -> NDArray[np.uint8]:
        """What the decoder drew, (32, 32, 3), once it has answered all that it was asked."""
        for _ in range(MOMENTS):
            if self.decodes.count("asked") <= self.decodes.count("answered"):
                break
            self.page.wait_for_timeout(MOMENT)
        self.page.evaluate(scripts.TWO_FRAMES)
        return self.picture

    def neighbours_drawn(self) -> None:
        """Wait until the nearest samples of the sample that the probe is on are listed and marked in the cloud."""
        index = self.caption.inner_text().split("#")[1]
        expect(self.page.get_by_test_id("nearest-of")).to_contain_text(index)
        expect(self.tiles().last).to_be_enabled()
        self.page.evaluate(scripts.TWO_FRAMES)

    def shown_original(self) -> NDArray[np.uint8]:
        """The picture beside the decoded one, (32, 32, 3), once it has loaded."""
        self.page.wait_for_function(
            "(image) => image.complete && image.naturalWidth === 32", arg=self.original.element_handle()
        )
        return np.array(self.original.evaluate(scripts.IMAGE_PIXELS), np.uint8).reshape(32, 32, 4)[..., :3]

    def project(self, points: NDArray[Any]) -> NDArray[np.float64]:
        """Where points (n, 3) of the view stand in the window: (n, 3), x and y in pixels and depth, by the page's own
        module.
        """
        return np.array(self.page.evaluate(scripts.PROJECT, np.atleast_2d(points).astype(float).tolist()))

    def slider(self, axis: int) -> Locator:
        return self.page.get_by_test_id(f"slider-{axis}")

    def tiles(self) -> Locator:
        return self.page.get_by_test_id("nearest").get_by_test_id("nearest-tile")

    def visible_classes(self) -> list[bool]:
        """Whether Plotly shows each class."""
        return self.page.evaluate(scripts.VISIBLE)

    # Places in the window

    def probe_place(self) -> Place:
        return self.probe_place_and_depth()[0]

    def probe_place_and_depth(self) -> tuple[Place, float]:
        x, y, depth = self.project(self.position)[0].tolist()
        return (x, y), depth

    def lonely_sample(self, nth: int = 0, clear: float = 3) -> tuple[int, Place]:
        """The sample that stands farthest from all others on the screen (or the nth of those), at least `clear` pixels,
        and its place.
        """
        places = self.project(self.model.points)[:, :2]
        outward = np.argsort(-np.linalg.norm(places - places.mean(0), axis=1))  # those at the rim stand apart
        candidates = outward[self._free(places[outward])][:400]
        gaps = np.sort(distances(places[candidates], places), axis=1)[:, 1]  # column 0 is the sample itself
        best = np.argsort(-gaps)[nth]
        assert gaps[best] >= clear, f"No sample stands {clear} pixels apart from all others."
        x, y = places[candidates[best]].tolist()
        return int(candidates[best]), (x, y)

    def empty_place(self) -> Place:
        """A place on the stage that is far from every sample and from the probe."""
        low, high = self._room()
        across, down = np.meshgrid(np.linspace(low[0], high[0], 24)[1:-1], np.linspace(low[1], high[1], 24)[1:-1])
        grid = np.stack([across.ravel(), down.ravel()], 1)
        gaps = np.where(self._free(grid), distances(grid, self.project(self.model.points)[:, :2]).min(1), -1)
        assert gaps.max() > SPARE, "The cloud fills the whole stage."
        x, y = grid[gaps.argmax()].tolist()
        return x, y

    def _room(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Upper left and lower right corner of the stage, without its rim."""
        box = self.stage.bounding_box()
        return np.array([box["x"], box["y"]]) + SPARE, np.array(
            [box["x"] + box["width"], box["y"] + box["height"]]
        ) - SPARE

    def _free(self, places: NDArray[Any]) -> NDArray[np.bool_]:
        """Which places (n, 2) are well inside the stage and away from the probe."""
        low, high = self._room()
        return ((places > low) & (places < high)).all(1) & (np.linalg.norm(places - self.probe_place(), axis=1) > SPARE)

    # Doing

    def click_sample(self, nth: int = 0) -> int:
        """Click a sample that stands apart, and wait until the probe is there; its index."""
        index, place = self.lonely_sample(nth)
        self.page.mouse.click(*place)
        expect(self.caption).to_contain_text(f"#{index}")
        return index

    def drag(self, start: Place, *path: Place) -> None:
        """Press at `start`, move along `path`, let go."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for place in path:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def turn(self, across: float = 120, down: float = 40) -> None:
        """Rotate the cloud by the background, and wait until the address has the new camera."""
        x, y = self.empty_place()
        before = self.query.get("cam", "")
        self.drag((x, y), (x + across, y + down))
        self.settle_camera(before)

    def wait_for_another_picture(self, before: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Wait until the decoded picture differs from `before`, and return it."""
        handle = self.decoded.element_handle()
        self.page.wait_for_function(
            f"([canvas, before]) => ({scripts.PIXELS})(canvas).some((value, at) => at % 4 < 3 && value !== "
            f"before[(at >> 2) * 3 + at % 4])",
            arg=[handle, before.ravel().tolist()],
        )
        return self.picture

    def wait_for_picture(self, wanted: NDArray[np.uint8]) -> None:
        """Wait until the decoded picture is `wanted`, to one grey level."""
        handle = self.decoded.element_handle()
        self.page.wait_for_function(
            f"([canvas, wanted]) => ({scripts.PIXELS})(canvas).every((value, at) => at % 4 === 3 || "
            f"Math.abs(value - wanted[(at >> 2) * 3 + at % 4]) <= 1)",
            arg=[handle, wanted.ravel().tolist()],
        )

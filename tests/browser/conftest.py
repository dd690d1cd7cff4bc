"""What the browser tests share: a real Chromium, a server with pictures and models that draw, and a watch over every
page.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from model.checkpoint import CARD, LATENTS, WEIGHTS, save_model
from model.config import NetworkConfig, RunConfig
from model.data.catalogue import OWN
from model.data.dataset import ImageDataset
from model.networks import Autoencoder
from model.space.latent_map import LatentMap
from tests import films
from tests.browser.explorer import ExplorerPage
from tests.browser.lessons import LessonPage
from tests.browser.watch import Watch
from tests.conftest import TINY
from tests.web import Server, running

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
DESKTOP = {"width": 1280, "height": 720}
ROOMY = {"width": 1280, "height": 800}
# a sample with room around it: the one that a page begins with may lie at the edge of the view, where a drag ends
AMID = {"from": "0"}
# As a browser that has been here before: the first steps are for newcomers.
BEEN_HERE = """try {
    localStorage.setItem("manifold-explorer.first-steps", '["drag", "pick", "upload"]');
} catch { /* no page yet */ }"""
PATIENCE = 30_000  # ms for one condition to come true: generous, because the machine may be busy
Visit = Callable[..., ExplorerPage]
Enter = Callable[..., Page]
Learn = Callable[..., LessonPage]


def save_drawing_model(folder: Path, title: str, dim: int, dataset: ImageDataset, trained_on: str = OWN) -> None:
    """A model of `dataset`, called `trained_on`, in `folder` that is PCA with `dim` components: it draws at once,
    without training.
    """
    network = NetworkConfig(latent_dim=dim, encoder_widths=(8,), decoder_widths=(16,), linear_skip=True)
    autoencoder = Autoencoder(network).eval()
    images = torch.from_numpy(dataset.images).float() / 255
    flat = images.flatten(1)
    mean = flat.mean(0)
    _, scales, components = torch.linalg.svd(flat - mean, full_matrices=False)
    autoencoder.start_from_pca(mean, components[:dim], scales[:dim] / len(dataset) ** 0.5)
    with torch.inference_mode():
        latents = autoencoder.encode(images).numpy()
    card = {
        "name": folder.name,
        "title": {"en": title, "ko": f"{title} 모델"},
        "description": {"en": "For tests.", "ko": "시험용."},
        "config": RunConfig(network=network).to_dict(),
        "data": {
            "name": "shapes",
            "dataset": trained_on,
            "fingerprint": dataset.fingerprint,
            "classes": list(dataset.classes),
            "train": 60,
            "test": len(dataset),
        },
        "metrics": {"test_mse": 0.1},
    }
    save_model(folder, autoencoder, card)
    LatentMap.of(latents, dataset.labels).save(folder / LATENTS)


@pytest.fixture(scope="session")
def drawing_home(tmp_path_factory: pytest.TempPathFactory, synthetic_dataset: ImageDataset) -> Path:
    """An EXPLORER_HOME with the models "flat" (d = 3), "deep" (d = 5), and "wreck", whose weights were cut short."""
    home = tmp_path_factory.mktemp("drawing-home")
    save_drawing_model(home / "models" / "flat", "Three numbers", 3, synthetic_dataset)
    save_drawing_model(home / "models" / "deep", "Five numbers", 5, synthetic_dataset)
    wreck = shutil.copytree(home / "models" / "flat", home / "models" / "wreck")
    card = json.loads((wreck / CARD).read_text())
    (wreck / CARD).write_text(json.dumps({**card, "name": "wreck", "title": {"en": "Wreck", "ko": "고장"}}))
    (wreck / WEIGHTS).write_bytes((wreck / WEIGHTS).read_bytes()[:1000])
    return home


@pytest.fixture(scope="session")
def gallery(drawing_home: Path, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """The app with the synthetic pictures at hand and the models of `drawing_home`."""
    with running(drawing_home, synthetic_dataset_folder) as started:
        yield started


@pytest.fixture(scope="session")
def school(
    drawing_home: Path, tmp_path_factory: pytest.TempPathFactory, synthetic_dataset_folder: Path
) -> Iterator[Server]:
    """As `gallery`, with a training that has ended and left its film: both pages have something to show."""
    home = shutil.copytree(drawing_home, tmp_path_factory.mktemp("school") / "home")
    films.shoot(home / "runs" / "shapes", range(6))
    films.tell(home / "runs" / "shapes", 5, "finished", TINY.to_dict(), epochs=5)
    with running(home, synthetic_dataset_folder) as started:
        yield started


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Stopped with this package: it keeps an event loop running in the main thread, which other tests could
    not share.
    """
    with sync_playwright() as started:
        expect.set_options(timeout=PATIENCE)
        yield started


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The Chromium on the PATH, or else Playwright's own."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end if a page complained, or asked another host for anything."""
    watching = Watch()
    yield watching
    assert watching.problems == []


@pytest.fixture(scope="package")
def desktop(chromium: Browser) -> Iterator[BrowserContext]:
    """One profile for all pages on a plain desktop: its cache saves each of them the loading."""
    context = chromium.new_context(viewport=DESKTOP, locale="en-US")
    context.add_init_script(BEEN_HERE)
    yield context
    context.close()


@pytest.fixture
def visit(chromium: Browser, desktop: BrowserContext, watch: Watch) -> Iterator[Visit]:
    """`visit(server, model="flat", ...)` opens a page and waits until its scene is ready; other keywords are query
    parameters.

    `profile` (Playwright's options of a browser context) opens it in a profile of its own, `newcomer` as one that has
    never been here; `prepare(page)` runs before the page loads.
    """
    pages: list[Page] = []
    profiles: list[BrowserContext] = []

    def open_page(
        server: Server,
        *,
        profile: dict[str, Any] | None = None,
        newcomer: bool = False,
        prepare: Callable[[Page], None] = lambda page: None,
        **query: Any,
    ) -> ExplorerPage:
        if newcomer and profile is None:
            profile = {}
        if profile is not None:
            profiles.append(chromium.new_context(**{"viewport": DESKTOP, "locale": "en-US", **profile}))
            if not newcomer:
                profiles[-1].add_init_script(BEEN_HERE)
        page = (profiles[-1] if profile is not None else desktop).new_page()
        pages.append(page)
        page.set_default_timeout(PATIENCE)
        watch.over(page)
        prepare(page)
        return ExplorerPage(page, server).open(**query)

    yield open_page
    for opened in (*pages, *profiles):
        opened.close()


@pytest.fixture
def enter(chromium: Browser, watch: Watch) -> Iterator[Enter]:
    """`enter(server, path)` opens the Train page in a browser profile of its own (other keywords are its options) and
    waits until the room is ready.
    """
    profiles: list[BrowserContext] = []

    def open_page(server: Server, path: str = "/train?lang=en", **profile: Any) -> Page:
        profiles.append(chromium.new_context(**{"viewport": ROOMY, "locale": "en-US", **profile}))
        page = profiles[-1].new_page()
        page.set_default_timeout(PATIENCE)
        watch.over(page)
        page.goto(server.url + path)
        expect(page.get_by_test_id("trainings")).to_have_attribute("data-ready", "true")
        return page

    yield open_page
    for profile in profiles:
        profile.close()


@pytest.fixture
def learn(chromium: Browser, watch: Watch) -> Iterator[Learn]:
    """`learn(server, lesson)` opens a lesson in a browser profile of its own (other keywords are its options) and waits
    until its figure stands.
    """
    profiles: list[BrowserContext] = []

    def open_page(server: Server, lesson: str, *, language: str = "en", **profile: Any) -> LessonPage:
        profiles.append(chromium.new_context(**{"viewport": ROOMY, "locale": "en-US", **profile}))
        page = profiles[-1].new_page()
        page.set_default_timeout(PATIENCE)
        watch.over(page)
        page.goto(f"{server.url}/learn?lesson={lesson}&lang={language}")
        expect(page.get_by_test_id("learn")).to_have_attribute("data-ready", "true")
        return LessonPage(page, lesson, language)

    yield open_page
    for profile in profiles:
        profile.close()

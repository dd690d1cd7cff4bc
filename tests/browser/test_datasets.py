"""Several data sets on one server: chosen on both pages, each with its own classes, originals and way to come here."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from sklearn.datasets import load_digits

from app.text import strings
from model.config import Settings
from model.data.catalogue import CATALOGUE, open_dataset
from model.data.sources import DIGITS_TRAIN, DIGITS_WHITE
from tests.browser.conftest import Enter, Visit, save_drawing_model
from tests.browser.explorer import ExplorerPage
from tests.browser.test_page import choose
from tests.browser.test_panels import error_of, upload
from tests.web import Server, running

LONG = 120_000  # ms: the estimate is measured by real steps
NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there: no way to any host
DIGITS = tuple(map(str, range(10)))


@pytest.fixture(scope="module")
def two_sets(drawing_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the models of the synthetic pictures and "digits", of the real images that scikit-learn carries."""
    home = shutil.copytree(drawing_home, tmp_path_factory.mktemp("two-sets") / "home")
    images = open_dataset(Settings(None, home), "digits", "test")
    assert images is not None
    save_drawing_model(home / "models" / "digits", "Digits by PCA", 3, images, "digits")
    return home


@pytest.fixture(scope="module")
def library(two_sets: Path, synthetic_dataset_folder: Path) -> Iterator[Server]:
    """The app with both data sets at hand."""
    with running(two_sets, synthetic_dataset_folder) as started:
        yield started


def png(gray: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(gray).save(buffer, "PNG")
    return buffer.getvalue()


def legend(explorer: ExplorerPage) -> list[str]:
    return explorer.page.locator(".mx-legend-name").all_inner_texts()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_another_data_set_opens_with_its_first_model_its_classes_and_its_originals(
    visit: Visit, library: Server, language: str
) -> None:
    explorer = visit(library, model="flat", lang=language)
    assert legend(explorer) == list(explorer.model.card["classes"])
    choose(explorer.page, "dataset", CATALOGUE["digits"].title[language])
    explorer.page.wait_for_function("() => new URL(location).searchParams.get('model') === 'digits'")
    explorer.ready()
    digits = ExplorerPage(explorer.page, library)
    assert legend(digits) == list(DIGITS)
    assert digits.model.card["dataset"] == "digits"
    expect(digits.page.get_by_test_id("about-blur")).to_contain_text("8 × 8")
    index = digits.click_sample()
    expect(digits.caption).to_contain_text(f"#{index}")
    original = digits.model.original(index)
    assert (original[..., 0] == original[..., 2]).all()
    own = "내 이미지" if language == "ko" else "Your own images"
    choose(digits.page, "dataset", own)
    digits.page.wait_for_function("() => new URL(location).searchParams.get('model') !== 'digits'")
    digits.ready()


def test_a_drag_over_digits_decodes_while_the_hand_moves(visit: Visit, library: Server) -> None:
    explorer = visit(library, model="digits", lang="en")
    before = explorer.latent
    x, y = explorer.probe_place()
    explorer.drag((x, y), (x + 40, y - 30))
    assert not np.allclose(explorer.latent, before)
    explorer.page.wait_for_function("() => document.querySelector('[data-testid=decoded]').dataset.painted === 'true'")


def test_an_uploaded_image_of_the_data_set_lands_on_itself(visit: Visit, library: Server) -> None:
    """The third test digit as a file of 8 x 8 pixels: prepared as the data set's own images are."""
    gray = np.round(load_digits().images[DIGITS_TRAIN + 2] * (255 / DIGITS_WHITE)).astype(np.uint8)
    explorer = visit(library, model="digits", lang="en")
    upload(explorer, "digit.png", png(gray))
    landed = error_of(explorer)
    expect(landed).to_have_text(re.compile(r"\d"))
    answer = library.post("/api/models/digits/encode", png(gray)).json
    nearest = answer["nearest"]["latent"][0]
    assert (nearest["index"], nearest["distance"]) == (2, pytest.approx(0, abs=1e-3))
    assert np.allclose(explorer.position, answer["position"], atol=1e-3)


def test_a_link_to_a_model_opens_it_whatever_the_data_set(visit: Visit, library: Server) -> None:
    explorer = visit(library, model="digits", lang="en")
    assert legend(explorer) == list(DIGITS)
    box = explorer.page.locator("[class*=st-key-dataset]").get_by_role("combobox")
    expect(box).to_have_value(CATALOGUE["digits"].title["en"])


def test_the_form_asks_for_the_data_set_and_its_presets_fit(enter: Enter, library: Server) -> None:
    said, page = strings("en"), enter(library)
    page.get_by_role("button", name=said["train.new"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name=said["form.tab.data"]).click()
    sets = dialog.locator("[class*=st-key-design_dataset]")
    flip = dialog.get_by_role("switch", name=said["form.flip"])
    expect(flip).to_be_checked()
    sets.get_by_text(CATALOGUE["digits"].title["en"]).click()
    dialog.get_by_role("tab", name=said["form.tab.data"]).click()
    expect(flip).not_to_be_checked()
    dialog.get_by_role("tab", name=said["form.tab.training"]).click()
    epochs = dialog.get_by_label(said["form.epochs"], exact=True).filter(visible=True)
    expect(epochs).to_have_value("167")  # as many pictures as five times 50,000
    expect(dialog.get_by_text("1,497").first).to_be_visible(timeout=LONG)  # images, as the estimate counts them
    sets.get_by_text(CATALOGUE["mnist"].title["en"], exact=True).click()
    expect(
        dialog.get_by_role("button", name=said["data.download"].format(title=CATALOGUE["mnist"].title["en"]))
    ).to_be_visible()


def test_without_a_network_one_line_says_so_and_digits_are_one_click_away(visit: Visit, two_sets: Path) -> None:
    with running(two_sets, None, EXPLORER_DOWNLOAD="on", https_proxy=NOWHERE, http_proxy=NOWHERE) as server:
        explorer = visit(server, model="default", lang="en")
        line = explorer.page.locator("[data-testid=data-digits]")
        expect(explorer.page.get_by_text(strings("en")["data.offline"].format(title="CIFAR-10"))).to_be_visible()
        assert server.get("/api/datasets/cifar10").json["automatic"]
        line.click()
        explorer.page.wait_for_function("() => new URL(location).searchParams.get('model') === 'digits'")
        explorer.ready()
        assert ExplorerPage(explorer.page, server).model.card["has_images"]
        explorer.page.close()  # before the server does

"""The manifold hypothesis on the page: the cloud under the hand, what the methods recover, the digits' walk."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Learn
from tests.browser.lessons import LessonPage
from tests.browser.test_access import offences
from tests.browser.watch import Watch
from tests.web import Server

PICTURE = re.compile("^data:image")
SLOW = 90_000  # ms for all four methods where the machine is busy


def cloud(lesson: LessonPage) -> str:
    return lesson.page.evaluate("() => document.querySelector('.mx-manifold-view canvas').toDataURL()")


def changed_since(lesson: LessonPage, before: str) -> None:
    lesson.page.wait_for_function(
        "(before) => document.querySelector('.mx-manifold-view canvas').toDataURL() !== before", arg=before
    )


def r_of(lesson: LessonPage, method: str) -> float:
    expect(lesson.part(f"fit-{method}")).to_be_enabled(timeout=SLOW)
    return float(lesson.part(f"fit-{method}").get_attribute("data-r").split()[0])


def test_the_swiss_roll_is_found_by_isomap_and_the_question_is_checked_by_it(learn: Learn, server: Server) -> None:
    lesson = learn(server, "manifold")
    lesson.answer_right_and_wrong("isomap", "both")
    assert r_of(lesson, "pca") < 0.6 < 0.9 < r_of(lesson, "isomap")
    assert r_of(lesson, "lle") > 0.9
    assert r_of(lesson, "autoencoder") <= 1
    before = cloud(lesson)
    lesson.part("fit-pca").click()
    expect(lesson.part("said")).to_contain_text("PCA says")
    changed_since(lesson, before)
    assert offences(lesson.page) == []


def test_a_hand_on_the_noise_moves_the_cloud_and_clears_what_was_recovered(learn: Learn, server: Server) -> None:
    lesson = learn(server, "manifold", language="ko")
    before = cloud(lesson)
    lesson.part("shape-sphere").click()
    lesson.slide("sigma", 0.2)
    changed_since(lesson, before)
    expect(lesson.part("fit-pca")).to_be_disabled()
    expect(lesson.part("said")).to_contain_text(lesson.said["manifold.closed"])


def test_digits_are_walked_beside_a_cross_fade(learn: Learn, server: Server) -> None:
    lesson = learn(server, "manifold")
    expect(lesson.part("digits-walk")).to_have_attribute("src", PICTURE)
    before = lesson.part("digits-walk").get_attribute("src")
    lesson.part("digits-pair").click()
    expect(lesson.part("digits-walk")).not_to_have_attribute("src", before)
    expect(lesson.part("digits-fade")).to_have_attribute("src", PICTURE)


def test_a_fit_waits_for_a_place_but_one_that_was_given_up_is_not_asked_for_again(
    learn: Learn, server: Server, watch: Watch
) -> None:
    watch.allow("503")
    lesson = learn(server, "manifold")
    asked: list[Route] = []

    def refuse(route: Route, name: str) -> None:
        route.fulfill(status=503, json={"id": name, "detail": name})

    def hold(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            refuse(route, "request.all_work")

    lesson.page.route("**/api/lessons/manifold?**", hold)
    lesson.part("recover").click()
    expect(lesson.part("fit-pca")).to_contain_text(lesson.said["manifold.waiting"])
    expect(lesson.part("fit-pca")).to_contain_text(lesson.said["manifold.usual.pca"], timeout=SLOW)
    refuse(asked[1], "lesson.slow")
    expect(lesson.part("said")).to_have_text("lesson.slow", timeout=SLOW)
    expect(lesson.part("recover")).to_have_text(lesson.said["manifold.recover"])
    assert len(asked) == 2

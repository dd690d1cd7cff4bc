"""Names of latent axes: those that a teacher gives are everyone's, those that a student gives are their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from app.text import strings
from tests.browser.conftest import Learn, Visit
from tests.browser.test_axes import opened
from tests.browser.watch import Watch
from tests.test_roles import CODE, everywhere
from tests.web import Server, running

MODEL = "mnist-beta-vae"
EN = strings("en")


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that listens to everybody, with a passcode."""
    with running(tmp_path_factory.mktemp("school"), None, everywhere, EXPLORER_PASSCODE=CODE) as server:
        yield server


def call(page: Page, row: Locator, name: str) -> None:
    """Give the axis that name, and wait until the server has it."""
    with page.expect_response("**/axes") as answer:
        row.get_by_role("textbox").fill(name)
        row.get_by_role("textbox").press("Tab")
    assert answer.value.ok


def test_a_class_sees_the_names_of_its_teacher_and_a_student_s_own_stays_theirs(
    visit: Visit, learn: Learn, school: Server
) -> None:
    teacher = visit(school, profile={}, model=MODEL, lang="en")
    teacher.page.request.post(f"{school.url}/api/class/sign-in", data={"passcode": CODE})
    teacher.page.reload()
    rows = opened(teacher.ready())
    expect(teacher.page.get_by_test_id("axis-names")).to_have_text(EN["axes.names"])
    for at, name in enumerate(("how round", "<b>slant</b>")):
        call(teacher.page, rows.nth(at), name)

    student = visit(school, profile={}, model=MODEL, lang="ko")
    rows, said = opened(student), strings("ko")
    expect(student.page.get_by_test_id("axis-names")).to_have_text(said["axes.names.own"])
    fields, marks = rows.get_by_role("textbox"), student.page.get_by_test_id("axis-own")
    for at, name in enumerate(("how round", "<b>slant</b>", "")):
        expect(fields.nth(at)).to_have_value(name)
        assert said["axes.name.of.own"].split("}")[1] in str(fields.nth(at).get_attribute("aria-label"))
        expect(marks.nth(at)).to_be_hidden()
    fields.first.fill("둥근 정도")
    fields.first.press("Enter")
    expect(marks.first).to_be_visible()
    student.page.reload()
    rows = opened(student.ready())
    expect(rows.get_by_role("textbox").first).to_have_value("둥근 정도")
    expect(marks.first).to_have_text(said["axes.name.own"])

    lesson = learn(school, "disentangling", language="en")
    strips = lesson.part(f"strips-{MODEL}").get_by_role("textbox")
    expect(strips.first).to_have_value("how round")  # the student's own has not changed it
    expect(strips.nth(1)).to_have_value("<b>slant</b>")

    fields.first.fill("")
    fields.first.press("Tab")
    expect(fields.first).to_have_value("how round")  # everyone's comes back
    expect(marks.first).to_be_hidden()


def test_a_name_that_cannot_be_kept_with_the_model_stays_in_the_browser_until_it_can(
    visit: Visit, school: Server, watch: Watch
) -> None:
    watch.allow("status of 507")
    teacher = visit(school, profile={}, model="mnist", lang="en")
    page = teacher.page
    page.request.post(f"{school.url}/api/class/sign-in", data={"passcode": CODE})
    page.reload()
    row = opened(teacher.ready()).first
    field, mark = row.get_by_role("textbox"), row.get_by_test_id("axis-own")
    sentence = "The disk is full."
    page.route("**/axes", lambda route: route.fulfill(status=507, json={"title": "Full", "detail": sentence}))
    field.fill("stroke")
    field.press("Tab")
    expect(row.get_by_test_id("axis-refused")).to_have_text(EN["axes.name.kept"].format(reason=sentence))
    expect(mark).to_be_visible()
    page.unroute("**/axes")
    page.reload()
    opened(teacher.ready())
    expect(field).to_have_value("stroke")
    with page.expect_response("**/axes"):
        field.press("Enter")
    expect(mark).to_be_hidden()
    assert page.request.get(f"{school.url}/api/models/mnist").json()["axis_names"]["names"][0] == "stroke"
    field.fill("x")
    field.press("Escape")
    expect(field).to_have_value("stroke")

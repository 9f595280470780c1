"""What staff type into and choose from: everything is there to be seen, and nothing lies in the way."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.bookings import factories
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SEEN = """
() => [...document.querySelectorAll("#content-main :is(input, select, textarea):not([type=hidden], [hidden])")].filter((one) => {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    return box.width < 12 || box.height < 12 || style.opacity === "0" || style.visibility === "hidden";
}).map((one) => one.name)
"""

CUT = """
() => [...document.querySelectorAll(".form-row :is(label, .help, .errorlist)")].filter((one) =>
    one.getBoundingClientRect().right > one.closest(".form-row").getBoundingClientRect().right).map((one) => one.textContent)
"""


@pytest.fixture
def desk(open_page, rota, staff):
    page, _ = open_page(viewport={"width": 1024, "height": 768}, has_touch=False, is_mobile=False, reduced_motion="reduce")
    sign_in(page)
    return page


@pytest.mark.parametrize(
    "form", ["bookings/consultationhours", "bookings/rotaexception", "services/closure", "services/bankholiday", "services/openinghours"]
)
def test_every_field_of_the_hours_and_closures_can_be_seen(desk, form):
    desk.goto(f"/admin/{form}/add/")
    assert desk.evaluate(SEEN) == []


def test_hours_are_typed_and_what_was_typed_is_seen(desk):
    desk.goto("/admin/bookings/consultationhours/")
    desk.locator("#result_list tbody th a").first.click()
    desk.get_by_label("To:").fill("17:30")
    expect(desk.get_by_label("To:")).to_be_in_viewport()
    assert desk.evaluate("getComputedStyle(document.querySelector('#id_closes')).opacity") == "1"


def test_a_filter_that_was_chosen_does_not_lie_over_the_list_it_led_to(desk):
    factories.request(now=timezone.now())
    desk.goto("/admin/bookings/enquiry/")
    desk.locator(".filters summary", has_text="State").click()
    desk.get_by_role("link", name="To answer", exact=True).click()
    expect(desk.locator(".filters summary", has_text="State")).to_contain_text("To answer")
    expect(desk.locator(".filters details[open]")).to_have_count(0)
    expect(desk.locator(".filters")).not_to_contain_text("{#")
    desk.locator("#result_list tbody .action-select").first.check(timeout=2000)


@pytest.mark.parametrize("width", [1024, 390])
def test_a_field_for_a_paragraph_has_room_for_one(desk, width):
    enquiry = factories.request(now=timezone.now())
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto(f"/admin/bookings/enquiry/{enquiry.pk}/decline/")
    assert desk.get_by_label("A paragraph of yours").bounding_box()["height"] >= 75


@pytest.mark.parametrize("width", [1024, 390])
def test_a_mistake_is_said_straight_above_its_question(desk, width):
    enquiry = factories.request(now=timezone.now())
    desk.set_viewport_size({"width": width, "height": 800})
    for form, button, question in [(f"{enquiry.pk}/decline", "Decline", "legend"), ("add", "Save the request", "label")]:
        desk.goto(f"/admin/bookings/enquiry/{form}/")
        desk.get_by_role("button", name=button, exact=True).click()
        row = desk.locator(".form-row.errors").first
        assert row.locator(".errorlist li").bounding_box()["x"] == pytest.approx(row.locator(question).first.bounding_box()["x"], abs=1)


@pytest.mark.parametrize("width", [390, 340])
def test_on_a_phone_no_words_of_the_phone_form_are_cut_off(desk, width):
    desk.set_viewport_size({"width": width, "height": 800})
    desk.goto("/admin/bookings/enquiry/add/")
    desk.get_by_role("button", name="Save the request").click()
    expect(desk.locator(".form-row.errors").first).to_be_visible()
    assert desk.evaluate(CUT) == []


def test_what_waits_since_yesterday_leaves_its_button_free(desk):
    yesterday = timezone.now() - timedelta(hours=26)
    factories.request(now=yesterday, email="", contact_by="call", phone="+447700900982", phone_typed="07700 900982")
    desk.goto("/admin/")
    wait, button = (desk.locator(f"#tell {part}").bounding_box() for part in (".wait", "button"))
    assert wait["x"] + wait["width"] <= button["x"] or wait["y"] + wait["height"] <= button["y"]

"""Staff put the parts of a page, and lists, in order: with the mouse, with the keyboard, and by number where no script runs."""

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from services.models import Location, Question, Section, Service
from tests.browser.auditor import AXE, EVERYTHING
from tests.browser.auditor import RUN as ALL
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"viewport": {"width": 1440, "height": 900}, "has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
# Django's tabular inlines have an empty heading over a column without width.
RUN = ALL.replace("axe.run(", "axe.run({ exclude: ['th.original'] }, ")


@pytest.fixture
def desk(open_page, staff):
    """A member of staff at the form of the one service, its sections unfolded."""

    def sit_down(path="", expected=(), **options):
        page, watch = open_page(**DESK | options)
        watch.expected |= set(expected)
        sign_in(page)
        page.goto(path or f"/admin/services/service/{Service.objects.get().pk}/change/")
        if not path:
            page.locator("#sections-group summary").click()
        return page

    return sit_down


def section(page, anchor):
    """The part of the form that holds the section."""
    return page.locator(".inline-related:not(.empty-form)").filter(has=page.locator(f"input[name$='-anchor'][value='{anchor}']"))


def drag(page, row, onto, *, below: bool):
    """By its grip, the way a hand does: down, a little, there, up. The sections shrink meanwhile, so that `onto` moves."""
    row.locator(".order-grip").scroll_into_view_if_needed()
    grip = row.locator(".order-grip").bounding_box()
    page.mouse.move(grip["x"] + 14, grip["y"] + 14)
    page.mouse.down()
    page.mouse.move(grip["x"] + 14, grip["y"] + 16)
    there = onto.bounding_box()
    page.mouse.move(grip["x"] + 14, there["y"] + (there["height"] - 3 if below else 3), steps=4)
    page.mouse.up()


def save(page):
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def anchors() -> list[str]:
    return list(Section.objects.values_list("anchor", flat=True))


def on_the_page(client) -> list[str]:
    """The anchors of the public page, in its order."""
    page = BeautifulSoup(client.get(Service.objects.get().get_absolute_url()).content, "html.parser")
    known = set(anchors())
    return [each["id"] for each in page.select("main h2[id]") if each["id"] in known]


def test_a_section_is_dragged_with_the_mouse(desk, client):
    before, shown = anchors(), on_the_page(client)
    page = desk()
    third = section(page, before[2])
    drag(page, third, section(page, before[0]), below=False)
    expect(page.locator(".order-said")).to_have_text(f"Now 1 of {len(before)}. Save to keep this order.")
    drag(page, section(page, before[0]), section(page, before[3]), below=True)
    assert anchors() == before  # nothing is kept until it is saved
    save(page)
    after = [before[2], before[1], before[3], before[0], *before[4:]]
    assert anchors() == after
    assert on_the_page(client) == [each for each in after if each in shown] != shown
    assert Section.objects.get(anchor=before[1]).order == 20  # the others are as they were


def test_a_drag_is_given_up_with_escape(desk):
    before = anchors()
    page = desk()
    grip = section(page, before[1]).locator(".order-grip")
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    page.mouse.move(box["x"] + 14, box["y"] + 14)
    page.mouse.down()
    page.mouse.move(box["x"] + 14, box["y"] + 200, steps=3)
    expect(page.locator(".drop-before, .drop-after")).to_have_count(1)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".drop-before, .drop-after, .is-ordering")).to_have_count(0)
    assert [each.input_value() for each in page.locator("input[name^='sections-'][name$='-anchor']").all()][: len(before)] == before


def test_a_section_is_moved_with_the_keyboard(desk, client):
    before = anchors()
    page = desk()
    down = section(page, before[0]).get_by_role("button", name="Move down")
    down.focus()
    page.keyboard.press("Enter")
    expect(down).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator(".order-said")).to_have_text(f"Now 3 of {len(before)}. Save to keep this order.")
    section(page, before[1]).get_by_role("button", name="Move up").press("Enter")  # the first stays the first
    expect(page.locator(".order-said")).to_have_text(f"Now 1 of {len(before)}. Save to keep this order.")
    save(page)
    assert anchors() == [before[1], before[2], before[0], *before[3:]]


def test_a_new_row_goes_to_the_end_and_an_empty_one_is_not_saved(desk):
    page = desk()
    facts = list(Service.objects.get().facts.values_list("label", flat=True))
    for _ in range(2):
        page.get_by_text("Add another Fact").click()
    page.locator(f"#id_facts-{len(facts)}-label").fill("Age")
    page.locator(f"#id_facts-{len(facts)}-value").fill("18 and over")
    save(page)
    assert list(Service.objects.get().facts.values_list("label", flat=True)) == [*facts, "Age"]


def test_without_a_script_the_number_says_it(desk):
    before = anchors()
    page = desk(java_script_enabled=False)
    assert page.locator(".order-tools").count() == 0
    section(page, before[0]).get_by_label("Order").fill("35")
    save(page)
    assert anchors() == [before[1], before[2], before[0], *before[3:]]


def test_places_are_dragged_in_their_list_and_equal_numbers_are_told_apart(desk, client):
    Location.objects.update(order=0)
    names = list(Location.objects.values_list("name", flat=True))
    page = desk("/admin/services/location/")
    rows = page.locator("#result_list tbody tr")
    drag(page, rows.nth(3), rows.nth(0), below=False)
    save(page)
    after = [names[3], *names[:3]]
    assert list(Location.objects.values_list("name", "order")) == list(zip(after, [10, 20, 30, 40], strict=True))
    footer = BeautifulSoup(client.get("/").content, "html.parser").select_one("[aria-labelledby=footer-locations]")
    assert [a.get_text() for a in footer.select("a")][:4] == after


@pytest.mark.parametrize("kind", ["page", "question", "service", "person", "rating", "crisiscontact"])
def test_every_list_with_an_order_can_be_dragged(desk, kind):
    page = desk(f"/admin/services/{kind}/")
    rows = page.locator("#result_list tbody tr").count()
    assert rows
    expect(page.locator("#result_list .order-tools")).to_have_count(rows)


def test_a_list_sorted_by_something_else_has_no_order_to_change(desk):
    page = desk("/admin/services/question/?o=1")
    expect(page.locator("#result_list input[name$='-order']")).to_have_count(Question.objects.count())
    expect(page.locator(".order-tools")).to_have_count(0)


@pytest.mark.parametrize("width", [1024, 1440])
def test_axe_finds_nothing_on_the_form_and_the_list(desk, width):
    page = desk(viewport={"width": width, "height": 900})
    for path in ("", "/admin/services/location/", "/admin/redirects/redirect/add/"):
        if path:
            page.goto(path)
        page.evaluate(AXE)
        found = [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in page.evaluate(RUN, EVERYTHING)["violations"]]
        assert "\n".join(found) == "", path

"""A receptionist with a keyboard, on a laptop and on a phone: confirms, offers, writes down a call, and is told what happened."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import actions
from bookings.domain.status import Status
from bookings.models import Enquiry, Note, Notice
from bookings.queries.slots import SlotFinder, bookable_days
from services.models import Location, Person
from tests.bookings import factories
from tests.bookings.desk import begun
from tests.browser.auditor import Auditor
from tests.browser.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"has_touch": False, "is_mobile": False, "reduced_motion": "reduce"}
LAPTOP, PHONE = {"width": 1024, "height": 768}, {"width": 390, "height": 844}
BY_PHONE = {"phone": "+447700900982", "phone_typed": "07700 900 982", "contact_by": "call"}
COVERED = """
() => {
    const one = document.activeElement, box = (one.labels?.[0] ?? one).getBoundingClientRect();
    const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !(top === one || one.labels?.[0]?.contains(top) || one.contains(top));
}
"""


@pytest.fixture
def free(rota):
    """The next free times of Harley Street, whose address is known, and of the others."""
    Location.objects.filter(is_online=False).update(address="1 Example Street\nLondon")
    now = timezone.now()

    def at(slug="harley-street"):
        return SlotFinder([Location.objects.get(slug=slug)], *bookable_days(now), now).free_at(Location.objects.get(slug=slug))

    return at


@pytest.fixture
def asked(free):
    """A request, two hours old, that must not be answered on the machine."""
    offer = list(free())[4]
    ago = timezone.now() - timedelta(hours=2)
    return factories.request(offer.location, offer.starts_at, now=ago, email="will@example.org", message_safety="none", **BY_PHONE)


@pytest.fixture(params=[LAPTOP, PHONE], ids=["laptop", "phone"])
def desk(request, open_page, asked, staff):
    """Signed in, on one of the two screens."""
    page, _ = open_page(viewport=request.param, **DESK)
    sign_in(page)
    return page


def change(enquiry) -> str:
    return f"/admin/bookings/enquiry/{enquiry.pk}/change/"


def press(page, role: str, name: str) -> None:
    """By keyboard: the focus goes there, and Enter."""
    page.get_by_role(role, name=name).first.press("Enter")


def done(page, sentence: str) -> None:
    expect(page.locator(".messagelist")).to_contain_text(sentence)


def state(enquiry) -> str:
    return Enquiry.objects.get(pk=enquiry.pk).status


def test_a_request_is_confirmed_with_two_clicks_and_words_of_ours_after_a_look_at_the_email(desk, asked):
    desk.goto(change(asked))
    expect(desk.locator(".safety-none")).to_have_text("Leave no message if nobody answers.")
    press(desk, "link", "Confirm this time")
    desk.get_by_label("A paragraph of yours").fill("The bell is on the left.")
    with desk.expect_popup() as opened:
        press(desk, "button", "See the email first")
    letter = opened.value
    expect(letter.locator("body")).to_contain_text("The bell is on the left.")
    expect(letter.locator("body")).to_contain_text("Your appointment is confirmed")
    letter.close()
    assert state(asked) == "new"
    expect(desk.get_by_label("A paragraph of yours")).to_have_value("The bell is on the left.")
    press(desk, "button", "Confirm and tell them")
    done(desk, "The time is confirmed.")
    expect(desk.locator(".request-next h2")).to_contain_text("Confirmed.")
    assert set(Notice.objects.filter(kind="confirmed").values_list("paragraph", flat=True)) == {"The bell is on the left."}


def test_three_times_are_offered_and_stay_chosen_while_others_are_shown(desk, asked):
    desk.goto(change(asked))
    press(desk, "link", "Offer other times")
    for number in range(2):
        desk.locator(".picker-group").first.locator("input").nth(number).press("Space")
    desk.get_by_label("Part of day").select_option("Mornings")
    press(desk, "button", "Show these")
    expect(desk.get_by_role("group", name="Chosen").locator("input:checked")).to_have_count(2)
    desk.locator(".picker-day input").first.press("Space")
    press(desk, "button", "Hold these times and tell them")
    done(desk, "The times are held for them.")
    assert (state(asked), asked.holds.count()) == ("proposed", 3)
    expect(desk.get_by_role("region", name="Times").locator("li")).to_have_count(3)


def test_a_call_and_a_note_are_written_down(desk, asked):
    desk.goto(change(asked))
    press(desk, "button", "Called: no answer, no message left")
    done(desk, "Written down.")
    desk.get_by_label("Note", exact=True).fill("Rings back at noon")
    press(desk, "button", "Save the note")
    expect(desk.locator(".timeline li").first).to_contain_text("Rings back at noon")
    expect(desk.locator(".timeline li").nth(1)).to_contain_text("Called: no answer, no message left")
    assert Note.objects.count() == 2


def test_a_caller_is_written_down_and_called_again_only_if_we_say_so(desk):
    desk.goto("/admin/bookings/enquiry/")
    press(desk, "link", "Add a phone enquiry")
    desk.get_by_label("Name").fill("Priya")
    desk.get_by_label("Phone number").fill("07700 900 111")
    desk.get_by_label("We may leave a message without saying who we are").press("Space")
    desk.get_by_label("They are 18 or over").press("Space")
    press(desk, "button", "Save the request")
    expect(desk.locator(".errornote")).to_contain_text("Nothing is saved yet.")
    desk.get_by_label("Place").select_option("Online")
    press(desk, "button", "Show these")
    expect(desk.get_by_label("Name")).to_have_value("Priya")
    desk.locator(".picker-day input").nth(3).press("Space")
    press(desk, "button", "Save the request")
    enquiry = Enquiry.objects.get(source="phone")
    done(desk, f"Tell them their reference, {enquiry.reference}, and that we call them by ")
    done(desk, "Nobody calls them again about this.")
    assert Notice.objects.get(event__enquiry=enquiry).status == "sent"
    press(desk, "button", "Put on “Tell by phone” again")  # they hung up before they heard it
    expect(desk.locator(".request-tell pre")).to_contain_text("Hello Priya")
    press(desk, "button", "I have told them")
    done(desk, "Ticked off: the person has been told.")
    assert set(Notice.objects.filter(event__enquiry=enquiry).values_list("status", flat=True)) == {"sent"}


def test_who_waits_is_offered_what_fits_with_one_click(desk, asked, staff):
    actions.waitlist(asked, user=staff, now=timezone.now())
    desk.goto("/admin/bookings/enquiry/waiting/")
    press(desk, "button", f"Offer these to {asked.reference}")
    done(desk, "The times are held for them.")
    assert state(asked) == "proposed"


def test_nothing_that_has_the_focus_is_covered_by_the_bar_with_the_buttons(desk, asked):
    desk.goto(f"/admin/bookings/enquiry/{asked.pk}/offer/")
    desk.locator(".picker input").first.focus()
    for number in range(60):
        assert not desk.evaluate(COVERED), f"after {number} times Tab"
        desk.keyboard.press("Tab")
    desk.get_by_label("A paragraph of yours").focus()
    assert not desk.evaluate(COVERED)


def test_axe_finds_nothing_on_the_page_of_a_request_and_on_its_steps(open_page, asked, staff, free):
    page, watch = open_page(**DESK)
    watch.expected = {409}
    audit = Auditor(page, watch)
    sign_in(page)
    now = timezone.now()
    Person.objects.create(name="Ada King", slug="ada", is_practitioner=True)
    actions.add_note(asked, call="no_message", user=staff, now=now)
    factories.request(now=now, **BY_PHONE, email="", preferred_times=["weekends"])  # the same person, to be told by phone
    steps = ["change", "confirm", "offer", "book", "waitlist", "decline", "cancel-for-them", "link", "erase", "note"]
    audit_steps(audit, asked, steps)
    page.goto(f"/admin/bookings/enquiry/{asked.pk}/offer/")
    page.get_by_role("button", name="Hold these times").click()
    audit.look()  # with a mistake
    offered = actions.offer_times(asked, [offer for _, offer in zip(range(2), free(), strict=False)], user=staff, now=now)
    audit_steps(audit, offered, ["change", "accept", "refuse"])
    online = next(free("online"))
    has_one = factories.request(online.location, online.starts_at, now=now, email="b@example.org", wants_earlier=True)
    audit_steps(audit, actions.confirm(has_one, user=staff, now=now), ["change", "video", "cancel", "practitioner"])
    over = begun(Location.objects.get(slug="canary-wharf"), staff, email="c@example.org")
    audit_steps(audit, over, ["change", "attend", "miss"])
    audit_steps(audit, actions.mark_attended(over, user=staff, now=now), ["close", "missed-after-all"])
    audit_steps(audit, actions.correct_outcome(over, Status.DID_NOT_ATTEND, tell=True, user=staff, now=now), ["came-after-all"])
    audit.look("/admin/bookings/enquiry/waiting/")
    audit.look("/admin/bookings/enquiry/add/")
    page.get_by_label("Name").fill("Sam")
    page.get_by_role("button", name="Save the request").click()
    expect(page.locator(".errornote")).to_contain_text(re.compile("Nothing is saved yet"))
    audit.look()
    assert "\n".join(audit.found) == ""


def audit_steps(audit, enquiry, steps) -> None:
    for step in steps:
        audit.look(f"/admin/bookings/enquiry/{enquiry.pk}/{step}/")

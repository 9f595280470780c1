"""Two of staff with one request open at once: nobody acts on what they have not seen, and whoever is second is told who was first."""

import pytest
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Event, Note, Notice
from bookings.queries.versions import Version, version_of
from bookings.staff.enquiry.changes import LOOK_FIRST
from bookings.staff.steps import STEPS
from services.clinic.uk_time import clock
from services.models import Location, Person
from tests.bookings.desk import PHONE, at, page, said, words
from tests.bookings.factories import request
from tests.bookings.room import Room
from tests.markup import faults

STATES = ["new", "spam", "proposed", "waitlisted", "confirmed", "begun", "attended", "missed", "cancelled_by_clinic", "closed"]
WORDS = "Kept, whatever happens"
TYPED = {
    "confirm": {"paragraph": WORDS},
    "accept": {"paragraph": WORDS},
    "miss": {"tell": "on", "paragraph": WORDS},
    "missed-after-all": {"tell": "on", "paragraph": WORDS},
    "close": {"outcome": "booked"},
    "video": {"video_link": "https://video.example.org/x"},
    "address": {"address": WORDS},
    "offer": {"paragraph": WORDS},
    "book": {"paragraph": WORDS},
    "waitlist": {"paragraph": WORDS},
    "decline": {"reason": "no_capacity", "paragraph": WORDS},
    "cancel-for-them": {"reason": WORDS},
    "cancel": {"paragraph": WORDS},
    "details": {"name": WORDS, "email": "new@example.org", "contact_by": "email"},
    "note": {"text": WORDS},
}


@pytest.fixture
def room(harley_street, staff):
    Location.objects.update(address="1 Any Street")
    return Room(harley_street, staff)


@pytest.fixture
def doctor(db):
    return Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)


def in_state(room, state):
    enquiry = getattr(room, state)()
    return Enquiry.objects.get(pk=enquiry.pk)


def open_for(enquiry):
    return [step for step in STEPS if step.is_open(enquiry, timezone.now())]


def answers(room, step, enquiry):
    """What somebody types and chooses on the page of the step, so that it can be taken."""
    chosen = dict(TYPED.get(step.verb, {}))
    if step.verb in {"offer", "book"}:
        chosen["slots"] = room.times[8].slot
    if step.verb == "accept":
        chosen["hold"] = enquiry.holds.filter(kind="offered").first().pk
    if step.verb == "assign":
        chosen["to"] = room.staff.pk
    if step.verb == "practitioner":
        chosen["person"] = Person.objects.get().pk
    return chosen


def url(step, enquiry):
    return reverse(f"admin:{step.url_name()}", args=[enquiry.pk])


def stored():
    return [list(model.objects.order_by("pk").values()) for model in (Enquiry, Event, Note, Notice)]


def seen_on(client, enquiry):
    return page(client.get(at("change", enquiry.pk))).select_one("[name=seen]")["value"]


def shown(response):
    return words(page(response).select_one("#content")) + " ".join(said(response))


# What a colleague does meanwhile, and what is said of it


def note(room, enquiry, colleague):
    actions.add_note(enquiry, text="She rings back at noon: wait for her", user=colleague, now=timezone.now())
    return ["Note", "Priya Nair", "She rings back at noon: wait for her"]


def call(room, enquiry, colleague):
    actions.add_note(enquiry, call="spoke", user=colleague, now=timezone.now())
    return ["Called: we spoke", "Priya Nair"]


def assigned(room, enquiry, colleague):
    actions.assign(enquiry, colleague, user=colleague, now=timezone.now())
    return ["Assigned to Priya Nair", "Priya Nair"]


def details(room, enquiry, colleague):
    actions.correct_details(enquiry, name="Samantha", user=colleague, now=timezone.now())
    return ["Details corrected", "Priya Nair"]


def failed(room, enquiry, colleague):
    newest = Notice.objects.filter(event__enquiry=enquiry).order_by("-pk").first()
    Notice.objects.filter(pk=newest.pk).update(status="failed", failed_at=timezone.now(), last_error="SMTPRecipientsRefused 550")
    return [f"The email “{newest.get_kind_display()}” could not be sent"]


MEANWHILE = [note, call, assigned, details, failed]
CASES = [
    ("new", "confirm"), ("new", "offer"), ("new", "book"), ("new", "waitlist"), ("new", "decline"), ("new", "cancel-for-them"),
    ("new", "earlier"), ("new", "details"), ("new", "link"), ("new", "erase"), ("new", "assign"), ("new", "note"), ("spam", "rescue"),
    ("proposed", "accept"), ("proposed", "refuse"), ("confirmed", "cancel"), ("confirmed", "practitioner"), ("begun", "attend"),
    ("begun", "miss"), ("attended", "close"), ("attended", "missed-after-all"), ("missed", "came-after-all"), ("online", "video"),
    ("no_address", "address"),
]  # fmt: skip


def online(room):
    Location.objects.update(is_online=True, address="")
    return room.confirmed()


def no_address(room):
    enquiry = room.confirmed()
    Location.objects.update(address="")
    return enquiry


def made(room, state):
    return Enquiry.objects.get(pk={"online": online, "no_address": no_address}.get(state, lambda room: in_state(room, state))(room).pk)


def test_every_step_is_tried():
    assert sorted(step.verb for step in STEPS) == sorted(verb for _, verb in CASES)


@pytest.mark.parametrize(("state", "verb"), CASES)
def test_what_has_come_since_the_page_was_drawn_is_read_before_the_step_is_taken(desk, room, doctor, colleague, state, verb):
    """Five times something comes while the page is open, each time another thing; what was typed stays all along."""
    enquiry = made(room, state)
    step = next(step for step in STEPS if step.verb == verb)
    typed = answers(room, step, enquiry)
    seen = seen_on(desk, enquiry)
    owes = Notice.objects.filter(event__enquiry=enquiry).exists()
    for meanwhile in MEANWHILE if owes else MEANWHILE[:-1]:  # who looks like spam is told nothing
        expected = meanwhile(room, enquiry, colleague)
        before = stored()
        late = desk.post(url(step, enquiry), {"seen": seen} | typed)
        assert late.status_code == 409
        assert stored() == before
        assert said(late)[-1] == LOOK_FIRST
        (new,) = page(late).select(".step-news li")
        assert [part for part in expected if part not in words(new)] == []
        assert faults(late.content) == []
        form = page(late).select_one("#content form")
        assert [name for name, value in typed.items() if str(value) not in kept_in(form, name)] == []
        seen = form.select_one("[name=seen]")["value"]
    done = desk.post(url(step, enquiry), {"seen": seen} | typed, follow=True)
    assert done.redirect_chain, said(done)
    assert stored() != before


def kept_in(form, name):
    """What somebody finds again under this name: text that stands there, and what is ticked or chosen."""
    fields = form.select(f"textarea[name={name}], input[name={name}]:not([type=radio], [type=checkbox]), [name={name}][checked]")
    return [field.get("value", "on" if field.has_attr("checked") else words(field)) for field in fields] + [
        option["value"] for option in form.select(f"select[name={name}] option[selected]")
    ]


@pytest.mark.parametrize("state", STATES)
def test_of_two_who_take_any_two_steps_the_second_is_told_who_was_first_and_nothing_is_done_twice(desk, other_desk, room, doctor, state):
    for first in open_for(in_state(room, state)):
        Enquiry.objects.all().delete()
        enquiry = in_state(room, state)
        seen = seen_on(desk, enquiry)
        opened = open_for(enquiry)
        typed = {second: answers(room, second, enquiry) for second in opened}
        taken = other_desk.post(url(first, enquiry), {"seen": seen} | answers(room, first, enquiry), follow=True)
        assert taken.redirect_chain, (first, said(taken))
        newest = enquiry.events.last() if first.verb != "note" else enquiry.notes.last()
        before = stored()
        for second in opened:
            late = desk.post(url(second, enquiry), {"seen": seen} | typed[second], follow=True)
            told = shown(late)
            assert stored() == before, (first, second)
            assert "Priya Nair" in told, (first, second, told)
            assert clock(newest.at) in told, (first, second, told)
            if typed[second].get("paragraph") or typed[second].get("text"):
                assert WORDS in told, (first, second)


def test_what_was_typed_for_a_step_that_is_closed_can_be_kept_as_a_note(desk, other_desk, room, colleague):
    enquiry = room.new()
    seen = seen_on(desk, enquiry)
    other_desk.post(at("decline", enquiry.pk), {"seen": seen, "reason": "no_capacity"})
    late = desk.post(at("waitlist", enquiry.pk), {"seen": seen, "paragraph": WORDS})
    at_clock = clock(enquiry.events.last().at)
    assert said(late) == [
        f"A colleague was faster. This request is “Declined” now (Priya Nair, {at_clock} today), so this step is no longer open."
    ]
    assert words(page(late).select_one("#id_paragraph[readonly]")) == WORDS
    form = page(late).select_one(".step-keep")
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    assert said(desk.post(form["action"], fields, follow=True)) == ["Written down."]
    assert list(enquiry.notes.values_list("text", flat=True)) == [WORDS]


def test_the_page_of_a_step_says_what_came_since_the_page_of_the_request_was_drawn(desk, room, colleague):
    enquiry = room.new()
    links = [link["href"] for link in page(desk.get(at("change", enquiry.pk))).select(".request-next a.button")]
    note(room, enquiry, colleague)
    assert len(links) > 5
    for link in links:
        assert "She rings back at noon" in words(page(desk.get(link)).select_one(".step-news")), link
        assert page(desk.get(link.partition("?")[0])).select_one(".step-news") is None


def test_a_mistake_in_the_form_hides_nothing_that_is_new(desk, room, colleague):
    enquiry = room.new()
    seen = seen_on(desk, enquiry)
    note(room, enquiry, colleague)
    wrong = desk.post(at("decline", enquiry.pk), {"seen": seen})
    assert "Choose a reason" in words(page(wrong).select_one("#content"))
    assert "She rings back at noon" in words(page(wrong).select_one(".step-news"))


def test_what_goes_by_itself_asks_nobody_twice(desk, room, settings):
    """The worker sends, a reminder falls due, staff are chased: nothing of it is news to whoever answers."""
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = "staff@example.org"
    enquiry = room.new()
    seen = seen_on(desk, enquiry)
    Notice.objects.filter(event__enquiry=enquiry).update(status="sent", sent_at=timezone.now(), attempts=2)
    assert actions.escalate(enquiry, Notice.Kind.STAFF_UNANSWERED, waiting_since=enquiry.waiting_since, now=timezone.now())
    assert said(desk.post(at("confirm", enquiry.pk), {"seen": seen}, follow=True)) == ["The time is confirmed."]
    seen = seen_on(desk, enquiry)
    confirmation = enquiry.events.last()
    confirmation.notices.create(kind=Notice.Kind.REMINDER_1, created_at=timezone.now())
    assert said(desk.post(at("assign", enquiry.pk), {"seen": seen, "to": room.staff.pk}, follow=True)) == ["Saved who sees to it."]


def test_what_the_person_does_meanwhile_is_said_to_be_theirs(desk, room):
    enquiry = room.confirmed()
    seen = seen_on(desk, enquiry)
    actions.cancel(enquiry, now=timezone.now())
    late = desk.post(at("book", enquiry.pk), {"seen": seen, "slots": room.times[8].slot, "paragraph": WORDS})
    assert said(late)[0].startswith("The person was faster. This request is “Cancelled by the client” now (the person themselves, ")


def test_every_form_and_link_that_leads_to_a_step_carries_what_was_last_on_the_request(desk, room):
    enquiry = room.new(email="", **PHONE)
    waits = actions.waitlist(request(now=room.now, preferred_times=[]), **room.by)
    Notice.objects.filter(event__enquiry=waits).update(status="failed")
    for shown_at in (at("change", enquiry.pk), at("change", waits.pk), reverse("admin:index"), at("waiting")):
        forms = page(desk.get(shown_at)).select("form[action*='/bookings/enquiry/']")
        assert forms, shown_at
        for form in forms:
            carried = Version.parse(form.select_one("[name=seen]")["value"])
            assert carried in {version_of(enquiry), version_of(waits)}, form["action"]


# Messages


@pytest.fixture
def owed(room):
    """A call that is owed."""
    room.new(email="", **PHONE)
    return Notice.objects.get(kind="received")


BUTTONS = {
    "board": lambda notice, verb: at("from_board", notice.pk, verb),
    "request": lambda notice, verb: at("notice", notice.enquiry.pk, notice.pk, verb),
}


@pytest.mark.parametrize("button", BUTTONS)
def test_the_second_who_ticks_off_a_call_is_told_who_has_and_when(desk, other_desk, owed, button):
    pressed = BUTTONS[button](owed, "told")
    seen = str(version_of(owed.enquiry))
    assert said(other_desk.post(pressed, {"seen": seen}, follow=True))[0] == "Ticked off: the person has been told."
    before = stored()
    told = clock(owed.enquiry.events.last().at)
    assert said(desk.post(pressed, {"seen": seen}, follow=True)) == [
        f"A colleague was faster: Told by phone (Priya Nair, {told} today). It is ticked off once."
    ]
    assert stored() == before


@pytest.mark.parametrize("button", BUTTONS)
def test_a_call_that_is_no_longer_owed_says_what_made_it_needless(desk, owed, colleague, button):
    pressed, enquiry = BUTTONS[button](owed, "told"), owed.enquiry
    seen = str(version_of(enquiry))
    actions.decline(enquiry, reason="spam", user=colleague, now=timezone.now())
    (sentence,) = said(desk.post(pressed, {"seen": seen}, follow=True))
    assert sentence.startswith("This need not be told any more: Declined: Spam (Priya Nair, ")


@pytest.mark.parametrize("button", BUTTONS)
def test_the_second_who_sends_again_is_told_who_has_and_when(desk, other_desk, room, button):
    enquiry = room.new()
    notice = Notice.objects.get(kind="received")
    Notice.objects.update(status="sent", sent_at=timezone.now())
    pressed, seen = BUTTONS[button](notice, "again"), str(version_of(enquiry))
    assert said(other_desk.post(pressed, {"seen": seen}, follow=True)) == ["It will be sent again within seconds."]
    (sentence,) = said(desk.post(pressed, {"seen": seen}, follow=True))
    assert sentence.startswith("A colleague was faster: Sent again (Priya Nair, ")
    assert Notice.objects.filter(kind="received").count() == 2


@pytest.mark.parametrize("button", BUTTONS)
def test_a_note_since_the_button_was_drawn_is_read_before_the_call_is_ticked_off(desk, owed, room, colleague, button):
    seen = str(version_of(owed.enquiry))
    note(room, owed.enquiry, colleague)
    before = stored()
    late = desk.post(BUTTONS[button](owed, "told"), {"seen": seen}, follow=True)
    assert stored() == before
    assert "She rings back at noon" in words(page(late).select_one(".step-news"))
    assert faults(late.content) == []
    form = page(late).select_one("#content form")
    fields = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    done = desk.post(form["action"], fields, follow=True)
    assert said(done)[0] == "Ticked off: the person has been told."
    assert done.redirect_chain[-1][0] == (reverse("admin:index") if button == "board" else at("change", owed.enquiry.pk))


def test_a_version_is_read_as_it_was_written_and_nothing_else_is():
    assert Version.parse(str(Version(7, 0, 2))) == Version(7, 0, 2)
    assert Version.parse("7") == Version(7, 0, 0)
    for strange in ("", "x", "7-", "-7", "7--2", "1-2-3-4", "٣-1-0", "7.1", "9" * 19, " 7"):
        assert Version.parse(strange) is None

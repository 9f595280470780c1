"""Each step at the desk: what it asks, what it does, what it says, and that nothing typed is lost."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from bookings import actions
from bookings.models import Enquiry, Hold, Note, Notice
from bookings.staff.enquiry.changes import LOOK_FIRST
from services.clinic.uk_time import clock
from services.models import Closure, Location, Person
from tests.bookings.desk import PHONE, at, begun, buttons, confirmed, free_times, page, said, story, waiting_for, words
from tests.bookings.factories import request
from tests.markup import faults


@pytest.fixture
def asked(harley_street, next_time):
    """A request that holds the next free time, at a place whose address is known."""
    Location.objects.update(address="1 Any Street")
    return waiting_for(next_time)


@pytest.fixture
def doctor(db):
    return Person.objects.create(name="Dr Example", slug="dr-example", is_practitioner=True)


def take(desk, step, enquiry, **answers):
    """Opens the page of the step and sends it, as a browser does."""
    opened = page(desk.get(at(step, enquiry.pk)))
    seen = opened.select_one("[name=seen]")
    return desk.post(at(step, enquiry.pk), {"seen": seen["value"] if seen else ""} | answers, follow=True)


def booked_then(asked, online, doctor, staff):
    """The doctor sees somebody else at the very time that was asked for."""
    now = timezone.now()
    actions.confirm(request(online, asked.starts_at, now=now, email="b@example.org"), user=staff, now=now, person=doctor)


def clock_of(enquiry):
    """When the newest thing happened to it, as people read it."""
    return clock(enquiry.events.last().at)


def now_is(enquiry):
    return Enquiry.objects.get(pk=enquiry.pk)


def test_confirming_asks_for_an_address_the_clinic_has_not_given_yet(desk, next_time):
    enquiry = waiting_for(next_time)
    assert b"There is no address for this place yet" in desk.get(at("confirm", enquiry.pk)).content
    missing = take(desk, "confirm", enquiry, paragraph="See you soon")
    assert "Enter the address: the message must say where to come" in words(page(missing).select_one("#id_address_error"))
    assert words(page(missing).select_one("#id_paragraph")) == "See you soon"
    assert said(take(desk, "confirm", enquiry, address="1 Any Street")) == ["The time is confirmed."]
    assert (now_is(enquiry).status, now_is(enquiry).location.address) == ("confirmed", "1 Any Street")


def test_the_paragraph_of_ours_goes_with_the_message_and_the_practitioner_with_the_time(desk, asked, doctor):
    Person.objects.create(name="Elsewhere", slug="elsewhere", is_practitioner=True).places.add(Location.objects.create(name="X", slug="x"))
    opened = page(desk.get(at("confirm", asked.pk)))
    assert [words(option) for option in opened.select("#id_person option")] == ["Not decided yet", "Dr Example"]
    take(desk, "confirm", asked, paragraph="The bell is on the left.", person=doctor.pk)
    assert Notice.objects.get(kind="confirmed").paragraph == "The bell is on the left."
    assert asked.holds.get().person == doctor


def test_a_practitioner_who_is_busy_then_is_said_in_a_sentence_and_what_was_typed_stays(desk, asked, doctor, online, staff):
    booked_then(asked, online, doctor, staff)
    late = take(desk, "confirm", asked, paragraph="Kept", person=doctor.pk)
    assert (late.status_code, said(late)) == (
        409,
        ["This practitioner has another consultation at that time. Choose somebody else, or leave it open for now."],
    )
    assert (words(page(late).select_one("#id_paragraph")), now_is(asked).status) == ("Kept", "new")


def test_the_email_is_shown_as_it_would_go_and_nothing_is_changed(desk, asked):
    shown = desk.post(at("confirm_draft", asked.pk), {"paragraph": "The bell is on the left."})
    assert "The bell is on the left." in shown.content.decode()
    policy = {part.strip() for part in shown["Content-Security-Policy"].split(";")}
    assert policy == {"default-src 'none'", "style-src 'unsafe-inline'", "img-src 'self' data:", "sandbox"}
    assert (now_is(asked).status, asked.events.count(), Notice.objects.filter(kind="confirmed").count()) == ("new", 1, 0)


def test_a_draft_that_cannot_be_made_says_why(desk, asked, staff):
    assert desk.get(at("confirm_draft", asked.pk)).url == at("confirm", asked.pk)
    shown = desk.post(at("decline_draft", asked.pk), {})
    assert [words(item) for item in page(shown).select("#content li")] == ["Choose a reason"]
    assert "This step sends them no message." in words(page(desk.post(at("decline_draft", asked.pk), {"reason": "spam"})))
    actions.decline(asked, reason="spam", user=staff, now=timezone.now())
    late = desk.post(at("confirm_draft", asked.pk), {})
    assert f"This request is “Declined” now (you, {clock_of(asked)} today), so this step is no longer open." in words(page(late))


def test_without_an_email_the_words_to_say_are_shown(desk, next_time):
    enquiry = waiting_for(next_time, email="", **PHONE)
    opened = page(desk.get(at("confirm", enquiry.pk)))
    assert "They have no email address: you call them." in words(opened)
    shown = page(desk.post(at("confirm_draft", enquiry.pk), {"address": "1 Any Street", "paragraph": "The bell is on the left."}))
    assert "The bell is on the left." in words(shown.select_one("pre.spoken"))


def test_of_two_who_press_at_once_the_second_is_told(desk, asked):
    first, second = ({"seen": asked.events.last().pk, "paragraph": words_of} for words_of in ("First", "Second"))
    assert said(desk.post(at("confirm", asked.pk), first, follow=True)) == ["The time is confirmed."]
    late = desk.post(at("confirm", asked.pk), second, follow=True)
    assert said(late) == [
        f"You did this already. This request is “Confirmed” now (you, {clock_of(asked)} today), so this step is no longer open."
    ]
    assert words(page(late).select_one("#id_paragraph")) == "Second"
    assert page(late).select(".step-row button") == []
    assert Notice.objects.filter(kind="confirmed").count() == 1


def test_what_happened_since_the_page_was_opened_is_said_before_anything_is_done(desk, harley_street, staff):
    first, second, third = free_times(harley_street, 3)
    enquiry = confirmed(first, staff)
    opened = page(desk.get(at("book", enquiry.pk))).select_one("[name=seen]")["value"]
    take(desk, "book", enquiry, slots=second.slot)
    late = desk.post(at("book", enquiry.pk), {"seen": opened, "slots": third.slot, "paragraph": "Kept"})
    assert (late.status_code, said(late)) == (409, [LOOK_FIRST])
    assert words(page(late).select_one(".step-news li")).endswith(" Time changed , you")
    assert now_is(enquiry).starts_at == second.starts_at
    again = {field["name"]: field["value"] for field in page(late).select("[name=seen], [name=slots][checked]")}
    desk.post(at("book", enquiry.pk), again)
    assert now_is(enquiry).starts_at == third.starts_at


def test_a_closure_in_the_way_is_said_in_a_sentence(desk, asked):
    day = asked.starts_at.date()
    Closure.objects.create(reason="Flood", first_day=day, last_day=day)
    assert said(take(desk, "confirm", asked, paragraph="Kept")) == [
        "This time has passed, or a closure or the rota no longer has room for it. Nothing was changed."
    ]


def test_declining_needs_a_reason_and_says_what_it_does(desk, asked):
    assert "The time becomes free for others. A declined request cannot be opened again." in words(page(desk.get(at("decline", asked.pk))))
    unanswered = take(desk, "decline", asked)
    assert "Choose a reason" in words(page(unanswered))
    assert faults(unanswered.content) == []
    assert now_is(asked).status == "new"
    assert said(take(desk, "decline", asked, reason="no_capacity")) == ["The request is declined. Its time is free again."]
    assert now_is(asked).status == "declined"


def test_the_waiting_list_and_not_spam(desk, asked, clinic):
    assert said(take(desk, "waitlist", asked, paragraph="It may take a week.")) == ["They are on the waiting list."]
    assert (now_is(asked).status, Notice.objects.get(kind="waitlisted").paragraph) == ("waitlisted", "It may take a week.")
    spam = request(now=timezone.now(), suspect=True, email="x@example.org")
    assert said(desk.post(at("rescue", spam.pk), follow=True)) == ["This is an ordinary request now."]
    assert now_is(spam).status == "new"


def test_the_video_link_goes_out_with_the_confirmation_once_more(desk, online, staff):
    enquiry = confirmed(free_times(online)[0], staff)
    assert "Enter a valid URL." in words(page(take(desk, "video", enquiry, video_link="not a link")))
    assert said(take(desk, "video", enquiry, video_link="video.example.org/x")) == ["The confirmation goes out again, with the link."]
    assert now_is(enquiry).video_link == "https://video.example.org/x"
    assert "Send another video link" in buttons(desk.get(at("change", enquiry.pk)))


def test_what_someone_says_on_the_phone_about_the_times_on_offer_is_done_for_them(desk, harley_street, staff):
    first, second, third = free_times(harley_street, 3)
    offered = actions.offer_times(waiting_for(first), [second, third], user=staff, now=timezone.now())
    assert "Choose one of the times on offer" in words(page(take(desk, "accept", offered)))
    assert said(take(desk, "accept", offered, hold=offered.holds.last().pk, address="1 Any Street")) == [
        "The time is confirmed. The other times are free again."
    ]
    assert (now_is(offered).status, now_is(offered).starts_at) == ("confirmed", third.starts_at)
    assert story(desk.get(at("change", offered.pk)))[0].startswith(("Confirmed , reception", "Email: Your appointment"))
    other = actions.offer_times(waiting_for(first, email="b@example.org"), [second], user=staff, now=timezone.now())
    assert said(take(desk, "refuse", other, preferred=["weekends"])) == ["The times on offer are free again."]
    assert (now_is(other).status, now_is(other).preferred_times, other.holds.count()) == ("new", ["weekends"], 0)


def test_someone_phones_to_cancel(desk, asked):
    assert said(take(desk, "cancel_for_them", asked, reason="Feels better")) == ["It is cancelled. Their time is free again."]
    assert (now_is(asked).status, now_is(asked).cancel_reason) == ("cancelled_client", "Feels better")
    assert "Feels better" in words(page(desk.get(at("change", asked.pk))))


def test_whether_they_came_and_what_came_of_it(desk, harley_street, staff):
    came = begun(harley_street, staff)
    assert said(take(desk, "attend", came)) == ["Noted: they came. What came of it is asked next."]
    assert "Choose what came of it" in words(page(take(desk, "close", came)))
    assert said(take(desk, "close", came, outcome="booked")) == ["The request is closed."]
    assert (now_is(came).status, now_is(came).outcome) == ("closed", "booked")
    missed = begun(harley_street, staff, email="b@example.org")
    assert said(take(desk, "miss", missed, tell="on", paragraph="We can find you another time.")) == ["Noted: they did not come."]
    assert Notice.objects.get(kind="missed").paragraph == "We can find you another time."
    quiet = begun(harley_street, staff, email="c@example.org")
    take(desk, "miss", quiet)
    assert (now_is(quiet).status, Notice.objects.filter(kind="missed").count()) == ("did_not_attend", 1)


def test_a_request_is_taken_handed_on_and_laid_down(desk, asked, staff, django_user_model):
    other = django_user_model.objects.create_user("bob", is_staff=True)
    other.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    django_user_model.objects.create_user("visitor")
    django_user_model.objects.create_user("editor", is_staff=True)
    opened = page(desk.get(at("change", asked.pk)))
    assert [words(option) for option in opened.select("#id_to option")] == ["Nobody in particular", "bob", "reception"]
    assert opened.select_one(".request-assign [name=to][type=submit]")["value"] == str(staff.pk)
    for to in (staff, other, None):
        assert said(desk.post(at("assign", asked.pk), {"to": to.pk if to else ""}, follow=True)) == ["Saved who sees to it."]
        assert now_is(asked).assigned_to == to
    assert "Choose somebody from the list" in words(page(desk.post(at("assign", asked.pk), {"to": 999})))


def test_whoever_has_a_request_and_may_open_it_no_longer_stays_to_be_seen(desk, asked, staff, django_user_model):
    gone = django_user_model.objects.create_user("gone", is_staff=True, first_name="Ada", last_name="Gone")
    gone.user_permissions.add(Permission.objects.get(codename="view_enquiry"))
    actions.assign(asked, gone, user=staff, now=timezone.now())

    def listed():
        return [words(option) for option in page(desk.get(at("change", asked.pk))).select("#id_to option")]

    assert listed() == ["Nobody in particular", "reception", "Ada Gone"]
    gone.user_permissions.clear()
    assert listed() == ["Nobody in particular", "reception", "Ada Gone (may no longer open requests)"]
    assert said(take(desk, "assign", asked, to=gone.pk)) == ["Saved who sees to it."]
    gone.is_active = False
    gone.save()
    assert listed() == ["Nobody in particular", "reception", "Ada Gone (account closed)"]
    take(desk, "assign", asked, to="")
    assert listed() == ["Nobody in particular", "reception"]
    assert "Choose somebody from the list" in words(page(take(desk, "assign", asked, to=gone.pk)))


def test_a_practitioner_is_chosen_changed_and_taken_away_later(desk, asked, doctor, online, staff):
    enquiry = actions.confirm(asked, user=staff, now=timezone.now())
    assert said(take(desk, "practitioner", enquiry, person=doctor.pk)) == ["Saved who sees them."]
    assert enquiry.holds.get().person == doctor
    take(desk, "practitioner", enquiry, person="")
    assert enquiry.holds.get().person is None
    booked_then(asked, online, doctor, staff)
    busy = take(desk, "practitioner", enquiry, person=doctor.pk)
    assert said(busy) == ["This practitioner has another consultation at that time. Choose somebody else, or leave it open for now."]
    assert page(busy).select_one("#id_person option[selected]")["value"] == str(doctor.pk)


def test_a_note_and_a_call_are_written_once_however_often_the_form_is_sent(desk, asked):
    shown = page(desk.get(at("change", asked.pk)))
    form = {"after": shown.select_one("[name=after]")["value"], "text": "Rings back at noon"}
    for _ in range(2):
        assert said(desk.post(at("note", asked.pk), form, follow=True)) == ["Written down."]
    desk.post(at("note", asked.pk), form | {"text": "", "call": "no_message"})
    assert list(Note.objects.values_list("text", "call")) == [("Rings back at noon", ""), ("", "no_message")]
    form["after"] = page(desk.get(at("change", asked.pk))).select_one("[name=after]")["value"]
    desk.post(at("note", asked.pk), form | {"text": "", "call": "no_message"})  # called once more
    assert Note.objects.filter(call="no_message").count() == 2


def test_a_note_that_says_nothing_or_too_much_is_not_written_and_stays_in_the_form(desk, asked):
    assert "Write a note, or choose what came of your call" in words(page(desk.post(at("note", asked.pk), {"text": " "})))
    long = desk.post(at("note", asked.pk), {"text": "x" * 1001})
    assert "Shorten this to 1,000 characters or fewer" in words(page(long))
    assert words(page(long).select_one("#id_text")) == "x" * 1001
    assert Note.objects.count() == 0


def test_an_earlier_time_is_wanted_and_no_longer_wanted(desk, asked):
    for wanted in (True, False):
        desk.post(at("earlier", asked.pk))
        assert now_is(asked).wants_earlier is wanted


def test_a_new_link_replaces_the_old_one_after_a_question(desk, client, asked):
    old = asked.get_absolute_url()
    assert "stops working at once" in words(page(desk.get(at("link", asked.pk))))
    take(desk, "link", asked)
    assert client.get(old).status_code == 404
    assert client.get(now_is(asked).get_absolute_url()).status_code == 200


def test_details_are_erased_after_a_question(desk, asked):
    assert "This cannot be taken back." in words(page(desk.get(at("erase", asked.pk))))
    assert now_is(asked).name == "Sam"
    done = take(desk, "erase", asked)
    assert said(done) == ["Their details are erased. Nothing here says any more who it was."]
    assert (now_is(asked).name, now_is(asked).status, Hold.objects.count()) == ("", "cancelled_client", 0)
    assert (buttons(done), page(done).select(".request-note")) == ([], [])


def test_a_message_is_read_and_sent_again(desk, asked):
    first = Notice.objects.get(kind="received")
    assert "sandbox" in desk.get(at("notice", asked.pk, first.pk, "read"))["Content-Security-Policy"]
    Notice.objects.update(status="sent", sent_at=timezone.now())
    assert said(desk.post(at("notice", asked.pk, first.pk, "again"), follow=True)) == ["It will be sent again within seconds."]
    assert said(desk.post(at("notice", asked.pk, first.pk, "again"), follow=True)) == [
        f"You did this already: Sent again (you, {clock_of(asked)} today). "
        "This message is on its way already, or what it says is no longer true. Nothing was sent."
    ]
    assert Notice.objects.filter(kind="received").count() == 2


NOT_FOR_NEW = ["rescue", "accept", "refuse", "attend", "miss", "close", "video", "cancel", "practitioner"]
NOT_WHEN_ENDED = ["confirm", "offer", "book", "waitlist", "decline", "cancel_for_them", "cancel", "video", "accept", "earlier"]


@pytest.mark.parametrize("step", NOT_FOR_NEW)
def test_a_step_that_a_new_request_does_not_have_changes_nothing_and_says_so(desk, asked, step):
    Enquiry.objects.update(location=None, starts_at=None)
    before = Enquiry.objects.values().get()
    for answer in (desk.get(at(step, asked.pk), follow=True), desk.post(at(step, asked.pk), {"paragraph": "Kept"}, follow=True)):
        assert said(answer) == ["This request is “To answer” now, so this step is no longer open."]
    assert Enquiry.objects.values().get() == before


@pytest.mark.parametrize("step", NOT_WHEN_ENDED)
def test_nothing_can_be_done_with_a_request_that_has_ended(desk, asked, staff, step):
    actions.decline(asked, reason="spam", user=staff, now=timezone.now() - timedelta(minutes=1))
    before = Enquiry.objects.values().get()
    answer = desk.post(at(step, asked.pk), {"reason": "spam", "slots": "x", "paragraph": "Kept"}, follow=True)
    assert said(answer) == [f"This request is “Declined” now (you, {clock_of(asked)} today), so this step is no longer open."]
    assert Enquiry.objects.values().get() == before

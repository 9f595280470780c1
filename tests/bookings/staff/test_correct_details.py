"""A mistyped address, another number, a name that was misheard: staff put it right, and what is owed goes to where the person is."""

import pytest
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Notice, SearchWord
from bookings.notifications import outbox
from bookings.queries.search import find_enquiries
from tests.bookings.desk import PHONE, at, page, rare, said, story
from tests.bookings.factories import request

WRONG, RIGHT = "sam@gmial.example", "Sam@example.org"


@pytest.fixture
def sam(clinic, settings):
    settings.STAFF_EMAIL = "reception@clinic.test"
    return request(now=timezone.now(), email=WRONG, message="Is there a lift?")


def typed(**changes):
    return {"name": "Sam", "email": WRONG, "phone": "", "contact_by": "email", "message_safety": "", "best_time": ""} | changes


def press(desk, enquiry, **changes):
    asked = page(desk.get(at("details", enquiry.pk)))
    return desk.post(at("details", enquiry.pk), {"seen": asked.select_one("[name=seen]")["value"]} | typed(**changes), follow=True)


def details(enquiry, *names):
    enquiry.refresh_from_db()
    return [getattr(enquiry, name) for name in names]


def test_the_form_shows_what_is_kept_and_a_new_address_gets_what_is_still_owed(desk, sam, mailoutbox):
    asked = page(desk.get(at("details", sam.pk)))
    assert asked.select_one("#id_email")["value"] == WRONG
    assert asked.select_one("#id_message") is None
    answer = press(desk, sam, email=RIGHT)
    assert said(answer)[0].startswith("The details are saved.")
    assert story(answer)[0].startswith("Details corrected")
    assert details(sam, "email", "email_key", "message", "status") == [RIGHT, RIGHT.lower(), "Is there a lift?", "new"]
    assert find_enquiries("gmial") == find_enquiries(WRONG) == []
    assert find_enquiries(RIGHT) == [sam.pk]
    while claimed := outbox.claim_next(timezone.now()):
        outbox.send(claimed, timezone.now())
    assert sorted(mail.to for mail in mailoutbox) == [[RIGHT], ["reception@clinic.test"]]


def test_a_number_is_kept_as_typed_and_as_it_is_dialled(desk, sam):
    press(desk, sam, phone="07700 900 982", contact_by="call", message_safety="named", best_time="evening")
    assert details(sam, "phone", "phone_typed", "contact_by", "message_safety", "best_time") == [
        "+447700900982",
        "07700 900 982",
        "call",
        "named",
        "evening",
    ]
    assert find_enquiries("900982") == [sam.pk]


def test_without_an_address_any_more_what_is_owed_is_told_by_phone(desk, sam):
    answer = press(desk, sam, email="", phone="07700 900982", contact_by="call")
    assert [notice.kind for notice in Notice.objects.to_tell()] == ["received"]
    assert Notice.objects.get(kind="staff_new").channel == "email"
    assert "I have told them" in answer.content.decode()


def test_what_is_wrong_gets_its_sentence_and_everything_typed_is_kept(desk, sam):
    answer = press(desk, sam, email="sam@", name="Samantha")
    form = page(answer)
    assert "Enter an email address in the correct format, like name@example.com" in form.get_text()
    assert (form.select_one("#id_name")["value"], form.select_one("#id_email")["value"]) == ("Samantha", "sam@")
    assert details(sam, "name", "email") == ["Sam", WRONG]


def test_the_same_again_changes_nothing_and_is_not_told_as_a_correction(desk, sam):
    events = sam.events.count()
    press(desk, sam)
    assert sam.events.count() == events


def test_what_is_deleted_or_about_to_be_is_not_written_anew(desk, sam, staff):
    now = timezone.now()
    actions.erase(sam, now=now)  # the email that it is cancelled has still to go
    assert "Correct their details" not in rare(desk.get(at("change", sam.pk)))
    for _ in range(2):
        with pytest.raises(InvalidTransition):
            actions.correct_details(sam, user=staff, now=now, name="Sam Again")
        actions.erase_now(sam, user=staff, now=now)
    assert details(sam, "name") == [""]
    assert not SearchWord.objects.exists()


def test_a_letter_on_its_way_is_left_to_the_worker(sam, staff):
    now = timezone.now()
    Notice.objects.get(kind="staff_new").delete()
    claimed = outbox.claim_next(now)
    assert claimed.notice.kind == "received"
    actions.correct_details(sam, user=staff, now=now, email="", **PHONE)
    claimed.notice.refresh_from_db()
    assert (claimed.notice.channel, claimed.notice.status) == ("email", "pending")


def test_what_was_to_be_told_by_phone_goes_to_an_address_given_later(harley_street, next_time, staff, mailoutbox):
    now = timezone.now()
    one = request(next_time.location, next_time.starts_at, now=now, email="", phone="+447700900982", contact_by="call")
    actions.confirm(one, user=staff, now=now, address="1 A Street")
    assert Notice.objects.to_tell().filter(event__enquiry=one).count() == 1
    actions.correct_details(one, user=staff, now=now, email=RIGHT)
    assert Notice.objects.to_tell().filter(event__enquiry=one).count() == 1  # they asked for a call, and get it beside the email
    actions.correct_details(one, user=staff, now=now, contact_by="email")
    assert not Notice.objects.to_tell().exists()
    while claimed := outbox.claim_next(now):
        outbox.send(claimed, now)
    assert [(mail.to, mail.subject.split(":")[0]) for mail in mailoutbox] == [([RIGHT], "Your appointment is confirmed")]
    notice = actions.send_again(Notice.objects.get(kind="confirmed", channel="email"), user=staff, now=now)
    assert notice.channel == "email"

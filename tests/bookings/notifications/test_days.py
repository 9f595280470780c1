"""The messages to staff about a day: the day ahead, outcomes wanted, pages to look at. References, places and times; no names."""

from datetime import timedelta

import pytest

from bookings import actions, notifications
from bookings.models import ConsultationHours, Notice
from services.clinic.clinic import Clinic
from tests.bookings import letters
from tests.bookings.factories import request
from tests.bookings.letters import ADDRESS, K, owe

pytestmark = pytest.mark.django_db
QUERIES = 8
LARGEST = 30 * 1024  # bytes


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.STAFF_EMAIL, settings.SITE_URL = "reception@example.org", "https://www.clinic.test"


def said(kind, now, staff):
    """The message of that day, read at that moment; the text says all that the HTML says."""
    words = notifications.render_notification(owe(kind, None, None, now, staff), now, Clinic(now))
    assert letters.missing_in_text(words) == []
    return words


def line(what, enquiry, note=""):
    note = f" ({note})" if note else ""
    return f"- {what}: {enquiry.reference}{note}\n  https://www.clinic.test/admin/bookings/enquiry/{enquiry.pk}/change/\n"


@pytest.fixture
def confirmed(staff):
    def confirm(place, starts_at, asked_at, **changes):
        enquiry = request(place, starts_at, now=asked_at, **changes)
        return actions.confirm(enquiry, user=staff, now=asked_at, address="" if place.is_online else ADDRESS)

    return confirm


def test_the_day_ahead(harley_street, online, thursday_ten, now, staff, confirmed):
    """At 7am on Thursday: who comes where, who waits for us and how late, what did not go out."""
    eleven = confirmed(harley_street, thursday_ten + timedelta(hours=1), now, email="1@example.org", name="Ada")
    ten = confirmed(harley_street, thursday_ten, now, email="2@example.org")
    video = confirmed(online, thursday_ten, now, email="3@example.org")
    confirmed(harley_street, thursday_ten + timedelta(days=1), now, email="4@example.org")  # tomorrow
    late = request(now=now, email="5@example.org")
    fresh = request(now=thursday_ten - timedelta(hours=11), email="6@example.org")
    request(now=now, email="", contact_by="call", phone="+447700900982")
    failed = Notice.objects.filter(kind=K.RECEIVED, event__enquiry=late)
    failed.update(status="failed", last_error="SMTPDataError 554")
    at_seven = thursday_ten - timedelta(hours=3)

    words = said(K.STAFF_DIGEST, at_seven, staff)

    assert words.subject == "The day ahead: Thursday 4 June (2 late)"
    parts = words.text.split("\n\n")
    assert parts[0] == "Thursday 4 June"
    assert parts[1] + "\n" == "Harley Street\n" + line("10am", ten, "nobody assigned") + line("11am", eleven, "nobody assigned")
    assert parts[2] + "\n" == "Online\n" + line("10am", video, "no video link yet, nobody assigned")
    assert parts[3].startswith("Open requests\n" + line("To answer", late, "late: promised by 8pm on Monday 1 June"))
    assert line("To answer", fresh, "promised by 3pm today") in parts[3] + "\n"
    assert parts[4] + "\n" == "Emails that could not be sent\n" + line(
        "We have your request", late, "the mail server does not accept this message"
    )
    assert parts[5] == "To call or text: 1"
    assert "Ada" not in words.html


def test_a_quiet_day(clinic, now, staff):
    words = said(K.STAFF_DIGEST, now, staff)
    assert words.subject == "The day ahead: Monday 1 June"
    for sentence in ("There are no appointments today.", "No request is open.", "Every email has gone out."):
        assert sentence in words.text


def test_outcomes_are_wanted_of_what_is_over(harley_street, thursday_ten, now, staff, confirmed):
    over = confirmed(harley_street, thursday_ten, now, email="1@example.org")
    came = confirmed(harley_street, thursday_ten + timedelta(hours=1), now, email="2@example.org")
    confirmed(harley_street, thursday_ten + timedelta(days=1), now, email="3@example.org")  # is yet to come
    evening = thursday_ten + timedelta(hours=9)
    actions.mark_attended(came, user=staff, now=evening)

    words = said(K.STAFF_OUTCOMES, evening, staff)

    assert words.subject == "Outcomes wanted: Thursday 4 June"
    assert "Did the person come?\n" + line("Thursday 4 June, 10am", over, "Harley Street") + "\n" in words.text
    assert "What came of the meeting?\n" + line("Thursday 4 June, 11am", came, "Attended") in words.text


def test_when_all_is_written_down(clinic, now, staff):
    assert "It is all written down. Thank you." in said(K.STAFF_OUTCOMES, now, staff).text


def test_pages_to_look_at_are_those_of_the_list_in_admin(content, now, staff):
    """The content of a first install, which nobody has reviewed yet, is the longest list there can be."""
    words = said(K.STAFF_REVIEW, now, staff)
    assert "To review\n- Dynamic interpersonal therapy (no review planned)\n  Read the whole page" in words.text
    assert "To check against the source\n" in words.text
    assert "more: see the board." in words.text
    assert "https://www.clinic.test/admin/services/service/" in words.text
    assert len(notifications.message_for(Notice.objects.get(), now).message().as_bytes()) < LARGEST


@pytest.mark.parametrize("kind", [K.STAFF_DIGEST, K.STAFF_OUTCOMES])
def test_however_much_there_is_an_email_stays_small_and_says_how_much_more(kind, harley_street, thursday_ten, now, staff, confirmed):
    ConsultationHours.objects.update(at_once=20)
    for n in range(40):
        enquiry = confirmed(harley_street, thursday_ten + timedelta(hours=n % 3 - 1), now, email=f"{n}@example.org")
        if n % 2:
            actions.mark_did_not_attend(enquiry, user=staff, now=thursday_ten + timedelta(hours=3))
        request(now=now, email=f"open-{n}@example.org")
    Notice.objects.update(status="failed", last_error="SMTPRecipientsRefused 550")
    notice = owe(kind, None, None, thursday_ten + timedelta(hours=9), staff)
    message = notifications.message_for(notice, thursday_ten + timedelta(hours=9))
    assert len(message.message().as_bytes()) < LARGEST
    assert "more: see the board." in message.body


def test_the_day_ahead_asks_the_database_as_often_for_many_as_for_few(
    harley_street, thursday_ten, now, staff, confirmed, django_assert_num_queries
):
    notice = owe(K.STAFF_DIGEST, None, None, thursday_ten, staff)
    for n in range(2):
        confirmed(harley_street, thursday_ten + timedelta(hours=n), now, email=f"{n}@example.org")
        request(now=now, email=f"open-{n}@example.org")
        with django_assert_num_queries(QUERIES):
            notifications.render_notification(notice, thursday_ten, Clinic(thursday_ten))

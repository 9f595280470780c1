"""The headers of an email and its form on the wire."""

import email
import email.policy
import re
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from bookings import actions, notifications
from bookings.domain.policy import OFFERS_HELD_FOR
from bookings.models import Notice
from services.models import ClinicDetails
from tests.bookings.factories import request
from tests.bookings.letters import ABOUT_A_DAY, K, close_with, owe

pytestmark = pytest.mark.django_db
HOST = re.escape("@requests.invalid>")


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.STAFF_EMAIL, settings.MANAGER_EMAIL = "reception@example.org", "manager@example.org"
    settings.SITE_URL = "https://www.clinic.test"


def read(notice, now):
    """As the next server reads it."""
    return email.message_from_bytes(wire(notice, now), policy=email.policy.default)


def wire(notice, now) -> bytes:
    return notifications.message_for(notice, now).message().as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize("kind", K)
def test_every_email_says_that_a_machine_wrote_it_and_when(kind, harley_street, thursday_ten, now, staff):
    message = read(owe(kind, harley_street, thursday_ten, now, staff), now)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert parsedate_to_datetime(message["Date"]) == now
    assert message["From"]
    assert message["MIME-Version"] == "1.0"


@pytest.mark.parametrize("kind", K)
def test_every_email_is_small_seven_bit_and_of_short_lines(kind, harley_street, thursday_ten, now, staff):
    close_with("Ξενοφώντος " * 80)
    raw = wire(owe(kind, harley_street, thursday_ten, now, staff, name="Zoë 💚"), now)
    assert len(raw) < 30 * 1024
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78
    assert raw.count(b"\n") == raw.count(b"\r\n")


@pytest.mark.parametrize("kind", K)
def test_it_goes_to_whom_it_is_for(kind, harley_street, thursday_ten, now, staff):
    message = read(owe(kind, harley_street, thursday_ten, now, staff), now)
    expected = {"staff": "reception@example.org", "manager": "manager@example.org"}.get(kind.split("_")[0], "sam@example.org")
    assert message["To"] == expected
    assert message["Cc"] is message["Bcc"] is None


def test_answers_go_to_the_clinic_once_it_has_an_address(harley_street, thursday_ten, now, clinic):
    request(harley_street, thursday_ten, now=now)
    notice = Notice.objects.get(kind="received")
    assert read(notice, now)["Reply-To"] is None
    ClinicDetails.objects.update(email="hello@clinic.test")
    assert read(notice, now)["Reply-To"] == "hello@clinic.test"


def test_a_second_copy_is_known_by_its_message_id(harley_street, thursday_ten, now, staff):
    notices = [owe(kind, harley_street, thursday_ten, now, staff) for kind in ABOUT_A_DAY]
    notices.append(owe("received", harley_street, thursday_ten, now, staff))
    ids = [read(notice, now)["Message-ID"] for notice in notices]
    assert ids == [read(notice, now + OFFERS_HELD_FOR)["Message-ID"] for notice in notices]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(rf"<[A-Za-z0-9_-]+{HOST}", each) for each in ids)


def test_no_name_of_a_message_is_given_again_after_a_restore(harley_street, thursday_ten, now, staff):
    """Keys of rows are: what was sent since the backup is taken by mail programs for what comes then."""
    lost = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="x")
    first = read(Notice.objects.get(kind="confirmed"), now)["Message-ID"]
    Notice.objects.filter(kind="confirmed").update(created_at=now + timedelta(minutes=5))  # confirmed anew, under the same key
    assert read(Notice.objects.get(kind="confirmed"), now)["Message-ID"] != first
    assert lost.reference in first


def test_what_the_client_gets_about_one_request_is_one_conversation_and_staffs_another(harley_street, thursday_ten, now, staff):
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address="x")
    actions.cancel(enquiry, now=now)
    request(now=now, email="other@example.org")
    received, new, confirmed, cancelled, replied, *others = [read(notice, now) for notice in Notice.objects.order_by("pk")]
    assert received["In-Reply-To"] is received["References"] is new["In-Reply-To"] is new["References"] is None
    for message in (confirmed, cancelled):
        assert message["In-Reply-To"] == message["References"] == received["Message-ID"]
    assert replied["In-Reply-To"] == replied["References"] == new["Message-ID"]
    assert [message["In-Reply-To"] for message in others] == [None, None]


def test_who_was_rescued_from_spam_begins_a_conversation_like_any_other(harley_street, thursday_ten, now, staff):
    enquiry = actions.mark_not_spam(request(harley_street, thursday_ten, now=now, suspect=True), user=staff, now=now)
    actions.confirm(enquiry, user=staff, now=now, address="x")
    received, confirmed = [read(notice, now) for notice in Notice.objects.to_client().order_by("pk")]
    assert received["In-Reply-To"] is None
    assert confirmed["In-Reply-To"] == received["Message-ID"]


def test_a_confirmation_is_text_then_html_then_calendar_with_the_file_beside_them(harley_street, thursday_ten, now, staff):
    """Mail programs show the last alternative they know: Gmail and Outlook the appointment, others the HTML."""
    message = read(owe("confirmed", harley_street, thursday_ten, now, staff), now)
    alternatives, attached = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert alternatives.get_content_type() == "multipart/alternative"
    text, html, calendar = alternatives.iter_parts()
    assert [part.get_content_type() for part in (text, html, calendar)] == ["text/plain", "text/html", "text/calendar"]
    assert (calendar.get_param("method"), calendar.get_param("charset")) == ("REQUEST", "utf-8")
    assert (attached.get_content_type(), attached.get_filename()) == ("application/ics", "appointment.ics")
    assert calendar.get_payload(decode=True) == attached.get_payload(decode=True)

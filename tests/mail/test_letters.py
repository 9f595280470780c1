"""What arrives in the client's mailbox, by way of a real worker and a real mail server."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from bookings import actions
from bookings.models import ConsultationHours, Enquiry, Notice
from bookings.queries.slots import Slot, SlotFinder, bookable_days, slot_finder_for
from services.models import Location
from tests.bookings import factories
from tests.bookings.letters import owe
from tests.mail.conftest import NAME, write_to
from tests.mail.post import eventually

pytestmark = [pytest.mark.mail, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("rota")]

TELLING = re.compile(r"therap|\bDIT\b|depress|anxi|psycho|counsel", re.IGNORECASE)  # what a glance at a phone must not show
ADDRESS = "1 Example Street\nLondon"


@pytest.fixture
def staff():
    return get_user_model().objects.create_superuser("reception", "", "a long password")


@pytest.fixture
def deliver(server, start_worker):
    """Runs a worker until nothing is owed, a last letter to someone else among it; gives what arrived for the address."""

    def run(address):
        last = write_to("last@example.org")
        worker = start_worker()
        assert eventually(lambda: Notice.objects.filter(event__enquiry=last, status="sent"))
        assert eventually(lambda: not Notice.objects.due(timezone.now()).exists())
        assert worker.finish() == 0
        return server.to(address)

    return run


def parts(message):
    return {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}


def appointment(message):
    """The one event of the calendar that came with it, read strictly."""
    calendar = icalendar.Calendar.from_ical(parts(message)["text/calendar"].get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    assert calendar.errors == event.errors == []
    assert calendar["VERSION"] == "2.0"
    return event


def test_a_request_is_answered_once_in_plain_text_and_html(deliver, a_time):
    offer = a_time["harley-street"]
    enquiry = factories.request(offer.location, offer.starts_at, now=timezone.now(), name=NAME, email="a@example.org")

    (message,) = deliver("a@example.org")

    assert message["Subject"] == f"We have your request ({enquiry.reference})"
    assert message["To"] == "a@example.org"
    assert message["From"] == "HT Bookings <bookings@clinic.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["In-Reply-To"] is None
    assert message["Message-ID"] == f"<{enquiry.reference}-client@requests.invalid>"
    assert set(parts(message)) == {"text/plain", "text/html"}
    for part in parts(message).values():
        words = part.get_content()
        assert NAME in words
        assert enquiry.reference in words
        assert "not confirmed yet" in re.sub("<[^>]+>", "", words)
        assert "The time we hold for you" in words
        assert f"https://www.clinic.test{enquiry.get_absolute_url()}" in words
        assert "0345 474 1724" in words
    notice = enquiry.events.get().notices.get()
    assert (notice.status, notice.attempts, notice.lease, notice.last_error) == ("sent", 1, "", "")


def test_every_kind_arrives_and_no_subject_says_what_it_is_about(server, deliver, staff, rota, settings):
    """One after another, so that none is overtaken by another person's; each at a time of its own."""
    settings.STAFF_EMAIL = settings.MANAGER_EMAIL = "clinic@example.org"
    now, place = timezone.now(), Location.objects.get(slug="harley-street")
    ConsultationHours.objects.update(at_once=20)
    free = {offer.starts_at for offer in SlotFinder([place], *bookable_days(now), now).free_at(place)}
    a_day_later = [timedelta(days=1, hours=hour) for hour in (-1, 0, 1)]  # times that some messages tell of
    starts = sorted(each for each in free if all(each + after in free for after in a_day_later))
    for n, kind in enumerate(Notice.Kind):
        owe(kind, place, starts[3 * n], now, staff, name=NAME, email=f"person{n}@example.org")
    Notice.objects.filter(kind__startswith="reminder").delete()  # not in their hours: the clock's own tests

    deliver("a@example.org")

    subjects = [message["Subject"] for _, message in server.inbox]
    assert len(subjects) == Notice.objects.filter(status="sent").count()
    kinds = {kind for kind in Notice.Kind.values if not kind.startswith("reminder")}
    assert set(Notice.objects.filter(status="sent").values_list("kind", flat=True)) == kinds
    assert [subject for subject in subjects if TELLING.search(subject)] == []


def test_what_is_no_longer_true_is_not_sent(deliver, staff, a_time):
    """Someone changes their mind before the worker has come round."""
    offer, now = a_time["online"], timezone.now()
    enquiry = factories.request(offer.location, offer.starts_at, now=now, email="a@example.org")
    actions.confirm(enquiry, user=staff, now=now)
    actions.cancel(enquiry, now=now)

    (message,) = deliver("a@example.org")

    assert "cancelled" in message["Subject"]
    assert set(Notice.objects.filter(event__enquiry=enquiry).values_list("kind", "status")) == {
        ("received", "dropped"),
        ("confirmed", "dropped"),
        ("cancelled", "sent"),
    }


def test_who_cancels_gets_a_letter_that_takes_the_appointment_out_of_the_calendar(deliver, staff, a_time):
    offer, now = a_time["online"], timezone.now()
    enquiry = factories.request(offer.location, offer.starts_at, now=now, email="a@example.org")
    actions.confirm(enquiry, user=staff, now=now)
    (confirmed,) = deliver("a@example.org")
    actions.cancel(enquiry, now=now)
    _, cancelled = deliver("a@example.org")

    before, after = appointment(confirmed), appointment(cancelled)
    assert parts(cancelled)["text/calendar"].get_param("method") == "CANCEL"
    assert after["STATUS"] == "CANCELLED"
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert cancelled["In-Reply-To"] == confirmed["In-Reply-To"] == f"<{enquiry.reference}-client@requests.invalid>"
    assert after["DTSTART"].dt == before["DTSTART"].dt == offer.starts_at


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        ("Friday 26 March", "20270326T100000Z"),  # the last weekday of winter time
        ("Monday 29 March", "20270329T090000Z"),  # the first of summer time
    ],
)
def test_a_confirmation_carries_an_appointment_that_any_calendar_reads(day, utc, deliver, staff):
    now = datetime(2027, 3, 10, 12, tzinfo=UTC)
    place = Location.objects.get(slug="harley-street")
    start = datetime.strptime(utc, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    enquiry = factories.request(place, start, now=now, name=NAME, email="a@example.org", message="I need a lift.")
    actions.confirm(enquiry, user=staff, now=now, address=ADDRESS)
    Notice.objects.exclude(kind="confirmed").delete()

    (message,) = deliver("a@example.org")

    assert not TELLING.search(message["Subject"])
    assert message["Subject"] == f"Your appointment is confirmed: {day}, 10am ({enquiry.reference})"
    for kind in ("text/plain", "text/html"):
        words = parts(message)[kind].get_content()
        assert day in words
        assert "10am to 10:50am, UK time" in words
        assert "1 Example Street" in words
    attached, offered = parts(message)["application/ics"], parts(message)["text/calendar"]
    assert attached.get_filename() == "appointment.ics"
    assert offered.get_param("method") == "REQUEST"
    assert attached.get_payload(decode=True) == offered.get_payload(decode=True)
    raw = attached.get_payload(decode=True).decode()
    assert "METHOD:REQUEST\r\n" in raw
    assert not TELLING.search(raw.replace("Harley Therapy", ""))
    assert "lift" not in raw
    event = appointment(message)
    assert event["SUMMARY"] == "Appointment"
    assert event["DTSTART"].to_ical().decode() == utc
    assert event["DTEND"].dt - event["DTSTART"].dt == slot_finder_for(Slot(start, place), now).rules.length
    assert event["UID"] == enquiry.calendar_uid
    assert event["LOCATION"] == "1 Example Street, London"
    assert "DESCRIPTION" not in event


def test_a_request_that_lost_its_time_owes_nothing(deliver, a_time):
    offer = a_time["harley-street"]
    factories.request(offer.location, offer.starts_at, now=timezone.now(), email="first@example.org")
    with pytest.raises(actions.SlotTaken):
        factories.request(offer.location, offer.starts_at, now=timezone.now(), email="late@example.org")

    assert deliver("late@example.org") == []
    assert not Enquiry.objects.filter(email="late@example.org").exists()


def test_a_request_that_was_rolled_back_at_the_last_moment_owes_nothing(deliver):
    with transaction.atomic():
        write_to("a@example.org")
        transaction.set_rollback(True)

    assert deliver("a@example.org") == []
    assert not Enquiry.objects.filter(email="a@example.org").exists()


def test_suspected_spam_is_not_written_to(deliver):
    write_to("a@example.org", suspect=True)
    assert deliver("a@example.org") == []


def test_who_gave_no_address_waits_for_a_call_not_for_a_letter(server, start_worker):
    write_to("", contact_by="call")
    write_to("a@example.org")
    start_worker()
    assert eventually(lambda: server.to("a@example.org"))
    assert len(server.inbox) == 1
    assert Notice.objects.to_tell().count() == 1

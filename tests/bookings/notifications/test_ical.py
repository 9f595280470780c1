"""The calendar file: what a person's calendar holds after each message, and that strict readers accept it."""

import re
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from bookings import actions, notifications
from bookings.models import Hold, Notice
from bookings.notifications.ical import CANCEL, busy_times, invitation
from services.models import ClinicDetails, Person
from tests.bookings.factories import request
from tests.bookings.letters import LINK, later

ADDRESS = "1 Any Street\r\nLondon"
ONCE = [
    "PRODID",
    "VERSION",
    "METHOD",
    "CALSCALE",
    "UID",
    "DTSTAMP",
    "DTSTART",
    "DTEND",
    "SEQUENCE",
    "SUMMARY",
    "STATUS",
    "CLASS",
    "ORGANIZER",
]
ONCE += ["ATTENDEE", "LAST-MODIFIED", "TRANSP"]


def sent(message) -> bytes:
    """The file of an email; what stands among its alternatives is the same."""
    ((name, content, kind),) = message.attachments
    assert (name, kind) == ("appointment.ics", "application/ics")
    html, calendar = message.alternatives
    method = re.search(r"METHOD:(\w+)", calendar.content)[1]
    assert (html.mimetype, calendar.mimetype) == ("text/html", f"text/calendar; method={method}")
    assert calendar.content.encode() == content
    return content


class CalendarOfAPerson:
    """Does with each file what RFC 5546 asks of a calendar: of one UID it believes the highest sequence."""

    def __init__(self):
        self.events, self.sequences, self.seen = {}, {}, set()

    def read_new(self, now) -> None:
        for notice in Notice.objects.to_client().exclude(pk__in=self.seen).order_by("pk"):
            self.seen.add(notice.pk)
            message = notifications.message_for(notice, now)
            if message.attachments:
                self.read(sent(message))

    def read(self, content: bytes) -> None:
        calendar = icalendar.Calendar.from_ical(content)
        (event,) = calendar.walk("VEVENT")
        uid, sequence = str(event["UID"]), int(event["SEQUENCE"])
        assert sequence > self.sequences.get(uid, -1), "a calendar would not believe this"
        self.sequences[uid] = sequence
        if calendar["METHOD"] == "CANCEL":
            del self.events[uid]
        else:
            self.events[uid] = event

    @property
    def times(self) -> list[datetime]:
        return [event["DTSTART"].dt for event in self.events.values()]


def test_a_calendar_follows_an_appointment_through_all_that_can_happen(harley_street, thursday_ten, now, staff):
    calendar = CalendarOfAPerson()
    enquiry = request(harley_street, thursday_ten, now=now)
    calendar.read_new(now)
    assert calendar.times == []

    actions.confirm(enquiry, user=staff, now=now, address=ADDRESS)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten]

    actions.assign_person(enquiry, Person.objects.create(name="Dr Robin Hale", is_practitioner=True), user=staff, now=now)
    enquiry = actions.change_time(enquiry, later(enquiry, 1)[0], now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten + timedelta(days=1, hours=1)]

    enquiry = actions.offer_times(enquiry, later(enquiry, 0), user=staff, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten + timedelta(days=1, hours=1)], "what is only on offer is in no calendar"
    actions.accept_offer(enquiry, enquiry.holds.get(kind=Hold.Kind.OFFERED).pk, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten + timedelta(days=2, hours=1)]

    enquiry.refresh_from_db()
    enquiry = actions.cancel_by_clinic(enquiry, user=staff, now=now, offers=later(enquiry, 0))
    calendar.read_new(now)
    assert calendar.times == []
    actions.accept_offer(enquiry, enquiry.holds.get(kind=Hold.Kind.OFFERED).pk, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten + timedelta(days=3, hours=1)]

    actions.cancel(enquiry, now=now)
    calendar.read_new(now)
    assert calendar.times == []
    assert list(calendar.sequences) == [enquiry.calendar_uid]


@pytest.mark.parametrize("how", ["cancels", "is declined"])
def test_who_had_an_appointment_and_ends_while_choosing_another_loses_it_in_the_calendar(how, harley_street, thursday_ten, now, staff):
    calendar = CalendarOfAPerson()
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address=ADDRESS)
    actions.offer_times(enquiry, later(enquiry, 0), user=staff, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten]
    if how == "cancels":
        actions.cancel(enquiry, now=now)
    else:
        actions.decline(enquiry, reason="no_capacity", user=staff, now=now)
    calendar.read_new(now)
    assert calendar.times == []


def test_who_comes_back_gets_an_appointment_of_its_own(harley_street, thursday_ten, now, staff):
    calendar = CalendarOfAPerson()
    first = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address=ADDRESS)
    actions.cancel(first, now=now)
    again = request(harley_street, thursday_ten, now=now, came_back_from_id=first.pk)
    actions.confirm(again, user=staff, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten]
    assert len(calendar.sequences) == 2


def test_a_confirmation_that_goes_out_again_is_believed(harley_street, thursday_ten, now, staff):
    calendar = CalendarOfAPerson()
    actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address=ADDRESS)
    calendar.read_new(now)
    Notice.objects.update(status="sent", sent_at=now)
    actions.send_again(Notice.objects.get(kind="confirmed"), user=staff, now=now)
    calendar.read_new(now)
    assert calendar.times == [thursday_ten]


def test_the_video_link_is_sent_but_stays_out_of_the_calendar(online, thursday_ten, now, staff):
    calendar = CalendarOfAPerson()
    enquiry = actions.confirm(request(online, thursday_ten, now=now), user=staff, now=now)
    calendar.read_new(now)
    actions.send_video_link(enquiry, video_link=LINK, user=staff, now=now)
    calendar.read_new(now)
    (event,) = calendar.events.values()
    assert (int(event["SEQUENCE"]), str(event["LOCATION"])) == (1, "Online, by video")
    assert LINK in notifications.message_for(Notice.objects.filter(kind="confirmed").latest("pk"), now).body


def test_it_holds_the_time_the_place_and_nothing_private(harley_street, thursday_ten, now, staff):
    details = {"name": "Ada Lovelace", "message": "a private matter", "email": "ada@example.org"}
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now, **details), user=staff, now=now, address=ADDRESS)
    content = sent(notifications.message_for(Notice.objects.get(kind="confirmed"), now)).decode()
    (event,) = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (thursday_ten, thursday_ten + timedelta(minutes=50))
    assert (str(event["SUMMARY"]), str(event["CLASS"]), str(event["LOCATION"])) == ("Appointment", "PRIVATE", "1 Any Street, London")
    assert (event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt) == (now, now)
    assert event["ATTENDEE"].params["RSVP"] == "FALSE"
    assert str(event["ATTENDEE"]) == "mailto:ada@example.org"
    assert not {"DESCRIPTION", "COMMENT", "URL", "ATTACH", "VALARM"} & set(event)
    for word in ("private matter", "Ada", "herapy", enquiry.key):
        assert word not in content


def test_a_cancellation_reaches_the_calendar_whatever_has_changed_meanwhile(harley_street, thursday_ten, now, staff, settings):
    """Another address of the site, of the clinic and of its emails: calendars know an appointment by its UID and from whom it came."""
    enquiry = actions.confirm(request(harley_street, thursday_ten, now=now), user=staff, now=now, address=ADDRESS)
    (before,) = icalendar.Calendar.from_ical(sent(notifications.message_for(Notice.objects.get(kind="confirmed"), now))).walk("VEVENT")
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "https://other.example", "Clinic <other@example.org>"
    ClinicDetails.objects.update(email="hello@clinic.example")
    actions.cancel_by_clinic(enquiry, user=staff, now=now)
    (after,) = icalendar.Calendar.from_ical(sent(notifications.message_for(Notice.objects.get(kind="cancelled_clinic"), now))).walk(
        "VEVENT"
    )
    assert [(event["UID"], event["ORGANIZER"]) for event in (before, after)] == [(before["UID"], before["ORGANIZER"])] * 2
    assert uuid.UUID(before["UID"])


def test_a_feed_of_nothing_is_a_calendar_too(now):
    calendar = icalendar.Calendar.from_ical(busy_times([], now))
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]
    assert IcsCalendarStream.calendar_from_ics(busy_times([], now).decode()).events == []


@pytest.mark.parametrize("method", ["REQUEST", CANCEL])
def test_a_strict_reader_finds_nothing_to_mend(method, harley_street, thursday_ten, now):
    """A long address in another script: the hardest case for the length of lines, which counts bytes."""
    harley_street.address = "Ξενοφώντος Ζολώτα; στοά, 12 " * 5 + "\nΛονδίνο"
    enquiry = request(harley_street, thursday_ten, now=now)
    enquiry.location = harley_street
    content = invitation(enquiry, now, method, sequence=3)

    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    for line in content.split(b"\r\n"):
        line.decode()  # no letter is cut in two
    names = Counter(re.findall(r"^([A-Z-]+)[;:]", content.decode().replace("\r\n ", ""), re.MULTILINE))
    assert [name for name in ONCE if names[name] != 1] == []
    assert set(names) - set(ONCE) == {"BEGIN", "END", "LOCATION"}
    assert re.search(rb"DTSTART:20260604T090000Z\r\nDTEND:20260604T095000Z\r\n", content)

    for reader in (icalendar.Calendar.from_ical(content), *icalendar.Calendar.from_ical(content).walk("VEVENT")):
        assert reader.errors == []
    (event,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert (event.dtstart, event.dtend, event.sequence) == (thursday_ten, thursday_ten + timedelta(minutes=50), 3)
    assert event.location.startswith("Ξενοφώντος Ζολώτα; στοά, 12")
    assert event.location.endswith("Λονδίνο")
    assert event.status == ("CANCELLED" if method == CANCEL else "CONFIRMED")


@pytest.mark.parametrize(("month", "utc_hour"), [(7, 9), (12, 10)])
def test_ten_o_clock_is_ten_o_clock_in_summer_and_winter(month, utc_hour, harley_street, staff):
    starts_at = datetime(2026, month, 1, 10, tzinfo=ZoneInfo("Europe/London"))
    before = starts_at.astimezone(UTC) - timedelta(days=3)
    actions.confirm(request(harley_street, starts_at, now=before), user=staff, now=before, address=ADDRESS)
    message = notifications.message_for(Notice.objects.get(kind="confirmed"), before)
    assert ", 10am (HT-" in message.subject
    (event,) = icalendar.Calendar.from_ical(sent(message)).walk("VEVENT")
    assert event["DTSTART"].dt == starts_at
    assert event["DTSTART"].to_ical() == f"2026{month:02}01T{utc_hour:02}0000Z".encode()

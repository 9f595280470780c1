"""One owed message of every kind, about a person and a place that leave nothing empty."""

from datetime import timedelta

from bs4 import BeautifulSoup

from bookings import actions
from bookings.models import Closing, Hold, Notice
from bookings.queries.slots import Slot
from services.clinic.uk_time import LONDON
from services.models import Person
from tests.bookings.factories import request

K = Notice.Kind
ADDRESS = "1 Any Street\nLondon W1"
LINK = "https://video.example.org/abc"
PARAGRAPH = "You asked about the lift: it works again."
OF_THE_CLOCK = {  # owed by the timetable, about an event that another message is about
    K.REMINDER_3: K.CONFIRMED,
    K.REMINDER_1: K.CONFIRMED,
    K.STAFF_UNANSWERED: K.RECEIVED,
    K.MANAGER_UNANSWERED: K.RECEIVED,
}
ABOUT_A_DAY = [K.STAFF_DIGEST, K.STAFF_OUTCOMES, K.STAFF_REVIEW]


def owe(kind: str, place, starts_at, now, user, **changes) -> Notice:
    """The newest notice of this kind: made by the verb that makes it due, for a person with a time at this place."""
    if kind in ABOUT_A_DAY:
        return Notice.objects.create(kind=kind, day=now.astimezone(LONDON).date(), created_at=now)
    place.address, place.getting_in, place.step_free = ("", "", "") if place.is_online else (ADDRESS, "Ring twice.", "There is a lift.")
    place.save()
    if kind in OF_THE_CLOCK:
        event = owe(OF_THE_CLOCK[kind], place, starts_at, now, user, **changes).event
        return Notice.objects.create(kind=kind, event=event, created_at=now)
    enquiry = request(place, starts_at, now=now, **changes)
    HOW[kind](enquiry, now, user)
    return Notice.objects.filter(kind=kind, event__enquiry=enquiry).latest("pk")


def _confirm(enquiry, now, user):
    person = Person.objects.create(name="Dr Robin Hale", slug=enquiry.reference, is_practitioner=True)
    link = LINK if enquiry.location.is_online else ""
    return actions.confirm(enquiry, user=user, now=now, person=person, video_link=link, paragraph=PARAGRAPH)


def later(enquiry, *hours: int) -> list[Slot]:
    """Times at the place of the request, so many hours and a day after its own."""
    return [Slot(enquiry.starts_at + timedelta(days=1, hours=hour), enquiry.location) for hour in hours]


def _offer(enquiry, now, user):
    return actions.offer_times(enquiry, later(enquiry, -1, 0, 1), user=user, now=now, paragraph=PARAGRAPH)


def _cancel_by_clinic(enquiry, now, user):
    actions.cancel_by_clinic(_confirm(enquiry, now, user), user=user, now=now, offers=later(enquiry, 0, 1), paragraph=PARAGRAPH)


def _miss(enquiry, now, user):
    actions.mark_did_not_attend(_confirm(enquiry, now, user), user=user, now=enquiry.ends_at, tell=True, paragraph=PARAGRAPH)


def _expire(enquiry, now, user):
    actions.expire(enquiry, now=enquiry.starts_at)


def _accept(enquiry, now, user):
    enquiry = _offer(enquiry, now, user)
    actions.accept_offer(enquiry, enquiry.holds.filter(kind=Hold.Kind.OFFERED).first().pk, now=now)


HOW = {
    K.RECEIVED: lambda enquiry, now, user: None,
    K.OFFERED: _offer,
    K.WAITLISTED: lambda enquiry, now, user: actions.waitlist(enquiry, user=user, now=now, paragraph=PARAGRAPH),
    K.CONFIRMED: _confirm,
    K.DECLINED: lambda enquiry, now, user: actions.decline(enquiry, reason="no_capacity", user=user, now=now, paragraph=PARAGRAPH),
    K.CANCELLED: lambda enquiry, now, user: actions.cancel(_confirm(enquiry, now, user), now=now),
    K.CANCELLED_CLINIC: _cancel_by_clinic,
    K.MISSED: _miss,
    K.EXPIRED: _expire,
    K.STAFF_NEW: lambda enquiry, now, user: None,
    K.STAFF_CHANGED: lambda enquiry, now, user: actions.change_time(enquiry, *later(enquiry, 1), now=now),
    K.STAFF_REPLIED: _accept,
    K.MANAGER_EXPIRED: _expire,
}


def close_with(text: str) -> None:
    """Closing words for every kind that can have them."""
    Closing.objects.bulk_create(Closing(kind=kind, text=text) for kind, _ in Closing.KINDS)


def missing_in_text(words) -> list[str]:
    """Lines and links of the HTML that the plain text lacks."""
    page = BeautifulSoup(words.html, "html.parser")
    for each in page.select("head, [style^='display:none']"):
        each.decompose()
    parts = page.select("h1, h2, p, li, td:not(:has(table)):not(:has(p))")
    lines = [line for part in parts for line in part.get_text("\n", strip=True).split("\n")]
    hrefs = [link["href"] for link in page.select("a") if not link["href"].startswith("tel:")]
    text = _flat(words.text)
    return [line for line in lines if _flat(line) not in text] + [href for href in hrefs if href not in words.text]


def _flat(text: str) -> str:
    return " ".join(text.lower().replace(":", " ").split())

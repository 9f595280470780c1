"""What somebody at reception sees of a page of the admin, and the times they may choose."""

from datetime import timedelta

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from bookings import actions
from bookings.queries.slots import Slot, SlotFinder, bookable_days
from tests.bookings.factories import request

PHONE = {"phone": "+447700900982", "phone_typed": "07700 900982", "contact_by": "call"}


def at(name, *args):
    """The address of a page of requests: at("change", pk)."""
    return reverse(f"admin:bookings_enquiry_{name}", args=args)


def page(response):
    return BeautifulSoup(response.content, "html.parser")


def words(element):
    """Its text, with single spaces."""
    return " ".join(element.get_text(" ").split())


def said(response):
    """The sentences on top: what was done, and what is wrong."""
    return [words(item) for item in page(response).select(".messagelist li, .error-summary li")]


def buttons(response):
    """The steps, without those under “More”."""
    return [words(button) for button in page(response).select(".request-next > .request-buttons .button")]


def rare(response):
    return [words(button) for button in page(response).select(".request-more .button")]


def story(response):
    """The timeline without its times, the newest first."""
    return [words(item).partition(item.time.get_text())[2].strip() for item in page(response).select(".timeline > li")]


def free_times(place, count=1):
    """The next free times of a place by the real clock."""
    now = timezone.now()
    return [offer for _, offer in zip(range(count), SlotFinder([place], *bookable_days(now), now).free_at(place), strict=False)]


def waiting_for(offer, **changes):
    """A request for this time, sent an hour ago."""
    return request(offer.location, offer.starts_at, now=timezone.now() - timedelta(hours=1), **changes)


def confirmed(offer, staff, **changes):
    return actions.confirm(waiting_for(offer, **changes), user=staff, now=timezone.now(), address="1 Any Street")


def begun(place, staff, **changes):
    """An appointment that began a quarter of an hour ago."""
    starts_at = timezone.now() - timedelta(minutes=15)
    before = starts_at - timedelta(days=3)
    offer = next(SlotFinder([place], *bookable_days(before), before).free_at(place))
    enquiry = actions.confirm(request(place, offer.starts_at, now=before, **changes), user=staff, now=before, address="1 Any Street")
    enquiry.holds.get().cells.all().delete()
    enquiry.holds.update(starts_at=starts_at, ends_at=Slot(starts_at, place).ends_at)
    type(enquiry).objects.filter(pk=enquiry.pk).update(starts_at=starts_at)
    enquiry.refresh_from_db()
    return enquiry

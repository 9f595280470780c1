"""One request by the real clock, which pages look at, in any situation that the page of a request tells apart."""

from datetime import timedelta

from django.utils import timezone

from bookings import actions
from bookings.domain.schedule import WAITING_LIST
from bookings.models import Enquiry
from bookings.queries.slots import SlotFinder, bookable_days
from services.clinic.uk_time import long_date
from tests.bookings.factories import request


class Room:
    def __init__(self, place, staff):
        self.now, self.staff = timezone.now(), staff
        self.by = {"user": staff, "now": self.now}
        self.times = list(SlotFinder([place], *bookable_days(self.now), self.now).free_at(place))
        self.day = long_date(self.times[0].starts_at)

    def new(self, **changes):
        return request(self.times[0].location, self.times[0].starts_at, now=self.now, **changes)

    def not_held(self):
        """The sixth from one network in a day, while nobody has answered the five before."""
        for number in range(5, 10):
            request(self.times[number].location, self.times[number].starts_at, now=self.now, email=f"{number}@example.org", network="one")
        return self.new(network="one")

    def none_suited(self):
        return request(now=self.now, preferred_times=["weekends", "weekday_evenings"])

    def by_phone(self):
        return self.new(email="", contact_by="call", phone="+447700900982")

    def spam(self):
        return self.new(suspect=True)

    def late(self):
        return self._moved(self.new(), waiting_since=self.now - timedelta(days=5))

    def proposed(self):
        return actions.offer_times(self.new(), self.times[3:5], **self.by)

    def proposed_with_appointment(self):
        return actions.offer_times(self.confirmed(), self.times[3:5], **self.by)

    def proposed_after_cancelling(self):
        return actions.cancel_by_clinic(self.confirmed(), offers=self.times[3:5], **self.by)

    def lapsed(self):
        enquiry = self.proposed()
        enquiry.holds.update(expires_at=self.now)
        return enquiry

    def refused(self):
        return actions.refuse_offers(self.proposed(), now=self.now)

    def waitlisted(self):
        return actions.waitlist(self.new(), **self.by)

    def confirmed(self, **changes):
        return actions.confirm(self.new(), **self.by, address="1 Any Street", **changes)

    def begun(self):
        return self._moved(self.confirmed(), starts_at=self.now - timedelta(minutes=10))

    def past(self):
        return self._moved(self.confirmed(), starts_at=self.now - timedelta(hours=2))

    def attended(self):
        return actions.mark_attended(self.past(), **self.by)

    def closed(self):
        return actions.close(self.attended(), outcome="booked", **self.by)

    def missed(self):
        return actions.mark_did_not_attend(self.past(), **self.by)

    def declined(self, reason="no_capacity"):
        return actions.decline(self.new(), reason=reason, **self.by)

    def declined_as_unsuitable(self):
        return self.declined("not_suitable")

    def cancelled(self):
        return actions.cancel(self.new(), now=self.now)

    def cancelled_by_clinic(self):
        return actions.cancel_by_clinic(self.confirmed(), **self.by)

    def expired(self):
        enquiry = self._moved(self.new(), starts_at=self.now - timedelta(hours=1))
        assert actions.expire(enquiry, now=self.now)
        return enquiry

    def expired_offers(self):
        enquiry = self.lapsed()
        assert actions.expire(enquiry, now=self.now)
        return enquiry

    def expired_on_the_list(self):
        enquiry = self.waitlisted()
        assert actions.expire(enquiry, now=self.now + WAITING_LIST)
        enquiry.refresh_from_db()
        return enquiry

    def leaving(self):
        return actions.erase(self.new(), now=self.now)

    def _moved(self, enquiry, **values):
        """As it looks some time later."""
        Enquiry.objects.filter(pk=enquiry.pk).update(**values)
        if "starts_at" in values:
            enquiry.holds.update(starts_at=values["starts_at"], ends_at=values["starts_at"] + timedelta(minutes=50))
        enquiry.refresh_from_db()
        return enquiry

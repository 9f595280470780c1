"""What people and reception do in the sample month: every change is made by one of the site's own actions."""

from __future__ import annotations

import random
import smtplib
import uuid
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.mail import EmailMultiAlternatives

from bookings import actions
from bookings.jobs import jobs
from bookings.models import Enquiry, Note, Notice
from bookings.notifications import outbox
from bookings.notifications.smtp import MailConnection
from bookings.queries.slots import Slot, SlotFinder
from bookings.sample_month.people import DELAYED, PREFERRED, REFUSED, WORDS, person
from services.clinic.opening_hours import instant
from services.clinic.uk_time import LONDON
from services.models import Location, Person

BY_THE_CLOCK = ["erase_due", "expire_requests", "send_reminders", "chase_staff"]
AWAKE = range(6, 23)  # hours of the day, UK time, at which anything falls due
OPENS, CLOSES = time(9, 10), time(18)  # when somebody is at reception, UK time
A_DAY = timedelta(days=1)


class NoTimes(Exception):
    """Rota and closures leave no room for what the sample month needs."""


class NoMail(MailConnection):
    """Takes every email and sends none. One address refuses for good, one for now, as some do."""

    def send(self, message: EmailMultiAlternatives, by: float) -> None:
        """Raise SMTPRecipientsRefused for those two. `by` is a moment of time.monotonic(); it is kept."""
        for address in message.recipients():
            for number, code in ((REFUSED, 550), (DELAYED, 451)):
                if address.endswith(f".{number}@example.org"):
                    raise smtplib.SMTPRecipientsRefused({address: (code, b"")})

    def close(self) -> None:
        """Do nothing: nothing was opened."""


class Desk:
    """The people who ask and the one who answers them, at the moment `clock`, UTC, which whoever runs the month sets."""

    def __init__(self, user: User, now: datetime, chance: random.Random):
        self.user, self.now, self.chance = user, now, chance
        self.clock = now
        self.asked = 0  # requests so far
        self.mail = NoMail()
        self.places = list(Location.objects.order_by("pk"))
        self.practitioners = list(Person.objects.filter(is_practitioner=True).order_by("pk"))

    # People

    def ask(self, who: int, offer: Slot | None = None, *, suspect: bool = False, **changes: Any) -> Enquiry:
        """Store the request of the person with this number, without a time one for parts of the week. Every fifth rings."""
        self.asked += 1
        rings = who % 5 == 0 and not suspect
        asked = replace(person(who), offer=offer)
        if not offer:
            place = self.places[who % len(self.places)].pk if who % 2 else None
            asked = replace(asked, location_id=place, preferred_times=PREFERRED[who % len(PREFERRED)])
        enquiry = actions.request_consultation(
            replace(asked, **changes),
            submission=uuid.uuid4(),
            fingerprint="",
            now=self.clock,
            source=Enquiry.Source.PHONE if rings else Enquiry.Source.ONLINE,
            suspect=suspect,
            user=self.user if rings else None,
        )
        if who % 4 == 0 and not suspect:
            self.write_down(enquiry)
        return enquiry

    # Times

    def free(self, first: datetime, last: datetime, place: Location | None = None) -> list[Slot]:
        """Return the free times from the first to the last moment, at the place or, without one, at some place; raise NoTimes."""
        turn = self.chance.randrange(len(self.places)) if self.places else 0
        first_day, last_day = (moment.astimezone(LONDON).date() for moment in (first, last))
        for each in [place] if place else self.places[turn:] + self.places[:turn]:
            diary = SlotFinder([each], first_day, last_day, self.clock)
            if found := [offer for offer in diary.free_at(each) if first <= offer.starts_at <= last]:
                return found
        raise NoTimes

    def choose(self, first: datetime, last: datetime, place: Location | None = None) -> Slot:
        """Choose a free time between the two moments; raise NoTimes."""
        return self.chance.choice(self.free(first, last, place))

    def ahead(self) -> Slot:
        """Choose a time some days or weeks after the month."""
        return self.choose(self.now + 4 * A_DAY, self.now + (10 + self.chance.randrange(16)) * A_DAY)

    def past(self, before: timedelta) -> Slot:
        """Choose a time that is over so long before the month ends."""
        return self.choose(self.clock + A_DAY, self.now - before)

    def three(self, first: datetime) -> list[Slot]:
        """Return up to three times of one place on different days, from the first moment on."""
        found = self.free(first, first + 12 * A_DAY)
        by_day = {offer.starts_at.astimezone(LONDON).date(): offer for offer in found}
        return sorted(by_day.values(), key=lambda offer: offer.starts_at)[:3]

    def later(self, hours: float) -> datetime:
        """Return a moment about so many hours from now at which somebody is at reception."""
        at = self.clock + timedelta(hours=hours * self.chance.uniform(0.6, 1.4))
        here = at.astimezone(LONDON)
        day = here.date() if here.time() < OPENS else here.date() + A_DAY
        is_open = OPENS <= here.time() <= CLOSES
        return at if is_open else instant(day, OPENS) + timedelta(minutes=self.chance.randrange(90))

    # Reception

    def confirm(self, enquiry: Enquiry, offer: Slot | None = None) -> Enquiry:
        """Confirm it, mostly with what it takes to meet online, and with a practitioner if one is free."""
        place = offer.location if offer else enquiry.required_location
        link = f"https://video.example.org/rooms/{self.asked}" if place.is_online and self.chance.random() < 0.7 else ""
        enquiry = actions.confirm(enquiry, user=self.user, now=self.clock, offer=offer, video_link=link)
        if self.practitioners and self.chance.random() < 0.7:
            with suppress(actions.PersonTaken):
                actions.assign_person(enquiry, self.chance.choice(self.practitioners), user=self.user, now=self.clock)
        return enquiry

    def offer(self, enquiry: Enquiry, offers: list[Slot]) -> Enquiry:
        """Offer these times."""
        return actions.offer_times(enquiry, offers, user=self.user, now=self.clock, paragraph="Please ring us if you would rather talk.")

    def write_down(self, enquiry: Enquiry) -> None:
        """Write a note or a call down, and now and then whose request it is."""
        call = self.chance.choice(["", *Note.Call.values])
        actions.add_note(enquiry, text=self.chance.choice(WORDS["notes"]), call=call, user=self.user, now=self.clock)
        if self.chance.random() < 0.5:
            actions.assign(enquiry, self.user, user=self.user, now=self.clock)

    # What happens by itself

    def pass_time(self) -> None:
        """Do what is due by the clock, and tell by phone whoever has waited for two days to be told."""
        if self.clock.astimezone(LONDON).hour not in AWAKE:
            return
        for name in BY_THE_CLOCK:
            for due in list(jobs.JOBS[name](self.clock)):
                due.do()
        for notice in Notice.objects.to_tell().filter(created_at__lte=self.clock - 2 * A_DAY).select_related("event__enquiry"):
            actions.mark_told_by_phone(notice, user=self.user, now=self.clock)

    def deliver(self) -> None:
        """Make every email that is due, and throw it away as one that is sent."""
        while claimed := outbox.claim_next(self.clock):
            outbox.send(claimed, self.clock, self.mail)

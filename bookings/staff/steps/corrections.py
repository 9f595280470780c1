"""The steps for what is wrong: details mistyped, an outcome pressed by mistake. What has gone out cannot be taken back, and is said."""

from bookings import actions
from bookings.domain.schedule import SENT
from bookings.domain.status import Status
from bookings.forms import contact_details
from bookings.models import Notice
from bookings.staff.enquiry.caller_form import CallerForm
from bookings.staff.steps.base import Step
from bookings.staff.steps.updates import Miss
from services.clinic.uk_time import near_time

UNTIL_CLOSED = "The history says that this was put right. Once the request is closed, it stays as it is."


class CorrectDetails(Step, CallerForm):
    """A mistyped address, another number, a name that was misheard."""

    verb, button, press = "details", "Correct their details", "Save the details"
    done = "The details are saved. What is still to go goes to them; what did not arrive you can send again below."
    is_rare = True

    def __init__(self, *args, enquiry, **kwargs):
        super().__init__(*args, enquiry=enquiry, **kwargs)
        del self.fields["message"], self.fields["adult"]  # their own words, and what they told us once
        self.fields["phone"].error_messages["extension"] = "Leave the extension out and put it in a note"
        kept = {name: getattr(enquiry, name) for name in self.fields}
        self.initial = {**kept, "phone": enquiry.phone_typed, **self.initial}

    @classmethod
    def fits(cls, enquiry, now):
        return True

    @property
    def says(self):
        return [
            "The person is not told. What was sent before went to the old address, with the link to their request: "
            "if somebody else may read it there, replace their link as well.",
        ]

    def act(self):
        actions.correct_details(self.enquiry, user=self.user, now=self.now, **contact_details(self.cleaned_data))


class CameAfterAll(Step):
    verb, button, press = "came-after-all", "They came after all", "They came after all"
    done = "Put right: they came. What came of it is asked next."
    is_rare = True

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.DID_NOT_ATTEND

    @property
    def says(self):
        told = [_of_the_message(notice, self.now) for notice in _told_that_we_missed_them(self.enquiry)]
        recently = self.now - self.enquiry.status_since < SENT  # what was sent before that is kept no longer
        none = "Nobody was told that they did not come." if recently else "Whether they were told that we missed them is kept no longer."
        return [f"“They did not come” was a mistake: {self.enquiry.name} came to {self.their_time}.", *(told or [none]), UNTIL_CLOSED]

    def act(self):
        actions.correct_outcome(self.enquiry, Status.ATTENDED, user=self.user, now=self.now)


class MissedAfterAll(Miss):
    verb, button, press = "missed-after-all", "They did not come after all", "They did not come after all"
    done = "Put right: they did not come."
    is_rare = True

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.ATTENDED

    @property
    def says(self):
        told = [_of_the_message(notice, self.now) for notice in _told_that_we_missed_them(self.enquiry).filter(status=Notice.Status.SENT)]
        return [f"“They came” was a mistake: {self.enquiry.name} did not come to {self.their_time}.", *told, UNTIL_CLOSED]

    def act(self):
        actions.correct_outcome(self.enquiry, Status.DID_NOT_ATTEND, user=self.user, now=self.now, **self.cleaned_data)


def _told_that_we_missed_them(enquiry):
    notices = Notice.objects.filter(event__enquiry=enquiry, kind=Notice.Kind.MISSED)
    return notices.exclude(status=Notice.Status.DROPPED).order_by("pk")


def _of_the_message(notice: Notice, now) -> str:
    """What has become of it, and what becomes of it now."""
    by_email = notice.channel == Notice.Channel.EMAIL
    if notice.status == Notice.Status.SENT and notice.sent_at:
        how = "The email that we missed them went out at" if by_email else "They were told by phone that we missed them, at"
        return f"{how} {near_time(notice.sent_at, now)}. That cannot be taken back: {notice.enquiry.reach} them if it needs a word."
    if notice.status == Notice.Status.FAILED:
        return "The email that we missed them could not be sent."
    if not by_email:
        return "That we missed them need not be told by phone any more: it is taken off the list."
    if notice.lease:
        return "The email that we missed them is being sent at this moment, and may still reach them."
    return "The email that we missed them has not gone yet. It is dropped."

"""The steps that answer a person: yes, later, no."""

from django import forms

from bookings import actions
from bookings.domain.preferences import PREFERRED
from bookings.domain.status import TRANSITIONS, Status
from bookings.models import Enquiry, Hold
from bookings.queries.slots import Slot
from bookings.staff.enquiry.slot_choice import slot_in_words
from bookings.staff.form_fields import field_of
from bookings.staff.steps.base import (
    CHOSEN_LATER,
    SOME_ADDRESS,
    AddressField,
    GettingInField,
    PractitionerField,
    Step,
    Telling,
    ask_address,
    at_place,
    check_place,
    lacks_address,
    practitioners,
)


class Confirm(Telling):
    """Asks for what the confirmation must say and the site does not know yet."""

    verb, button, press = "confirm", "Confirm this time", "Confirm and tell them"
    done = "The time is confirmed."

    address = AddressField()
    getting_in = GettingInField()
    video_link = forms.URLField(
        label="Video link (optional)",
        required=False,
        assume_scheme="https",
        help_text="Leave it empty to send it later: the message then says so.",
    )
    person = PractitionerField(help_text=CHOSEN_LATER)
    field_order = ["address", "getting_in", "video_link", "person", "paragraph"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        location = self.enquiry.location
        ask_address(self, [location])
        if not location or not location.is_online:
            del self.fields["video_link"]
        at_place(self, location)

    @classmethod
    def fits(cls, enquiry, now):
        asked = enquiry.status in {Status.NEW, Status.WAITLISTED} and enquiry.starts_at
        return bool(asked and enquiry.starts_at > now)

    @property
    def says(self):
        return [f"{self.enquiry.name} gets {self.their_time}.", self.told]

    def act(self):
        actions.confirm(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class VideoLink(Step):
    verb, button, press = "video", "Send the video link", "Send the link"
    done = "The confirmation goes out again, with the link."
    tells = True

    video_link = forms.URLField(label="Video link", assume_scheme="https", help_text="The whole address, as the video service gives it.")

    @classmethod
    def fits(cls, enquiry, now):
        online = enquiry.location and enquiry.location.is_online
        return bool(enquiry.status == Status.CONFIRMED and online and enquiry.ends_at > now)

    @classmethod
    def is_next(cls, enquiry):
        return not enquiry.video_link

    @classmethod
    def name_for(cls, enquiry):
        return "Send another video link" if enquiry.video_link else cls.button

    @property
    def says(self):
        return [f"{self.enquiry.name} gets the confirmation once more, with this link in it.", self.told]

    def act(self):
        actions.send_video_link(self.enquiry, video_link=self.cleaned_data["video_link"], user=self.user, now=self.now)


class Address(Step):
    """For who took a time on offer at a place whose address the site did not have: they were told that it follows."""

    verb, button, press = "address", "Send the address", "Send the address"
    done = "The confirmation goes out again, with the address."
    tells = True

    address = AddressField()
    getting_in = GettingInField()

    @classmethod
    def fits(cls, enquiry, now):
        to_come = enquiry.status == Status.CONFIRMED and enquiry.ends_at > now
        return to_come and lacks_address(enquiry.location)

    @classmethod
    def is_next(cls, enquiry):
        return True

    @property
    def says(self):
        return [f"{self.enquiry.name} gets the confirmation once more, with the address in it.", self.told]

    def act(self):
        actions.send_address(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class Waitlist(Telling):
    verb, button, press = "waitlist", "Put on the waiting list", "Put on the waiting list and tell them"
    done = "They are on the waiting list."

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.NEW

    @property
    def says(self):
        freed = ["The time they asked for becomes free for others."] if self.enquiry.starts_at else []
        return ["For when no time fits. They wait until one comes free, for at most 60 days.", *freed, self.told]

    def act(self):
        actions.waitlist(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class Decline(Telling):
    verb, button, press = "decline", "Decline", "Decline"
    done = "The request is declined. Its time is free again."
    is_final = True

    reason = forms.ChoiceField(
        choices=Enquiry.DeclineReason.choices,
        widget=forms.RadioSelect,
        help_text="The person is told kindly, with other places to turn to, and never the reason in these words. Spam gets no message.",
        error_messages={"required": "Choose a reason"},
    )
    field_order = ["reason", "paragraph"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("paragraph") and data.get("reason") == Enquiry.DeclineReason.SPAM:
            self.add_error("paragraph", "Spam gets no message: empty your paragraph, or choose another reason")
        return data

    @classmethod
    def fits(cls, enquiry, now):
        return Status.DECLINED in TRANSITIONS[enquiry.status]

    @property
    def says(self):
        freed = ["The time becomes free for others."] if self.enquiry.starts_at else []
        return [*freed, "A declined request cannot be opened again."]

    def act(self):
        actions.decline(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class Rescue(Step):
    verb, button, press = "rescue", "Not spam", "Not spam"
    done = "This is an ordinary request now."
    at_once = True

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.SUSPECTED_SPAM

    @property
    def says(self):
        return ["It becomes a request like any other, its time is held if it is still free, and the person is told that we have it."]

    def act(self):
        actions.mark_not_spam(self.enquiry, user=self.user, now=self.now)


class OnOffer(forms.ModelChoiceField):
    def label_from_instance(self, hold):
        return slot_in_words(Slot(hold.starts_at, hold.location))


class Accept(Telling):
    """For someone who phones instead of following the link."""

    is_on_the_phone = True

    verb, button, press = "accept", "They take one of the times", "Confirm this time and tell them"
    done = "The time is confirmed. The other times are free again."

    hold = OnOffer(
        Hold.objects.none(),
        label="Which time",
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={
            "required": "Choose one of the times on offer",
            "invalid_choice": "This time is no longer on offer. Choose another.",
        },
    )

    address = AddressField(required=False, why=SOME_ADDRESS)
    getting_in = GettingInField()
    person = PractitionerField(help_text=CHOSEN_LATER)
    field_order = ["hold", "address", "getting_in", "person", "paragraph"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field_of(self, "hold", forms.ModelChoiceField).queryset = on_offer = offered(self.enquiry, self.now)
        ask_address(self, [hold.location for hold in on_offer])
        if not practitioners().exists():
            del self.fields["person"]

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.PROPOSED

    @property
    def says(self):
        return ["For someone who tells you on the phone which time they take.", self.told]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("hold"):
            check_place(self, data["hold"].location)
        return data

    def act(self):
        data = dict(self.cleaned_data)
        hold = data.pop("hold")
        actions.accept_offer(self.enquiry, hold.pk, user=self.user, now=self.now, **data)


def offered(enquiry, now):
    """The times still on offer to this person."""
    return enquiry.holds.filter(kind=Hold.Kind.OFFERED, expires_at__gt=now).select_related("location").order_by("starts_at")


class Refuse(Step):
    verb, button, press = "refuse", "None of the times suits them", "None of them suits"
    done = "The times on offer are free again."

    preferred = forms.MultipleChoiceField(
        label="When could they come? (optional)",
        required=False,
        choices=PREFERRED,
        widget=forms.CheckboxSelectMultiple,
        help_text="These come first when you offer other times.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("preferred", self.enquiry.preferred_times)

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.PROPOSED

    @property
    def says(self):
        return ["For someone who tells you so on the phone. The times become free; an appointment they have stays theirs."]

    def act(self):
        actions.refuse_offers(self.enquiry, preferred=self.cleaned_data["preferred"], user=self.user, now=self.now)

"""The steps for which staff choose from the free times."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.text import get_text_list

from bookings import actions
from bookings.domain.policy import MAX_OFFERS
from bookings.domain.status import BOOKABLE, OFFERABLE, Status
from bookings.staff.enquiry.slot_choice import StaffSlotPicker
from bookings.staff.steps.base import (
    CHOSEN_LATER,
    SOME_ADDRESS,
    AddressField,
    GettingInField,
    PractitionerField,
    Telling,
    ask_address,
    check_place,
    lacks_address,
    practitioners,
)


class Slots(forms.MultipleChoiceField):
    """Which of them are free the picker says."""

    def valid_value(self, value):
        return True


class WithTimes(Telling):
    """Chooses `least` to `most` of the free times. “Show” draws others and takes no step."""

    least, most = 1, MAX_OFFERS
    drawn_at = {"slots": "picker-h"}
    slots = Slots(required=False, widget=forms.MultipleHiddenInput)

    @property
    def own_time_counts(self) -> bool:
        """Whether what they hold themselves stays taken, because they keep it until they answer."""
        return False

    @cached_property
    def picker(self) -> StaffSlotPicker:
        besides = None if self.own_time_counts else self.enquiry.pk
        chosen = self["slots"].value() or []
        return StaffSlotPicker(self.data if self.is_bound else self.initial, chosen, self.now, enquiry=self.enquiry, besides=besides)

    @property
    def input_type(self) -> str:
        return "radio" if self.most == 1 else "checkbox"

    def clean_slots(self):
        if self.picker.lost:
            raise ValidationError(f"No longer free: {self.picker.lost_words}. It is not chosen any more; everything else is kept.")
        offers = self.picker.chosen
        if len(offers) < self.least:
            raise ValidationError("Choose a time" if self.most == 1 else "Choose one to three times")
        if len(offers) > self.most:
            raise ValidationError(f"Choose {'one time' if self.most == 1 else f'at most three times, not {len(offers)}'}")
        return offers


class Offer(WithTimes):
    verb, button, press = "offer", "Offer other times", "Hold these times and tell them"
    done = "The times are held for them."

    @classmethod
    def fits(cls, enquiry, now):
        has_begun = enquiry.status == Status.CONFIRMED and enquiry.starts_at <= now
        return enquiry.status in OFFERABLE and not has_begun

    @classmethod
    def name_for(cls, enquiry):
        return cls.button if enquiry.starts_at else "Offer times"

    @property
    def own_time_counts(self):
        return self.enquiry.status == Status.CONFIRMED

    @property
    def says(self):
        kept = "Each is held for them until they answer, for 72 hours at most, and never longer than until the first of them begins."
        if self.enquiry.status == Status.CONFIRMED:
            own = [f"They keep {self.their_time} until they take another."]
        elif self.enquiry.starts_at and self.enquiry.status == Status.NEW:
            own = [f"The time they asked for, {self.their_time}, becomes free for others unless you choose it, too."]
        else:
            own = []
        return [f"Choose one to three times. {kept}", *own, *self.without_address, self.told]

    @property
    def without_address(self) -> list[str]:
        """Whoever takes a time on offer is told at once where to come."""
        names = [place.name for place in self.picker.places.values() if lacks_address(place)]
        if not names:
            return []
        return [
            f"The site has no address yet for {get_text_list(names, 'and')}. Whoever takes a time there is told that it follows, "
            "and you are asked for it then. Who edits the pages can enter it before, under Locations."
        ]

    def act(self):
        actions.offer_times(
            self.enquiry, self.cleaned_data["slots"], paragraph=self.cleaned_data["paragraph"], user=self.user, now=self.now
        )


class Book(WithTimes):
    """A time agreed on the phone; an appointment moves to it."""

    verb, button, press = "book", "Confirm another time", "Confirm this time and tell them"
    done = "The time is confirmed."
    least = most = 1

    address = AddressField(required=False, why=SOME_ADDRESS)
    getting_in = GettingInField()
    video_link = forms.URLField(
        label="Video link (optional)", required=False, assume_scheme="https", help_text="Only for a meeting online. It can be sent later."
    )
    person = PractitionerField(help_text=CHOSEN_LATER)
    field_order = ["address", "getting_in", "video_link", "person", "paragraph"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("video_link", self.enquiry.video_link)
        places = self.picker.places.values()
        ask_address(self, places)
        if not any(place.is_online for place in places):
            del self.fields["video_link"]
        if self.enquiry.status == Status.CONFIRMED or not practitioners().exists():
            del self.fields["person"]  # whoever sees them stays, if free then

    @classmethod
    def fits(cls, enquiry, now):
        has_begun = enquiry.status == Status.CONFIRMED and enquiry.starts_at <= now
        return enquiry.status in BOOKABLE and not has_begun

    @classmethod
    def name_for(cls, enquiry):
        names = {Status.CONFIRMED: "Move to another time", Status.DID_NOT_ATTEND: "Give them a new time"}
        return names.get(enquiry.status, cls.button if enquiry.starts_at else "Confirm a time")

    @property
    def says(self):
        if self.enquiry.status == Status.CONFIRMED:
            had = [f"They have {self.their_time}. It becomes free once they have the new one. Whoever sees them stays, if free then."]
        else:
            had = []
        return ["For a time you have agreed with them, on the phone for example.", *had, self.told]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("slots"):
            check_place(self, data["slots"][0].location)
        return data

    def act(self):
        data = dict(self.cleaned_data)
        offer = data.pop("slots")[0]
        if not offer.location.is_online:
            data["video_link"] = ""
        actions.confirm(self.enquiry, offer=offer, user=self.user, now=self.now, **data)


class CancelWithApology(WithTimes):
    verb, button, press = "cancel", "Cancel with an apology", "Cancel and tell them"
    done = "The appointment is cancelled, with our apology."
    least, is_final = 0, True

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.CONFIRMED and enquiry.starts_at > now

    @property
    def says(self):
        return [
            f"{self.enquiry.name} loses {self.their_time}. This cannot be taken back.",
            "Choose up to three other times to offer in the same message, each held for 72 hours, or none.",
            self.told,
        ]

    def act(self):
        data = self.cleaned_data
        actions.cancel_by_clinic(self.enquiry, offers=data["slots"], paragraph=data["paragraph"], user=self.user, now=self.now)

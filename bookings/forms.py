"""The questions of the booking. Forms clean and lay out, nothing else; every sentence a person may see is written here."""

from __future__ import annotations

from typing import Any, Self, TypedDict, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.core.exceptions import ValidationError

from bookings.actions import BookingData
from bookings.domain.preferences import ANY, PREFERRED
from bookings.fields import Email, LineField, Name, Phone, Text
from bookings.models import Enquiry
from bookings.queries.slots import Slot
from services.clinic.uk_time import short_moment
from services.models import Location
from services.phone_numbers import to_e164

NONE_SUIT = "none"
MOST_CHARACTERS = 500


class HintedLabel(str):
    """An option's label with a hint under it; Django's widgets pass it through unchanged."""

    __slots__ = ("hint",)
    hint: str

    def __new__(cls, label: str, hint: str = "") -> Self:
        choice = super().__new__(cls, label)
        choice.hint = hint
        return choice


class ClinicForm(forms.Form):
    """Laid out by the crispy pack `clinic`, with one button."""

    use_required_attribute = False
    button = "Continue"
    heading = ""  # the one question whose legend is the page's heading

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_action = self.action
        helper.add_input(Submit("submit", self.button))
        return helper

    action = ""


class WhereForm(ClinicForm):
    heading = "where"

    def __init__(self, *args: Any, places: list[tuple[Location, Slot | None]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        choices = [(location.slug, HintedLabel(place_label(location), _place_hint(location, offer))) for location, offer in places]
        first = min((offer for _, offer in places if offer), key=lambda offer: offer.starts_at, default=None)
        choices.append((ANY, HintedLabel("I don’t mind", f"We show you the times of every place. {_next_time(first)}")))
        self.fields["where"] = forms.ChoiceField(
            label="Where would you like to meet?",
            choices=choices,
            widget=forms.RadioSelect,
            error_messages={"required": "Choose where you would like to meet", "invalid_choice": "Choose where you would like to meet"},
        )


def message_label(safety: str, clinic_name: str) -> str:
    """Return what a message may say, in the words that the client reads: with the clinic's own name."""
    named = Enquiry.MessageSafety.NAMED
    return f"You may leave a message saying {clinic_name}" if safety == named else Enquiry.MessageSafety(safety).label


def place_label(location: Location) -> str:
    return f"{location.name} (video)" if location.is_online else location.name


def _place_hint(location: Location, offer: Slot | None) -> str:
    parts = [location.area, location.step_free]
    if not location.is_online and not location.step_free:
        parts.append("Step-free access: ask us")
    return ". ".join(part.rstrip(".") for part in [*parts, _next_time(offer)] if part)


def _next_time(offer: Slot | None) -> str:
    return f"Next free time: {short_moment(offer.starts_at)}" if offer else "No free time in the next 8 weeks"


class SlotInput(forms.TextInput):
    """The times are drawn by the page; a link from the error summary goes to the first of them."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0"


class WhenForm(ClinicForm):
    slot = LineField(widget=SlotInput, error_messages={"required": "Choose a time, or choose “None of these times suit me”"})


class OtherForm(ClinicForm):
    heading = "preferred"
    preferred = forms.MultipleChoiceField(
        label="When could you come?",
        help_text="Choose all that could work",
        choices=PREFERRED,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one part of the week", "invalid_choice": "Choose at least one part of the week"},
    )


class YouForm(ClinicForm):
    name = Name(
        label="What name should we use?",
        help_text="Your first name is fine",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name", "spellcheck": "false"}),
        error_messages={"required": "Enter the name you would like us to use", "max_length": "Name must be 100 characters or fewer"},
    )
    email = Email(
        label="Email address",
        help_text="We send your confirmation here. Use an address only you read.",
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"max_length": "Email address must be 254 characters or fewer"},
    )
    phone = Phone(
        label="Phone number (optional)",
        help_text="Only if you would like us to call or text.",
        required=False,
        max_length=40,
    )
    contact_by = forms.ChoiceField(
        label="How should we contact you?",
        choices=Enquiry.ContactBy.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how we should contact you", "invalid_choice": "Choose how we should contact you"},
    )
    message_safety = forms.ChoiceField(
        label="If we call and you don’t answer",
        choices=Enquiry.MessageSafety.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    best_time = forms.ChoiceField(
        label="Best time to call (optional)", choices=Enquiry.BestTime.choices, widget=forms.RadioSelect, required=False
    )
    message = Text(
        label="Anything you would like us to know before we reply? (optional)",
        help_text=(
            "For example step-free access, or a preferred therapist. "
            "You don’t need to tell us why you are coming; you can talk about that with your therapist."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    adult = forms.BooleanField(label="I am 18 or over")
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, *args: Any, phone_line: str = "", clinic_name: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        if clinic_name:
            choices = [(value, message_label(value, clinic_name)) for value in Enquiry.MessageSafety.values]
            cast(forms.ChoiceField, self.fields["message_safety"]).choices = choices
        self.fields["adult"].error_messages["required"] = f"Our online requests are for adults. Please call us on {phone_line}"

    def clean_phone(self) -> str:
        """Return the number as typed; cleaned_data["phone_e164"] gets the form that is stored."""
        typed = self.cleaned_data["phone"]
        self.cleaned_data["phone_e164"] = to_e164(typed) if typed else ""
        return typed

    def clean_message(self) -> str:
        message = self.cleaned_data["message"]
        if len(message) > MOST_CHARACTERS:
            raise ValidationError(f"Shorten this to {MOST_CHARACTERS} characters or fewer. It has {len(message)}.")
        return message

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        by_phone = data.get("contact_by") in {Enquiry.ContactBy.CALL, Enquiry.ContactBy.TEXT}
        if not by_phone and "email" in data and not data["email"]:
            self.add_error("email", "Enter your email address, so we can confirm your time")
        if by_phone and "phone" in data and not data["phone"]:
            self.add_error("phone", f"Enter a phone number so we can {data['contact_by']} you, or choose email")
        return data


class CheckForm(ClinicForm):
    button = "Send my request"
    earlier = forms.BooleanField(label="Tell me if an earlier time comes up", required=False)
    token = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "Please check and send again"})


class ContactDetails(TypedDict):
    """Name the fields of an enquiry that say who the person is and how to reach them."""

    name: str
    contact_by: str
    email: str
    phone: str
    phone_typed: str
    message_safety: str
    best_time: str


def contact_details(you: dict) -> ContactDetails:
    """Who the person is and how to reach them, from the cleaned answers of YouForm."""
    return {
        "name": you["name"],
        "contact_by": you["contact_by"],
        "email": you["email"],
        "phone": you["phone_e164"],
        "phone_typed": you["phone"],
        "message_safety": you["message_safety"] or "none",
        "best_time": you["best_time"] if you["phone"] else "",
    }


def booking_data(you: dict, offer: Slot | None, location: Location | None, preferred: list[str], **more: Any) -> BookingData:
    """What is asked for, from the cleaned answers of YouForm and of the pages before it."""
    return BookingData(
        **contact_details(you),
        message=you["message"],
        offer=offer,
        location_id=location.pk if location else None,
        preferred_times=[] if offer else preferred,
        **more,
    )

"""What every step of staff is made of: when it can be taken, what it asks, what it says, and the verb of `actions` that it calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from bookings import actions
from bookings.domain.status import InvalidTransition, Status
from bookings.fields import Text
from bookings.models import Enquiry
from bookings.staff.enquiry.slot_choice import StaffSlotPicker
from bookings.staff.form_fields import field_of
from services.clinic.uk_time import appointment, span
from services.models import Location, Person

MOST_WORDS = 1000
TOO_LONG = {"max_length": "Shorten this to 1,000 characters or fewer"}
SENTENCES: dict[type[Exception], str] = {
    actions.SlotTaken: "Someone else has this time now. Nothing was changed. Please choose another time.",
    actions.Overlap: "One of these times overlaps the time they have or another that you chose, and there is room for one. "
    "Nothing was changed. Please choose others.",
    actions.SlotWithdrawn: "This time has passed, or a closure or the rota no longer has room for it. Nothing was changed.",
    actions.CannotResend: "This message is on its way already, or what it says is no longer true. Nothing was sent.",
    actions.NoSlotChosen: "There is no time to confirm or to assign a practitioner to yet. Nothing was changed.",
    actions.PersonTaken: "This practitioner has another consultation at that time. Choose somebody else, or leave it open for now.",
    actions.DetailsDeleted: "The person asked us to delete their details. Nothing was changed.",
    actions.NotStarted: "The appointment has not begun yet. Nothing was changed.",
}
PROBLEMS: tuple[type[Exception], ...] = (InvalidTransition, *SENTENCES)
NO_ADDRESS = "There is no address for this place yet, and the confirmation must name one. "
SOME_ADDRESS = "Only for a place whose address the site does not have yet: the confirmation must name it. "
PUBLISHED = (
    "It is kept with the place. Everyone sees it, on the page of the place and in search engines: only the street address belongs here."
)
CHOSEN_LATER = "The confirmation names them. If it is not decided yet, choose later."


def sentence_of(problem: Exception) -> str:
    """What the person at the desk reads when a verb has refused."""
    return SENTENCES.get(type(problem)) or f"Someone else was faster. {problem} Nothing was changed."


class Step(forms.Form):
    """One thing staff can do with a request."""

    verb: ClassVar[str]  # in the address
    button: str  # on the page of the request
    press: ClassVar[str]  # on the page of the step
    done: ClassVar[str]  # said afterwards
    permission: ClassVar[str] = "bookings.change_enquiry"
    at_once: ClassVar[bool] = False  # the button on the page of the request takes the step: it can be undone and tells nobody
    is_rare: ClassVar[bool] = False  # under “More”
    is_final: ClassVar[bool] = False  # it cannot be undone, and its button looks like it
    is_deletion: ClassVar[bool] = False
    tells: ClassVar[bool] = False  # the person gets a message, which can be looked at first
    is_on_the_phone: ClassVar[bool] = False  # it is for somebody who is speaking with us
    do_not_call_in_templates = True  # the class itself is shown as a button

    use_required_attribute = False

    def __init__(self, *args, enquiry: Enquiry, now: datetime, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.enquiry, self.now, self.user = enquiry, now, user
        self.is_spoken = False
        if self.tells and enquiry.reach != "email":
            self.fields["spoken"] = spoken_field(enquiry)
            self.initial.setdefault("spoken", self.is_on_the_phone)

    def clean(self) -> dict[str, Any]:
        """Keep apart whether the message is said in this very call: the verb of the step is not asked that."""
        data = super().clean() or self.cleaned_data
        self.is_spoken = data.pop("spoken", False)
        return data

    @classmethod
    def is_open(cls, enquiry: Enquiry, now: datetime) -> bool:
        """Return whether this can be done with the request as it stands. Whose person asked to be forgotten can only be deleted."""
        is_kept = not enquiry.erased_at and (cls.is_deletion or not enquiry.erase_by)
        return is_kept and cls.fits(enquiry, now)

    @classmethod
    def fits(cls, enquiry: Enquiry, now: datetime) -> bool:
        """Return whether this can be done in the state of the request, whose person has not asked to be forgotten."""
        raise NotImplementedError

    @classmethod
    def name_for(cls, enquiry: Enquiry) -> str:
        """The words on its button."""
        return cls.button

    @classmethod
    def is_next(cls, enquiry: Enquiry) -> bool:
        """Whether it is what one would do next, if it is the first of the buttons."""
        return enquiry.status != Status.CONFIRMED

    @classmethod
    def url_name(cls) -> str:
        return f"bookings_enquiry_{cls.verb.replace('-', '_')}"

    @property
    def picker(self) -> StaffSlotPicker | None:
        """The free times, where staff choose from them."""
        return None

    @property
    def title(self) -> str:
        return self.name_for(self.enquiry)

    @property
    def says(self) -> list[str]:
        """What will happen, in sentences."""
        return []

    def act(self) -> None:
        """Calls the verb with what was typed."""
        raise NotImplementedError

    def was_sent_before(self) -> bool:
        """Say whether this very form was taken already, so that doing it again changes nothing."""
        return False

    def typed(self) -> str:
        """Return the sentences that somebody typed into the form, for a note: nothing of what was merely chosen or stood there before."""
        if not self.is_bound:
            return ""
        found = {}
        for field in self.visible_fields():
            value = field.value()
            words = value.strip() if isinstance(value, str) and isinstance(field.field.widget, forms.Textarea | forms.TextInput) else ""
            if words and words != (field.initial or ""):
                found[field.label] = words
        return "\n".join(words if len(found) == 1 else f"{label}: {words}" for label, words in found.items())

    def show_only(self) -> None:
        """Let what was typed be read and copied, and nothing be changed any more."""
        for field in self.fields.values():
            is_text = isinstance(field.widget, forms.Textarea | forms.TextInput)
            field.widget.attrs["readonly" if is_text else "disabled"] = True

    @property
    def their_time(self) -> str:
        one = self.enquiry
        where = "" if not one.location else ", online" if one.location.is_online else f" at {one.location}"
        return f"{appointment(one.required_starts_at).rpartition(',')[0]}, {span(one.required_starts_at, one.ends_at)}{where}"

    @property
    def told(self) -> str:
        if self.enquiry.email:
            return f"They are told by email. {also_reach(self.enquiry)}".rstrip()
        return f"They have no email address: you {self.enquiry.by_phone} them. The words are then on the page of the request."


def spoken_field(enquiry: Enquiry) -> forms.BooleanField:
    """Return the question whether they hear it now, for somebody who is called or texted."""
    return forms.BooleanField(
        label="I tell them now, on the phone",
        required=False,
        help_text=f"Then nobody has to {enquiry.by_phone} them about it. Without a tick it stands under “Tell by phone”.",
    )


def also_reach(enquiry: Enquiry) -> str:
    """Return what to do beside the email for somebody who asked for a call or a text message; empty for everyone else."""
    if not enquiry.email or enquiry.reach == "email":
        return ""
    return f"They asked for a {enquiry.way_by_phone}: {enquiry.reach} them, too."


class Telling(Step):
    """A step that tells the person something, to which staff may add a paragraph."""

    tells = True
    paragraph = Text(
        label="A paragraph of yours (optional)",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=TOO_LONG,
        help_text="It stands in the message, just as you type it. Write nothing about their health.",
    )


def practitioners(location: Location | None = None):
    """Who can be chosen to see a client: anywhere, or at this place."""
    people = Person.objects.filter(is_practitioner=True)
    return people.filter(Q(places=None) | Q(places=location)).distinct() if location else people


class PractitionerField(forms.ModelChoiceField):
    def __init__(self, **options: Any):
        usual: dict[str, Any] = {"label": "With whom", "required": False, "empty_label": "Not decided yet"}
        super().__init__(queryset=practitioners(), **usual | options)
        self.error_messages["invalid_choice"] = "Choose somebody who sees clients at this place, or leave it open"


def at_place(form: forms.Form, location: Location | None) -> None:
    """Leaves only those to choose who see clients at this place; without any the question goes."""
    people = practitioners(location)
    if people.exists():
        field_of(form, "person", forms.ModelChoiceField).queryset = people
    else:
        del form.fields["person"]


def lacks_address(location: Location | None) -> bool:
    """Whether nobody could be told where to come."""
    return bool(location and not location.is_online and not location.address)


class AddressField(Text):
    """Where to come, for a place whose address the site does not have yet. `why` is said before who sees it."""

    def __init__(self, *, why: str = NO_ADDRESS, **options: Any):
        usual: dict[str, Any] = {"label": "Address of the place", "widget": forms.Textarea(attrs={"rows": 3}), "help_text": why + PUBLISHED}
        super().__init__(error_messages={"required": "Enter the address: the message must say where to come"}, **usual | options)


class GettingInField(Text):
    """What only confirmed clients are told beside the address."""

    def __init__(self, **options: Any):
        usual: dict[str, Any] = {
            "label": "How to get in (optional)",
            "required": False,
            "widget": forms.Textarea(attrs={"rows": 2}),
            "help_text": "Door, bell, floor. Kept with the place, too. Only people with a confirmed appointment see it.",
        }
        super().__init__(**usual | options)


def ask_address(form: forms.Form, places: Iterable[Location | None]) -> None:
    """Take the questions about the address out of the form, unless one of the places has none yet."""
    if not any(lacks_address(place) for place in places):
        del form.fields["address"], form.fields["getting_in"]


def check_place(form: forms.Form, location: Location) -> None:
    """For a form that is being cleaned: marks what a confirmation at this place lacks, where to come or somebody who sees clients there."""
    data = form.cleaned_data
    if lacks_address(location) and not data.get("address"):
        form.add_error("address", f"Enter the address of {location}: the confirmation must name it, and the site has none yet")
    person = data.get("person")
    if person and not practitioners(location).filter(pk=person.pk).exists():
        form.add_error("person", f"{person} does not see clients at {location}. Choose somebody else.")

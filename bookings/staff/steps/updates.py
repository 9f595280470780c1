"""The steps beside the answer: whose it is, who sees the person, what was said, what came of it."""

from django import forms
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Q, QuerySet

from bookings import actions
from bookings.domain.status import TRANSITIONS, Status, can_cancel, can_change
from bookings.fields import LineField, Text
from bookings.models import Enquiry, Hold, Note
from bookings.staff.form_fields import field_of
from bookings.staff.steps.base import MOST_WORDS, TOO_LONG, PractitionerField, Step, Telling, at_place
from services.clinic.staff_names import name_of


class Attend(Step):
    verb, button, press = "attend", "They came", "They came"
    done = "Noted: they came. What came of it is asked next."

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.CONFIRMED and enquiry.starts_at <= now

    @classmethod
    def is_next(cls, enquiry):
        return True

    @property
    def says(self):
        return [f"{self.enquiry.name} came to {self.their_time}. Nobody is told anything."]

    def act(self):
        actions.mark_attended(self.enquiry, user=self.user, now=self.now)


class Miss(Telling):
    verb, button, press = "miss", "They did not come", "They did not come"
    done = "Noted: they did not come."

    tell = forms.BooleanField(
        label="Tell them kindly that we missed them",
        required=False,
        help_text="Without a word of blame or of money, and with a link to another time. Leave it out if you will call or text instead.",
    )
    field_order = ["tell", "paragraph"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if data.get("paragraph") and not data.get("tell"):
            self.add_error("tell", "Tick this to send your paragraph, or empty it")
        return data

    fits = Attend.fits

    @property
    def says(self):
        return [f"{self.enquiry.name} did not come to {self.their_time}."]

    def act(self):
        actions.mark_did_not_attend(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class Close(Step):
    verb, button, press = "close", "Close with the outcome", "Close"
    done = "The request is closed."

    outcome = forms.ChoiceField(
        label="What came of it",
        choices=Enquiry.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what came of it"},
    )

    @classmethod
    def fits(cls, enquiry, now):
        return Status.CLOSED in TRANSITIONS[enquiry.status]

    @property
    def says(self):
        return ["Nobody is told anything. The figures count it; a closed request cannot be opened again."]

    def act(self):
        actions.close(self.enquiry, outcome=self.cleaned_data["outcome"], user=self.user, now=self.now)


class CancelForThem(Step):
    verb, button, press = "cancel-for-them", "They cancel", "Cancel for them"
    done = "It is cancelled. Their time is free again."
    is_final = tells = is_on_the_phone = True

    reason = LineField(
        label="What they said (optional)",
        required=False,
        max_length=200,
        help_text="Only if they told you without being asked. They never need a reason.",
        error_messages={"max_length": "Shorten this to 200 characters or fewer"},
    )
    quiet = forms.BooleanField(label="They don’t want a message about this", required=False)

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status != Status.SUSPECTED_SPAM and can_cancel(enquiry.status, enquiry.starts_at, now)

    @property
    def says(self):
        return ["For someone who phones to cancel. It cannot be opened again; they are welcome to ask anew.", self.told]

    def act(self):
        data = self.cleaned_data
        actions.cancel(self.enquiry, reason=data["reason"], tell=not data["quiet"], user=self.user, now=self.now)


class Practitioner(Step):
    verb, button, press = "practitioner", "Practitioner", "Save"
    done = "Saved who sees them."

    person = PractitionerField()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        at_place(self, self.enquiry.location)
        if "person" in self.fields:
            hold = self.enquiry.holds.filter(kind=Hold.Kind.CONFIRMED).first()
            self.initial.setdefault("person", hold and hold.person_id)

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status == Status.CONFIRMED

    def act(self):
        actions.assign_person(self.enquiry, self.cleaned_data.get("person"), user=self.user, now=self.now)


def may_open_requests() -> QuerySet[User]:
    """Return the active accounts that may open requests."""
    backend = "django.contrib.auth.backends.ModelBackend"
    either = [User.objects.with_perm(f"bookings.{verb}_enquiry", backend=backend) for verb in ("view", "change")]
    return (either[0] | either[1]).filter(is_staff=True)


class Colleague(forms.ModelChoiceField):
    """Whom a request can be given to; whoever has it already stays to be seen, also when they can open it no longer."""

    def label_from_instance(self, user):
        if user.may_open:
            return name_of(user)
        return f"{name_of(user)} ({'may no longer open requests' if user.is_active else 'account closed'})"


class Assign(Step):
    verb, button, press = "assign", "Assign", "Assign"
    done = "Saved who sees to it."

    to = Colleague(
        User.objects.none(),
        label="Who sees to it",
        required=False,
        empty_label="Nobody in particular",
        error_messages={"invalid_choice": "Choose somebody from the list: whoever sees to a request must be able to open it"},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        present = self.enquiry.assigned_to_id
        known = User.objects.annotate(may_open=Exists(may_open_requests().filter(pk=OuterRef("pk"))))
        field_of(self, "to", Colleague).queryset = known.filter(Q(may_open=True) | Q(pk=present)).order_by(
            "first_name", "last_name", "username"
        )
        self.initial.setdefault("to", present)

    @classmethod
    def fits(cls, enquiry, now):
        return True

    def act(self):
        actions.assign(self.enquiry, self.cleaned_data["to"], user=self.user, now=self.now)


class Earlier(Step):
    verb, button, press, done = "earlier", "They want an earlier time", "Save", "Saved."
    at_once = is_rare = True

    @classmethod
    def fits(cls, enquiry, now):
        return bool(enquiry.starts_at) and enquiry.status != Status.SUSPECTED_SPAM and can_change(enquiry.status, enquiry.starts_at, now)

    @classmethod
    def name_for(cls, enquiry):
        return "They no longer want an earlier time" if enquiry.wants_earlier else cls.button

    @property
    def says(self):
        return ["Then they stand on the page “Waiting for a time”, with what has come free."]

    def act(self):
        actions.want_earlier(self.enquiry, not self.enquiry.wants_earlier, user=self.user, now=self.now)


class AddNote(Step):
    verb, button, press, done = "note", "Note or call", "Save the note", "Written down."

    text = Text(
        label="Note",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What the next colleague must know, no clinical content. The person can ask to read it. It cannot be changed later.",
        error_messages=TOO_LONG,
    )
    call = forms.ChoiceField(choices=[("", "A note"), *Note.Call.choices], required=False, widget=forms.HiddenInput)
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)
    calls = Note.Call.choices

    @classmethod
    def fits(cls, enquiry, now):
        return True

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if not data.get("text") and not data.get("call") and "text" not in self.errors:
            self.add_error("text", "Write a note, or choose what came of your call")
        return data

    def was_sent_before(self):
        data = self.cleaned_data
        same = self.enquiry.notes.filter(author=self.user, call=data["call"], text=data["text"])
        return data["after"] is not None and same.filter(pk__gt=data["after"]).exists()

    def act(self):
        actions.add_note(self.enquiry, user=self.user, now=self.now, **self.cleaned_data)


class ReplaceLink(Step):
    verb, button, press = "link", "Replace their link", "Replace the link"
    done = "The old link no longer works. Send the last message again to give them the new one."
    is_rare = is_final = True

    @classmethod
    def fits(cls, enquiry, now):
        return enquiry.status != Status.SUSPECTED_SPAM

    @property
    def says(self):
        return [
            "For somebody whose emails another person can read.",
            "The link in every email so far stops working at once. Ask first where the new one may be sent to: "
            "it goes out with the next message.",
        ]

    def act(self):
        actions.replace_link(self.enquiry, user=self.user, now=self.now)


class Erase(Step):
    verb, button, press = "erase", "Erase their details now", "Erase now"
    done = "Their details are erased. Nothing here says any more who it was."
    permission = "bookings.erase_enquiry"
    is_deletion = True
    is_rare = is_final = True

    @classmethod
    def fits(cls, enquiry, now):
        return True

    @property
    def says(self):
        ahead = self.enquiry.starts_at and self.enquiry.starts_at > self.now and self.enquiry.status in {Status.NEW, Status.CONFIRMED}
        freed = [f"Their time, {self.their_time}, becomes free. They are not told."] if ahead else []
        return [
            "Name, email, phone, message, notes and every message still owed are deleted at once. This cannot be taken back.",
            "What stays: that there was a request, when, for where, and what became of it. Backups keep a copy for 30 days at most.",
            *freed,
        ]

    def act(self):
        actions.erase_now(self.enquiry, user=self.user, now=self.now)

"""What the pages behind a person's own link ask: which of the times on offer, why not, and when instead."""

from __future__ import annotations

from typing import Any

from django import forms

from bookings.fields import LineField
from bookings.forms import NONE_SUIT, ClinicForm, HintedLabel, OtherForm, place_label
from bookings.models import Hold
from services.clinic.uk_time import long_date, span

ABOUT_IT = {"email": "send me an email", "text": "text me", "call": "call me"}


class LeavingForm(forms.Form):
    """Whether to write about it; of whom nothing is sent it asks nothing. A form without the answer is one to write about."""

    use_required_attribute = False
    quiet = forms.BooleanField(required=False)

    def __init__(self, *args: Any, told_by: str, **kwargs: Any):
        """`told_by` is how they would hear of it: “email”, “text”, “call”, or nothing."""
        super().__init__(*args, **kwargs)
        if told_by:
            self.fields["quiet"].label = f"Please don’t {ABOUT_IT[told_by]} about this"
        else:
            del self.fields["quiet"]

    @property
    def tell(self) -> bool:
        return not self.cleaned_data.get("quiet")


class CancelForm(LeavingForm):
    field_order = ["reason", "quiet"]
    reason = LineField(
        label="Anything you would like to tell us? (optional)",
        help_text="You don’t need to give a reason.",
        required=False,
        max_length=200,
        error_messages={"max_length": "Shorten this to 200 characters or fewer"},
    )


class AcceptForm(ClinicForm):
    """The times on offer as they are held now: one that was lost while the page was open is no choice any more."""

    heading = "offer"
    button = "Confirm my choice"

    def __init__(self, *args: Any, offers: list[Hold], held_until: str, kept: str | None, lost: str, **kwargs: Any):
        """`kept` is the day of the appointment that stays theirs until they choose another; `lost` what is said of any other choice."""
        super().__init__(*args, **kwargs)
        none = HintedLabel("None of these", f"Your appointment on {kept} stays as it is." if kept else "We look for other times.")
        help_text = f"We hold {'this time' if len(offers) == 1 else 'these times'} for you until {held_until}."
        if kept:
            help_text += f" Your appointment on {kept} stays yours until you choose another."
        self.fields["offer"] = forms.ChoiceField(
            label="Choose a time",
            help_text=help_text,
            choices=[*((str(hold.pk), HintedLabel(_when(hold), place_label(hold.location))) for hold in offers), (NONE_SUIT, none)],
            widget=forms.RadioSelect,
            error_messages={"required": "Choose a time, or choose “None of these”", "invalid_choice": lost},
        )


def _when(hold: Hold) -> str:
    return f"{long_date(hold.starts_at)}, {span(hold.starts_at, hold.ends_at)}, UK time"


class NoneSuitForm(OtherForm):
    """As when none of the free times suits, but nobody has to say more than that."""

    button = "Ask for other times"

    def __init__(self, *args: Any, promise: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["preferred"].required = False
        self.fields[
            "preferred"
        ].help_text = f"Choose all that could work, or leave it open. We answer {promise}. Others can then have the times we offered."

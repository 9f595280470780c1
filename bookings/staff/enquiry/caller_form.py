"""The client's own questions about themselves, in the words of somebody who asks them on the phone."""

from django import forms

from bookings.forms import YouForm
from bookings.staff.form_fields import field_of


class CallerForm(YouForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["website"]
        labels = {
            "name": ("Name", "What they want to be called. A first name is fine."),
            "phone": ("Phone number", ""),
            "email": ("Email address (optional)", "Ask for one only they read. Without it you call or text them with every message."),
            "contact_by": ("How should we contact them?", ""),
            "message_safety": ("If we call and they don’t answer", "Ask this always. Nothing chosen means: leave no message."),
            "best_time": ("Best time to call (optional)", ""),
            "message": (
                "Anything they would like us to know (optional)",
                "Step-free access, a preferred therapist. Not why they are coming: they can talk about that with their therapist.",
            ),
            "adult": ("They are 18 or over", ""),
        }
        for name, (label, help_text) in labels.items():
            self.fields[name].label, self.fields[name].help_text = label, help_text
        self.fields["phone"].error_messages["extension"] = "Leave the extension out and put it under “Anything they would like us to know”"
        self.fields["adult"].error_messages["required"] = "Ask whether they are 18 or over: our consultations are for adults"
        self.fields["name"].error_messages["required"] = "Enter the name they want us to use"
        self.fields["contact_by"].error_messages["required"] = "Choose how we should contact them"
        field_of(self, "message_safety", forms.ChoiceField).choices = [
            ("named", "We may leave a message saying who we are"),
            ("unnamed", "We may leave a message without saying who we are"),
            ("none", "Leave no message"),
        ]
        for name in ("name", "phone", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # the browser knows the desk, not the caller

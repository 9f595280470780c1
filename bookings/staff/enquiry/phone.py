"""A request written down for somebody who calls: the client's own questions, on one page, for a pen in the other hand."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property

from bookings import actions
from bookings.domain.preferences import ANY, PREFERRED
from bookings.domain.status import Status
from bookings.forms import booking_data
from bookings.models import Enquiry
from bookings.staff.base import EnquiryPart
from bookings.staff.enquiry.caller_form import CallerForm
from bookings.staff.enquiry.slot_choice import StaffSlotPicker
from bookings.staff.enquiry.status_line import same_contact
from bookings.staff.steps.base import (
    PROBLEMS,
    AddressField,
    GettingInField,
    PractitionerField,
    ask_address,
    check_place,
    practitioners,
    sentence_of,
)
from bookings.staff.steps.timed import Slots
from bookings.transactions import in_one_transaction
from services.clinic.clinic import Clinic
from services.clinic.uk_time import appointment


class PhoneForm(CallerForm):
    """What a caller is asked. The order is that of the conversation."""

    drawn_at = {"slots": "picker-h"}

    slots = Slots(required=False, widget=forms.MultipleHiddenInput)
    preferred = forms.MultipleChoiceField(
        label="When they could come",
        required=False,
        choices=PREFERRED,
        widget=forms.CheckboxSelectMultiple,
        help_text="Instead of a time, when none of those below suits. We look for one and tell them.",
    )
    earlier = forms.BooleanField(label="They would take an earlier time if one comes up", required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    confirm = forms.BooleanField(
        label="Confirm this time at once",
        required=False,
        help_text="They get the confirmation instead of “We have your request”. Without a time it does nothing.",
    )
    address = AddressField(required=False, why="Only to confirm at a place whose address the site does not have yet. ")
    getting_in = GettingInField()
    person = PractitionerField(help_text="Only when you confirm at once. It can be chosen later.")
    button = "Save the request"

    ASKED = ["name", "phone", "email", "contact_by", "message_safety", "best_time", "message", "adult"]
    AT_ONCE = ["confirm", "address", "getting_in", "person"]

    def __init__(self, *args, now: datetime, saved: Enquiry | None = None, **kwargs):
        """`saved` is what this very form has become: the time it holds is still a free one for whoever sends the form again."""
        super().__init__(*args, label_suffix="", **kwargs)
        self.now, self.saved = now, saved
        ask_address(self, self.picker.places.values())
        if not practitioners().exists():
            del self.fields["person"]

    @cached_property
    def picker(self) -> StaffSlotPicker:
        chosen = self["slots"].value() or []
        return StaffSlotPicker(self.data, chosen, self.now, besides=self.saved.pk if self.saved else None)

    @property
    def asked(self):
        return [self[name] for name in self.ASKED]

    @property
    def at_once(self):
        return [self[name] for name in self.AT_ONCE if name in self.fields]

    def clean_slots(self):
        if self.picker.lost:
            raise ValidationError(f"No longer free: {self.picker.lost_words}. Choose another time; everything else is kept.")
        return self.picker.chosen[:1]

    def clean_submission(self):
        return self.cleaned_data["submission"] or uuid.uuid4()

    def clean(self):
        data = super().clean()
        if "slots" in data and not data["slots"] and not data.get("preferred"):
            self.add_error("slots", "Choose a time, or tick when they could come")
        if data.get("confirm") and data.get("slots"):
            check_place(self, data["slots"][0].location)
        return data

    @property
    def request(self) -> actions.BookingData:
        data = self.cleaned_data
        offer = data["slots"][0] if data["slots"] else None
        location = None if offer else self.picker.places.get(self.picker.at)
        return booking_data(data, offer, location, data["preferred"], wants_earlier=data["earlier"])

    @property
    def fingerprint(self) -> str:
        asked = self.request
        parts = [str(value) for value in (*asked.__dict__.values(), asked.offer and asked.offer.slot)]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @in_one_transaction
    def write_down(self, user) -> Enquiry:
        """Raises what the verbs raise, having stored nothing."""
        data = self.cleaned_data
        actions.expect_address(data.get("address", ""))
        enquiry = actions.request_consultation(
            self.request,
            submission=data["submission"],
            fingerprint=self.fingerprint,
            now=self.now,
            source=Enquiry.Source.PHONE,
            user=user,
        )
        if data["confirm"] and enquiry.starts_at:
            where = {name: data.get(name, "") for name in ("address", "getting_in")}
            actions.confirm(enquiry, user=user, now=self.now, person=data.get("person"), **where)
        actions.mark_told_in_call(enquiry, since=0, now=self.now)
        return enquiry


class PhoneEnquiries(EnquiryPart):
    """The part of the admin of requests that adds one: Django's own address and button for adding."""

    def has_add_permission(self, request):
        return self.may_answer(request)

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        now = timezone.now()
        if request.method != "POST":
            return self._phone(request, PhoneForm(now=now, initial={"submission": uuid.uuid4(), "contact_by": "call"}))
        saved = _saved(request.POST.get("submission", ""))
        form = PhoneForm(request.POST, now=now, saved=saved)
        if "show" in request.POST:
            form.errors.clear()
            return self._phone(request, form)
        if not form.is_valid():
            return self._phone(request, form)
        known = same_contact(form.cleaned_data["email"].lower(), form.cleaned_data["phone_e164"])
        if not saved and not {str(other.pk) for other in known} <= set(request.POST.getlist("anyway")):
            return self._phone(request, form, known=known)
        try:
            enquiry = form.write_down(request.user)
        except actions.AlreadySent as sent:
            words = "You have saved this request already: here it is."
            messages.warning(request, words if sent.same else f"{words} What you changed since is not in it.")
            return redirect("admin:bookings_enquiry_change", sent.enquiry.pk)
        except PROBLEMS as problem:
            form = PhoneForm(request.POST, now=timezone.now())
            if form.is_valid():
                form.add_error(None, sentence_of(problem))
            return self._phone(request, form, status=409)
        messages.success(request, self._for_the_caller(enquiry))
        return redirect("admin:bookings_enquiry_change", enquiry.pk)

    def _for_the_caller(self, enquiry) -> str:
        enquiry.refresh_from_db()
        by_email = "They get an email, too." if enquiry.email else "Nobody calls them again about this."
        if enquiry.status == Status.CONFIRMED:
            place = enquiry.required_location
            where = "online" if place.is_online else ", ".join([str(place), *place.address.split("\n")])
            when = appointment(enquiry.required_starts_at)
            return f"Saved and confirmed. Tell them now: {when}, {where}. Their reference is {enquiry.reference}. {by_email}"
        promise = Clinic(timezone.now()).promise(enquiry.waiting_since)
        return f"Saved. Tell them their reference, {enquiry.reference}, and that we {enquiry.reach} them {promise}. {by_email}"

    def _phone(self, request, form, *, known=(), status=200):
        context = self.admin_site.each_context(request) | {
            "title": "Add a phone enquiry",
            "opts": self.opts,
            "form": form,
            "known": known,
            "any_place": ANY,
        }
        return render(request, "admin/bookings/enquiry/phone.html", context, status=status)


def _saved(submission: str) -> Enquiry | None:
    """What a form with this id has become, if it was sent before."""
    try:
        return Enquiry.objects.filter(submission=uuid.UUID(submission)).first()
    except ValueError:
        return None

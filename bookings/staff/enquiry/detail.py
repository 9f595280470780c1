"""The page of one request, and the steps on it. Every button calls one verb of the package actions; no state is ever set by hand."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from bookings import actions, notifications
from bookings.domain.preferences import PREFERRED
from bookings.models import Enquiry
from bookings.queries.versions import Version, version_of, with_version
from bookings.staff.enquiry.changes import LOOK_FIRST, Overtaken, check_seen, new_since, no_longer_open, refusal
from bookings.staff.enquiry.email_preview import letter_page
from bookings.staff.enquiry.notification_buttons import NotificationButtons, seen_by
from bookings.staff.enquiry.phone import PhoneEnquiries
from bookings.staff.enquiry.status_line import (
    clock_words,
    has_lost_its_room,
    next_words,
    of_same_person,
    please_call,
    relation,
    time_label,
    time_note,
)
from bookings.staff.enquiry.timeline import timeline
from bookings.staff.enquiry.waitlist import WaitingPage
from bookings.staff.steps import PROBLEMS, STEPS, AddNote, Assign, Confirm, Offer, Practitioner, open_steps, sentence_of
from bookings.transactions import in_one_transaction
from services.clinic.clinic import Clinic


class EnquiryPages(NotificationButtons, PhoneEnquiries, WaitingPage):
    """The part of the admin of requests that shows one of them, and takes one down."""

    fields = ["reference"]  # the page of a request has a template of its own
    change_form_template = "admin/bookings/enquiry/change_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = []
        for step in STEPS:
            own.append(path(f"<int:pk>/{step.verb}/", wrap(partial(self.step, step)), name=step.url_name()))
            own.append(path(f"<int:pk>/{step.verb}/draft/", wrap(partial(self.draft, step)), name=f"{step.url_name()}_draft"))
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        found = self.get_object(request, object_id)
        context = self._page(request, _versioned().get(pk=found.pk)) if found else {}
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def _page(self, request, enquiry) -> dict:
        """Everything the page of a request shows. It reads; nothing changes by opening it."""
        now = timezone.now()
        clinic = Clinic(now)
        holds = list(enquiry.holds.select_related("location", "person").order_by("starts_at"))
        lost = has_lost_its_room(enquiry, holds, now)
        entries = timeline(enquiry, now, clinic)
        may_answer = self.may_answer(request)
        steps = open_steps(enquiry, request.user, now) if may_answer else []
        if lost:  # what would be refused is not the first thing to press
            steps = sorted((step for step in steps if step is not Confirm), key=lambda step: step is not Offer)
        asking = {"enquiry": enquiry, "now": now, "user": request.user}
        context = {
            "clinic": clinic,
            "enquiry": enquiry,
            "seen": Version.of(enquiry),
            "next_words": next_words(enquiry, holds, now, lost=lost),
            "clock": clock_words(enquiry, clinic),
            "please_call": please_call(enquiry, clinic),
            "holds": holds,
            "offered": [hold for hold in holds if hold.expires_at],
            "with_whom": next((hold.person for hold in holds if hold.person), None),
            "preferred": [label for value, label in PREFERRED if value in enquiry.preferred_times],
            "buttons": [(step, step.name_for(enquiry)) for step in steps if not step.is_rare],
            "rare": [(step, step.name_for(enquiry)) for step in steps if step.is_rare],
            "next_step": steps[0] if steps and (steps[0].is_next(enquiry) or (lost and steps[0] is Offer)) else None,
            "may_answer": may_answer,
            "time_label": time_label(enquiry, holds),
            "time_note": time_note(enquiry, holds, now),
            "timeline": entries,
            "to_tell": [entry for entry in entries if entry.words],
            "failed": [entry for entry in entries if entry.failed],
            "same_person": [] if enquiry.erased_at else [(other, relation(other, enquiry)) for other in of_same_person(enquiry)],
            "title": f"Request {enquiry.reference}",
            "subtitle": None,
        }
        if may_answer:
            context["assign"] = Assign(**asking)
            context["note"] = AddNote(initial={"after": Version.of(enquiry).note}, **asking) if AddNote.is_open(enquiry, now) else None
            context["person_form"] = Practitioner(**asking) if Practitioner.is_open(enquiry, now) else None
        return context

    # The steps

    def step(self, step, request, pk):
        """A page that says what will happen, asks what is missing, and does it on POST. What was typed is kept when it fails."""
        enquiry, now = self._enquiry(request, pk, step), timezone.now()
        form = self._form(step, request, enquiry, now)
        if not step.is_open(enquiry, now):
            return self._closed(request, form)
        if request.method != "POST":
            return self._ask(request, form)
        if "show" in request.POST:
            form.errors.clear()
            return self._ask(request, form)
        if not form.is_valid():
            return self._ask(request, form)
        try:
            self._take(request, form)
        except Overtaken:
            problem = LOOK_FIRST
        except actions.SlotUnavailable as lost:
            problem = "" if form.picker and not isinstance(lost, actions.Overlap) else sentence_of(lost)
        except PROBLEMS as refused:
            problem = refusal(refused, enquiry, request.user, now)
        else:
            messages.success(request, form.done)
            return self._back(enquiry)
        form = self._form(step, request, self._enquiry(request, pk, step), timezone.now())
        if not step.is_open(form.enquiry, form.now):
            return self._closed(request, form)
        if form.is_valid() or problem:
            form.add_error(None, problem or "One of these times was taken a moment ago. Nothing was changed. Please press again.")
        return self._ask(request, form, status=409)

    def _form(self, step, request, enquiry, now):
        initial = {"slots": request.GET.getlist("slots")} if request.GET.getlist("slots") else None
        return step(request.POST if request.method == "POST" else None, initial=initial, enquiry=enquiry, now=now, user=request.user)

    @in_one_transaction
    def _take(self, request, form) -> None:
        """Take the step, unless something is new on the request since its page was drawn. Of two who press at once one is told.

        Raises Overtaken and what the verb raises. The same form sent twice is no news to itself.
        """
        actions.expect_address(form.cleaned_data.get("address", ""))
        enquiry = Enquiry.objects.locked(form.enquiry.pk)
        if not form.was_sent_before():
            check_seen(enquiry, seen_by(request))
        before = version_of(enquiry).event
        form.act()
        if form.is_spoken:
            actions.mark_told_in_call(enquiry, since=before, now=form.now)

    def _closed(self, request, form):
        """Say that the step is no longer open, who brought the request there and when; what was typed can be kept as a note."""
        enquiry, now = form.enquiry, form.now
        messages.warning(request, no_longer_open(enquiry, request.user, now, seen_by(request)))
        typed = form.typed()
        if not typed:
            return self._back(enquiry)
        form.errors.clear()
        form.show_only()
        note = {"text": typed, "after": Version.of(enquiry).note} if AddNote.is_open(enquiry, now) else None
        return self._ask(request, form, is_open=False, note=note, status=409)

    def _ask(self, request, form, *, is_open=True, note=None, status=200):
        context = self.admin_site.each_context(request) | {
            "title": f"{form.title}: {form.enquiry.reference}",
            "opts": self.opts,
            "enquiry": form.enquiry,
            "seen": Version.of(form.enquiry),
            "news": new_since(form.enquiry, seen_by(request), request.user),
            "form": form,
            "note": note,
            "is_open": is_open,
        }
        return render(request, "admin/bookings/enquiry/step.html", context, status=status)

    def draft(self, step, request, pk):
        """The message as the person would get it if the step were taken now. Nothing is changed."""
        enquiry, now = self._enquiry(request, pk, step), timezone.now()
        if request.method != "POST":
            return redirect(f"admin:{step.url_name()}", enquiry.pk)
        form = self._form(step, request, enquiry, now)
        words, problems = None, []
        if not step.is_open(enquiry, now):
            problems = [no_longer_open(enquiry, request.user, now)]
        elif not form.is_valid():
            problems = [error for errors in form.errors.values() for error in errors]
        else:
            try:
                words = notifications.draft(enquiry, form.act, now)
            except PROBLEMS as refused:
                problems = [refusal(refused, enquiry, request.user, now)]
        if words and enquiry.email:
            return letter_page(request, words)
        return self.spoken_page(request, enquiry, words, problems)

    def _enquiry(self, request, pk, step=None) -> Enquiry:
        if not self.may_answer(request) or (step and not request.user.has_perm(step.permission)):
            raise PermissionDenied
        return get_object_or_404(_versioned(), pk=pk)

    def _back(self, enquiry):
        return redirect("admin:bookings_enquiry_change", enquiry.pk)


def _versioned():
    """Requests, each with its version: read in one statement, so that a page never carries more than it can have shown."""
    return with_version(Enquiry.objects.select_related("location", "assigned_to"))

"""The page of one request, and the steps on it. Every button calls one verb of the package actions; no state is ever set by hand."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone

from bookings import actions, emails
from bookings.admin.letters import letter_page
from bookings.admin.phone import PhoneRequests
from bookings.admin.standing import clock_words, has_lost_its_room, next_words, of_same_person, please_call, relation, time_label, time_note
from bookings.admin.steps import PROBLEMS, STEPS, AddNote, Assign, Confirm, Offer, Practitioner, offered, open_steps, sentence_of
from bookings.admin.timeline import timeline, what_happened, who_did
from bookings.admin.waiting import WaitingPage
from bookings.forms import PREFERRED
from bookings.models import Enquiry, Notice
from bookings.transactions import in_one_transaction
from services.clinic import Clinic


class Overtaken(Exception):
    """Something happened to the request since the page was opened."""


class RequestPages(PhoneRequests, WaitingPage):
    """The part of the admin of requests that shows one of them, and takes one down."""

    fields = ["reference"]  # the page of a request has a template of its own
    change_form_template = "admin/bookings/enquiry/change_form.html"

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = []
        for step in STEPS:
            own.append(path(f"<int:pk>/{step.verb}/", wrap(partial(self.step, step)), name=step.url_name()))
            own.append(path(f"<int:pk>/{step.verb}/draft/", wrap(partial(self.draft, step)), name=f"{step.url_name()}_draft"))
        own.append(path("<int:pk>/notices/<int:notice>/<str:verb>/", wrap(self.notice), name="bookings_enquiry_notice"))
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        enquiry = self.get_object(request, object_id)
        context = self._page(request, enquiry) if enquiry else {}
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
        newest_note = enquiry.notes.aggregate(newest=Max("pk"))["newest"] or 0
        context = {
            "clinic": clinic,
            "enquiry": enquiry,
            "seen": _seen(enquiry),
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
            context["note"] = AddNote(initial={"after": newest_note}, **asking) if AddNote.is_open(enquiry, now) else None
            context["person_form"] = Practitioner(**asking) if Practitioner.is_open(enquiry, now) else None
        return context

    # The steps

    def step(self, step, request, pk):
        """A page that says what will happen, asks what is missing, and does it on POST. What was typed is kept when it fails."""
        enquiry, now = self._enquiry(request, pk, step), timezone.now()
        is_open = step.is_open(enquiry, now)
        posted = request.method == "POST"
        if not is_open:
            messages.warning(request, _no_longer_open(enquiry))
            if not posted or not request.POST.get("paragraph"):
                return self._back(enquiry)
        if not posted:
            return self._ask(request, step, self._form(step, request, enquiry, now))
        form = self._form(step, request, enquiry, now)
        if "show" in request.POST or not is_open:
            form.errors.clear()
            return self._ask(request, step, form, is_open=is_open)
        if not form.is_valid():
            return self._ask(request, step, form)
        try:
            self._take(request, form)
        except Overtaken:
            problem = self._meanwhile(enquiry)
        except actions.TimeLost as lost:
            problem = "" if form.picker and not isinstance(lost, actions.Overlap) else sentence_of(lost)
        except PROBLEMS as refused:
            problem = sentence_of(refused)
        else:
            messages.success(request, form.done)
            return self._back(enquiry)
        form = self._form(step, request, self._enquiry(request, pk, step), timezone.now())
        if form.is_valid() or problem:
            form.add_error(None, problem or "One of these times was taken a moment ago. Nothing was changed. Please press again.")
        return self._ask(request, step, form, is_open=step.is_open(form.enquiry, form.now), status=409)

    def _form(self, step, request, enquiry, now):
        initial = {"slots": request.GET.getlist("slots")} if request.GET.getlist("slots") else None
        return step(request.POST if request.method == "POST" else None, initial=initial, enquiry=enquiry, now=now, user=request.user)

    @in_one_transaction
    def _take(self, request, form) -> None:
        """Takes the step, unless something happened to the request since its page was opened. Of two who press at once one is told."""
        seen = request.POST.get("seen", "")
        actions.expect_address(form.cleaned_data.get("address", ""))
        Enquiry.objects.locked(form.enquiry.pk)
        if seen.isdecimal() and len(seen) < 19 and form.enquiry.events.filter(pk__gt=int(seen)).exists():
            raise Overtaken
        form.act()

    def _meanwhile(self, enquiry) -> str:
        event = enquiry.events.select_related("user").last()
        return (
            f"Something happened to this request since you opened the page: {what_happened(event)} ({who_did(event)}). "
            "Nothing was done now. Please look at it, then press again if it still fits."
        )

    def _ask(self, request, step, form, *, is_open=True, status=200):
        context = self.admin_site.each_context(request) | {
            "title": f"{form.title}: {form.enquiry.reference}",
            "opts": self.opts,
            "enquiry": form.enquiry,
            "seen": _seen(form.enquiry),
            "form": form,
            "step": step,
            "is_open": is_open,
            "on_offer": offered(form.enquiry, form.now),
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
            problems = [_no_longer_open(enquiry)]
        elif not form.is_valid():
            problems = [error for errors in form.errors.values() for error in errors]
        else:
            try:
                words = emails.draft(enquiry, form.act, now)
            except PROBLEMS as refused:
                problems = [sentence_of(refused)]
        if words and enquiry.email:
            return letter_page(request, words)
        return self._no_letter(request, enquiry, words, problems)

    def _no_letter(self, request, enquiry, words, problems=()):
        context = self.admin_site.each_context(request) | {
            "title": f"Message of {enquiry.reference}",
            "opts": self.opts,
            "enquiry": enquiry,
            "words": words,
            "problems": problems,
        }
        return render(request, "admin/bookings/enquiry/no_letter.html", context)

    # The messages

    def notice(self, request, pk, notice, verb):
        """Ticks off what was told by phone, owes a message again, or shows it."""
        enquiry = self._enquiry(request, pk)
        row = Notice.objects.select_related("event__enquiry__location").filter(pk=notice, event__enquiry=enquiry).first()
        if row and verb == "read" and row.is_true and not row.is_for_staff:
            words = emails.words_of(row, timezone.now(), Clinic(timezone.now()), shown=True)
            return letter_page(request, words) if row.channel == Notice.Channel.EMAIL else self._no_letter(request, enquiry, words)
        if request.method == "POST" and row and verb == "told":
            self._try(request, lambda: actions.tell(row, user=request.user, now=timezone.now()), "Ticked off: the person has been told.")
        elif request.method == "POST" and row and verb == "again":
            self._try(
                request, lambda: actions.send_again(row, user=request.user, now=timezone.now()), "It will be sent again within seconds."
            )
        return self._back(enquiry)

    def _enquiry(self, request, pk, step=None) -> Enquiry:
        if not self.may_answer(request) or (step and not request.user.has_perm(step.permission)):
            raise PermissionDenied
        return get_object_or_404(Enquiry.objects.select_related("location"), pk=pk)

    def _try(self, request, act, done) -> None:
        try:
            act()
        except PROBLEMS as problem:
            messages.error(request, sentence_of(problem))
        else:
            messages.success(request, done)

    def _back(self, enquiry):
        return redirect("admin:bookings_enquiry_change", enquiry.pk)


def _no_longer_open(enquiry) -> str:
    return f"This request is “{enquiry.get_status_display()}” now, so this step is no longer open."


def _seen(enquiry) -> int:
    """The newest thing that happened, for a form to carry: what happens later overtakes it."""
    return enquiry.events.aggregate(newest=Max("pk"))["newest"] or 0

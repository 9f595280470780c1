"""The pages of a booking. A page fetches, asks, answers; what it decides is decided elsewhere."""

from __future__ import annotations

import uuid
from datetime import datetime
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from bookings import actions, rate_limits
from bookings.domain.email_typos import did_you_mean
from bookings.domain.preferences import ANY, PREFERRED
from bookings.forms import NONE_SUIT, CheckForm, ClinicForm, OtherForm, WhenForm, WhereForm, YouForm, message_label
from bookings.models import Enquiry
from bookings.public.enquiry_views import LOST, lost_form, of_key, page, posted, refuse, refused_slot, see, show
from bookings.public.session import Answers, fingerprint_of, read_token
from bookings.queries.slot_picker import SlotPicker, judge
from bookings.queries.slots import Slot, find_slot, next_slots
from services.clinic import clinic
from services.clinic.uk_time import near_time
from services.email_addresses import readable
from services.phone_numbers import dialled

CHECK_AGAIN = "Please check and send again"


@gzip_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    at = request.GET.get("at", "")
    return render(request, "bookings/start.html", {"at": at if at.replace("-", "").isalnum() else ""})


@gzip_page
@page
def where(request: HttpRequest) -> HttpResponse:
    answers = Answers(request)
    at = request.GET.get("at", "")  # a link named a place
    suggested = at if at in {*answers.places, ANY} else answers.where
    form = WhereForm(posted(request), initial={"where": suggested}, places=next_slots(clinic.of(request)))
    if request.method == "POST" and form.is_valid():
        answers.open()
        answers.choose_place(form.cleaned_data["where"])
        return redirect(answers.next_step())
    return _step(request, "where", form, answers, back=reverse("bookings:start"))


@gzip_page
@page
def when(request: HttpRequest) -> HttpResponse:
    answers = _answers(request)
    if not answers.where and (offer := find_slot(refused_slot(request), answers.places)):
        answers.choose_place(offer.location.slug)
    if not answers.where:
        return _no_place_yet(request, answers)
    if request.method == "POST":
        if request.POST.get("slot") == NONE_SUIT:
            return redirect("bookings:other")
        form = WhenForm(request.POST)
        if not form.is_valid():
            return _when(request, answers, form=form)
        offer, problem = judge(form.cleaned_data["slot"], answers.places, answers.now)
        if offer and answers.location:  # the page in this tab may be that of another place than was chosen last, in another tab
            answers.choose_place(offer.location.slug)
        if offer is None or problem:
            return _lost_time(request, answers, problem, offer)
        answers.save(slot=offer.slot, preferred=[])
        return redirect(answers.next_step())
    return _when(request, answers, form=WhenForm(posted(request)))


def _when(request: HttpRequest, answers: Answers, *, form: WhenForm | None = None) -> HttpResponse:
    """The page of free times. With none free it is the other form's page."""
    times = _free_times(request, answers)
    return _times(request, answers, times, form or WhenForm()) if times.any_free else redirect("bookings:other")


def _free_times(request: HttpRequest, answers: Answers, lost: Slot | None = None) -> SlotPicker:
    locations = [answers.location] if answers.location else answers.places.values()
    chosen = refused_slot(request) or answers.slot
    return SlotPicker(locations, request.GET, clinic.of(request), path=reverse("bookings:when"), chosen=chosen, lost=lost)


def _lost_time(request: HttpRequest, answers: Answers, problem: str, offer: Slot | None) -> HttpResponse:
    """Back to the times with everything else kept, the closest ones first: 409 when someone else was faster."""
    status, sentence = LOST[problem]
    times = _free_times(request, answers, lost=offer)
    if not times.any_free:
        form = OtherForm({})
        form.errors.clear()
        form.add_error(None, sentence)
        return _other(request, answers, form, any_free=False, status=status)
    return _times(request, answers, times, lost_form(problem), status=status)


def _times(request: HttpRequest, answers: Answers, times: SlotPicker, form: WhenForm, *, status: int = 200) -> HttpResponse:
    return _step(request, "when", form, answers, back=reverse("bookings:where"), status=status, times=times)


@page
def other(request: HttpRequest) -> HttpResponse:
    answers = _answers(request)
    if not answers.where and posted(request) is None:
        return _no_place_yet(request, answers)
    form = OtherForm(posted(request), initial={"preferred": answers.preferred})
    if request.method == "POST" and form.is_valid():
        answers.save(slot="", preferred=form.cleaned_data["preferred"])
        return redirect(answers.next_step())
    return _other(request, answers, form, any_free=_free_times(request, answers).any_free)


def _other(request: HttpRequest, answers: Answers, form: OtherForm, *, any_free: bool, status: int = 200) -> HttpResponse:
    back = reverse("bookings:when") if any_free else reverse("bookings:where")
    return _step(request, "other", form, answers, back=back, status=status, any_free=any_free)


@page
def you(request: HttpRequest) -> HttpResponse:
    answers = _answers(request)
    if not answers.where and posted(request) is None:
        return _no_place_yet(request, answers)
    form = YouForm(posted(request), initial=answers.you, phone_line=str(clinic.of(request).phone), clinic_name=clinic.of(request).name)
    if request.method == "POST" and form.is_valid():
        answers.save(you=form.cleaned_data)
        return redirect(answers.next_step())
    back = reverse("bookings:when") if answers.slot else reverse("bookings:other")
    return _step(request, "you", form, answers, back=back)


@page
def check_view(request: HttpRequest) -> HttpResponse:
    answers = Answers(request)
    return _send(request, answers) if request.method == "POST" else _last_page(request, answers)


def _last_page(request: HttpRequest, answers: Answers) -> HttpResponse:
    """The last page, or the first whose answer is missing."""
    if not answers:
        _restore(request, answers)
    if not answers.complete:
        return redirect(answers.next_step()) if answers else _lost_answers(request)
    return _check(request, answers)


def _check(request: HttpRequest, answers: Answers, problem: str = "") -> HttpResponse:
    values = {"token": answers.token, "earlier": (posted(request) or answers.data).get("earlier")}
    form = CheckForm(values if problem else None, initial=values)
    if problem:
        form.add_error(None, problem)
    email, phone = answers.you["email"], answers.you["phone_e164"]
    chosen = dict(PREFERRED)
    context: dict[str, Any] = {
        "offer": answers.offer,
        "location": answers.location,
        "you": answers.you,
        "email": readable(email),
        "phone": dialled(phone) if phone else "",
        "contact_by": Enquiry.ContactBy(answers.you["contact_by"]).label,
        "message_safety": message_label(answers.you["message_safety"] or "none", clinic.of(request).name),
        "best_time": Enquiry.BestTime(answers.you["best_time"]).label if answers.you["best_time"] else "",
        "preferred": [chosen[part] for part in answers.preferred],
        "did_you_mean": did_you_mean(email),
    }
    return _step(request, "check", form, answers, back=reverse("bookings:you"), **context)


def _restore(request: HttpRequest, answers: Answers) -> None:
    """Take the answers of a session that has ended from the token that came, for their person to look at and send again.

    Those that were sent stay where they are: their details may have been deleted since.
    """
    sent = posted(request)
    carried = read_token(sent.get("token", "")) if sent else {}
    if carried and not Enquiry.objects.filter(submission=carried["submission"]).exists():
        answers.save(**carried)
        refuse(request)


def _send(request: HttpRequest, answers: Answers) -> HttpResponse:
    """Stores the request once, however often it is sent, and leads to its own page."""
    now, carried = answers.now, read_token(request.POST.get("token", ""))
    submission, fingerprint = carried.get("submission"), fingerprint_of(carried)
    before = Enquiry.objects.filter(submission=submission).first() if submission else None
    if before:
        return _already_sent(request, answers, before, changed=fingerprint != before.fingerprint)
    if not answers:
        return _last_page(request, answers)
    answers.save(earlier=bool(request.POST.get("earlier")))
    if not answers.complete:
        return _incomplete(request, answers, carried)
    shown = (submission, fingerprint) == (answers.data["submission"], answers.fingerprint)  # and not another tab's answers
    if not shown or answers.too_fast:
        return _check(request, answers, CHECK_AGAIN)
    if not rate_limits.allowed("send", request.META["REMOTE_ADDR"], rate_limits.SENDS_AN_HOUR, now):
        return _too_many(request, now)
    try:
        enquiry = actions.request_consultation(
            answers.asked(),
            submission=uuid.UUID(submission),
            fingerprint=fingerprint,
            now=now,
            suspect=answers.looks_like_spam,
            network=rate_limits.network_checksum(request.META["REMOTE_ADDR"]),
        )
    except actions.AlreadySent as sent:
        return _already_sent(request, answers, sent.enquiry, changed=not sent.same)
    except actions.SlotUnavailable as lost:
        offer = answers.offer
        answers.save(slot="")
        return _lost_time(request, answers, lost.problem, offer)
    answers.sent(enquiry.key)
    return see(enquiry)


def _incomplete(request: HttpRequest, answers: Answers, carried: dict[str, Any]) -> HttpResponse:
    """Lead to the question that is open again: mostly the time, lost when the same page was sent before."""
    slot = carried.get("slot", "")
    if answers.next_step() != "bookings:when" or not slot:
        return redirect(answers.next_step())
    offer, problem = judge(slot, answers.places, answers.now)
    if offer is None or problem:
        return _lost_time(request, answers, problem, offer)
    answers.save(slot=offer.slot)  # it has become free again
    return _check(request, answers, CHECK_AGAIN) if answers.complete else redirect(answers.next_step())


def _too_many(request: HttpRequest, now: datetime) -> HttpResponse:
    again = rate_limits.again_from(now)
    response = render(request, "bookings/too_many.html", {"again": near_time(again, now)}, status=429)
    response["Retry-After"] = ceil((again - now).total_seconds())
    return response


def _already_sent(request: HttpRequest, answers: Answers, enquiry: Enquiry, *, changed: bool) -> HttpResponse:
    if enquiry.erased_at:  # the page was still open when its person deleted their details
        return _lost_answers(request)
    if answers.data.get("submission", str(enquiry.submission)) == str(enquiry.submission):
        answers.sent(enquiry.key)  # and never the answers of a new booking in another tab
    return show(request, enquiry, status=409, already_sent=True) if changed else see(enquiry)


@page
def clear(request: HttpRequest) -> HttpResponse:
    """Ask, and on POST forget what was typed in this browser, and which request it became."""
    if request.method == "POST":
        Answers(request).clear()
        return render(request, "bookings/cleared.html", {"was_sent": "was_sent" in request.POST})
    return render(request, "bookings/clear.html")


def _step(
    request: HttpRequest, name: str, form: ClinicForm, answers: Answers, *, back: str, status: int = 200, **context: object
) -> HttpResponse:
    context |= {
        "form": form,
        "answers": answers,
        "back": reverse("bookings:check") if answers.complete and name != "check" else back,
        "step": {"where": 1, "when": 2, "other": 2, "you": 3, "check": 4}[name],
        "place": answers.location,
        "any_place": answers.where == ANY,
    }
    return render(request, f"bookings/{name}.html", context, status=status)


def _answers(request: HttpRequest) -> Answers:
    """Return the answers so far. A form that comes when there are none was open for longer than its session: a new one begins, and the
    form is shown again as it was sent."""
    answers = Answers(request)
    if not answers and posted(request) is not None:
        answers.open()
        refuse(request)
    return answers


def _no_place_yet(request: HttpRequest, answers: Answers) -> HttpResponse:
    """Someone is a step too far: back to the first question."""
    return redirect("bookings:where") if answers else _lost_answers(request)


def _lost_answers(request: HttpRequest) -> HttpResponse:
    """Someone is in the middle without any answers: they went back after sending, the session ended, or they followed a link."""
    key = Answers(request).sent_key
    if key and of_key(key):
        return redirect("bookings:request", key)
    return render(request, "bookings/lost_answers.html")

"""The pages of one request, behind the link that is its person's alone: how it stands, and what they can do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import actions
from bookings.domain.preferences import ANY
from bookings.domain.status import REBOOKABLE, InvalidTransition, Status, can_cancel, can_change
from bookings.forms import WhenForm
from bookings.models import Enquiry
from bookings.notifications.ical import published
from bookings.public.presenter import EnquiryPresenter
from bookings.public.response_forms import CancelForm, LeavingForm
from bookings.public.session import Answers
from bookings.queries.slot_picker import SlotPicker, judge
from bookings.queries.slots import Slot
from services.clinic import clinic
from services.models import Location

LOST = {  # why a time cannot be had: the status of the answer, and the sentence
    "taken": (409, "Sorry, that time has just been requested by someone else. These are the closest times."),
    "gone": (200, "That time is no longer available"),
}

page = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, also when it is nothing at all: that is an answer with everything missing. And what was sent with a form
    that was refused, for the form to show it."""
    return request.POST if request.method == "POST" else getattr(request, "refused", None)


def refuse(request: HttpRequest) -> None:
    """Turn a POST into a GET that carries nothing, so that no view acts on it, and keep what was sent in `request.refused`.

    The page is the one a GET would get, but its form shows what was sent, under a sentence (includes/refused.html).
    """
    if request.method == "POST":  # else it was refused before
        request.refused, request.POST, request.method = request.POST, QueryDict(), "GET"  # type: ignore[attr-defined]


def refused_slot(request: HttpRequest) -> str:
    """Return the time that was chosen on a form that was refused, else nothing."""
    return getattr(request, "refused", {}).get("slot", "")


def lost_form(problem: str) -> WhenForm:
    """The form of the times with the sentence about the one that was lost."""
    form = WhenForm({"slot": "lost"})
    form.add_error("slot", LOST[problem][1])
    return form


def behind_link(view: Callable[[HttpRequest, Enquiry], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Finds the request a link names for the view; a link that names none looks the same everywhere."""

    @wraps(view)
    def answer(request: HttpRequest, key: str) -> HttpResponse:
        enquiry = of_key(key)
        return view(request, enquiry) if enquiry else render(request, "bookings/link_gone.html", status=404)

    return answer


class SeeOther(HttpResponseRedirect):
    """303: the browser fetches the page it names, and reloading that sends nothing."""

    status_code = 303
    is_stored = True  # what it leads to is in the database, whatever becomes of the session


def see(enquiry: Enquiry) -> HttpResponse:
    """Return the way to the request's own page."""
    return SeeOther(enquiry.get_absolute_url())


def done(request: HttpRequest, enquiry: Enquiry, verb: str) -> HttpResponse:
    """Return the way back to the request's page; after a POST that begins with what is true now (bookings/includes/done.html).

    Only the verb travels, in the cookie of Django's messages: no session begins by it, and the page asks the row what came of it.
    """
    if request.method == "POST":
        messages.info(request, verb, extra_tags=enquiry.reference)
    return see(enquiry)


@require_safe
@behind_link
def request_page(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """The lasting page of a request. It only shows; nothing changes by opening a link."""
    return show(request, enquiry)


@require_safe
@behind_link
def calendar(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """The appointment as a file for the person's own calendar; without one, where the request stands."""
    presenter = presenter_for(request, enquiry)
    if not presenter.has_appointment:
        return redirect(enquiry)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(published(enquiry), content_type="text/calendar; charset=utf-8; method=PUBLISH", headers=headers)


@page
@behind_link
def cancel_view(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """Asks, and cancels on POST. What is over already shows where it stands."""
    if not can_cancel(enquiry.status, enquiry.starts_at, timezone.now()):
        return done(request, enquiry, "cancel")
    presenter = presenter_for(request, enquiry)
    form = CancelForm(posted(request), told_by=presenter.told_by)
    if request.method == "POST" and form.is_valid():
        with suppress(InvalidTransition):  # someone was faster: the page says how it stands now
            actions.cancel(enquiry, now=timezone.now(), reason=form.cleaned_data["reason"], tell=form.tell)
        return done(request, enquiry, "cancel")
    context = {"enquiry": enquiry, "form": form, "presenter": presenter}
    return render(request, "bookings/cancel.html", context)


@page
@behind_link
def change(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """Shows the free times, and on POST moves to one of them. What is over already shows where it stands."""
    now = clinic.of(request).now
    if not can_change(enquiry.status, enquiry.starts_at, now):
        return done(request, enquiry, "change")
    places = {location.slug: location for location in clinic.of(request).locations}
    confirmed = enquiry.status == Status.CONFIRMED
    at = enquiry.required_location.slug if confirmed else request.GET.get("at", "")
    allowed = {at: enquiry.required_location} if confirmed else places
    location = places.get(at) or (None if at == ANY else enquiry.location)
    form = WhenForm(posted(request))
    if request.method != "POST" or not form.is_valid():
        return _change(request, enquiry, places, location, form)
    offer, problem = judge(form.cleaned_data["slot"], allowed, now, besides=enquiry.pk)
    if offer and not problem:
        try:
            actions.change_time(enquiry, offer, now=now)
        except InvalidTransition:  # someone was faster: the page says how it stands now
            pass
        except actions.SlotUnavailable as lost:
            problem = lost.problem
    if not problem:
        return done(request, enquiry, "change")
    return _change(request, enquiry, places, location, lost_form(problem), lost=offer, status=LOST[problem][0])


def _change(
    request: HttpRequest,
    enquiry: Enquiry,
    places: Mapping[str, Location],
    location: Location | None,
    form: WhenForm,
    *,
    lost: Slot | None = None,
    status: int = 200,
) -> HttpResponse:
    """With one place chosen its times, else those of all places; a confirmed appointment stays where it is."""
    at = location.slug if location else ANY
    shown = [location] if location else places.values()
    path = reverse("bookings:change", args=[enquiry.key])
    chosen = refused_slot(request) or _slot(enquiry)
    times = SlotPicker(shown, request.GET, clinic.of(request), path=path, chosen=chosen, lost=lost, besides=enquiry.pk, kept={"at": at})
    choices = [] if enquiry.status == Status.CONFIRMED else [*((slug, place.name) for slug, place in places.items()), (ANY, "Any place")]
    context = {
        "enquiry": enquiry,
        "form": form,
        "times": times,
        "places": [{"url": "?" + urlencode({"at": slug}), "label": name, "is_current": slug == at} for slug, name in choices],
        "back": enquiry.get_absolute_url(),
        "holds_time": enquiry.holds.exists(),
        "is_told": enquiry.status != Status.SUSPECTED_SPAM,
    }
    return render(request, "bookings/change.html", context, status=status)


def _slot(enquiry: Enquiry) -> str:
    """The time it has, as the form names it."""
    return Slot(enquiry.starts_at, enquiry.required_location).slot if enquiry.starts_at else ""


@require_POST
@behind_link
def earlier(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """“Tell me if an earlier time comes up”, on or off."""
    with suppress(InvalidTransition):  # it is over: the page says so
        actions.want_earlier(enquiry, request.POST.get("wants") == "yes", now=timezone.now())
    return done(request, enquiry, "earlier")


@page
@behind_link
def delete(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """Asks, and deletes the person's details on POST."""
    if enquiry.erase_by:
        return done(request, enquiry, "delete")
    presenter = presenter_for(request, enquiry)
    form = LeavingForm(posted(request), told_by="email" if presenter.has_time_ahead and presenter.told_by == "email" else "")
    if request.method == "POST" and form.is_valid():
        Answers(request).clear()  # they may remember this request
        enquiry = actions.erase(enquiry, now=timezone.now(), tell=form.tell)
        return render(request, "bookings/deleted.html") if enquiry.erased_at else done(request, enquiry, "delete")
    return render(request, "bookings/delete.html", {"enquiry": enquiry, "form": form, "presenter": presenter})


@require_safe
@behind_link
def forget(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """Ask whether this browser should forget the request; what it says changes nothing of the request itself."""
    return render(request, "bookings/forget.html", {"enquiry": enquiry})


@require_POST
@behind_link
def book_again(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """A new request with the answers of one that has ended filled in. The new one is linked to nothing until it is sent."""
    if enquiry.status not in REBOOKABLE or enquiry.erase_by:
        return done(request, enquiry, "again")
    Answers(request).begin_again(enquiry)
    return redirect("bookings:where")


def of_key(key: str) -> Enquiry | None:
    """The request a link names, or None."""
    try:
        return Enquiry.objects.select_related("location").of_key(key)
    except Enquiry.DoesNotExist:
        return None


def presenter_for(request: HttpRequest, enquiry: Enquiry) -> EnquiryPresenter:
    return EnquiryPresenter(enquiry, clinic.of(request))


def show(request: HttpRequest, enquiry: Enquiry, *, status: int = 200, already_sent: bool = False) -> HttpResponse:
    """The page of a request as it stands now. What was done on the page before is said once."""
    presenter = presenter_for(request, enquiry)
    verbs = [said.message for said in messages.get_messages(request) if said.extra_tags == enquiry.reference]
    context = {"enquiry": enquiry, "presenter": presenter, "done": "already_sent" if already_sent else "".join(verbs[-1:])}
    return render(request, f"bookings/status/{presenter.template}.html", context, status=status)

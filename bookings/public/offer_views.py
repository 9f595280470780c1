"""The pages on which a person answers the times on offer: takes one of them, or none. Nothing changes before they press a button."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from bookings import actions
from bookings.domain.status import InvalidTransition, Status
from bookings.forms import NONE_SUIT
from bookings.models import Enquiry
from bookings.public.enquiry_views import behind_link, done, page, posted, presenter_for
from bookings.public.presenter import EnquiryPresenter
from bookings.public.response_forms import AcceptForm, NoneSuitForm
from services.clinic.uk_time import long_date

LOST = {  # why a time on offer cannot be had: the status of the answer, and the sentence
    "taken": (409, "Sorry, we can no longer give you that time. Please choose again, or call us."),
    "gone": (200, "Sorry, that time is no longer held for you. Please choose again, or call us."),
}


@page
@behind_link
def accept(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """The times on offer; on POST the one chosen is confirmed. Where none is held any more the request's own page says how to go on."""
    presenter = presenter_for(request, enquiry)
    if enquiry.status != Status.PROPOSED or not presenter.offers:
        return done(request, enquiry, "accept")
    form = _form(presenter, posted(request))
    if request.method != "POST" or not form.is_valid():
        return _accept(request, presenter, form)
    chosen = form.cleaned_data["offer"]
    if chosen == NONE_SUIT:
        return redirect("bookings:none_suit", enquiry.key)
    try:
        actions.accept_offer(enquiry, int(chosen), now=presenter.now)
    except actions.SlotUnavailable as lost:
        status, sentence = LOST[lost.problem]
        return _accept(request, presenter, _form(presenter, request.POST, without=chosen, sentence=sentence), status=status)
    except InvalidTransition:  # pressed twice, or someone was faster: the page says how it stands now
        pass
    return done(request, enquiry, "accept")


def _form(presenter: EnquiryPresenter, data: QueryDict | None, *, without: str = "", sentence: str = LOST["gone"][1]) -> AcceptForm:
    """A time that was lost is no choice any more: whoever chose it gets the sentence."""
    return AcceptForm(
        data,
        offers=[hold for hold in presenter.offers if str(hold.pk) != without],
        held_until=presenter.held_until,
        kept=long_date(presenter.own.starts_at) if presenter.own and presenter.has_appointment else None,
        lost=sentence,
    )


def _accept(request: HttpRequest, presenter: EnquiryPresenter, form: AcceptForm, *, status: int = 200) -> HttpResponse:
    context = {"enquiry": presenter.enquiry, "presenter": presenter, "form": form, "back": presenter.enquiry.get_absolute_url()}
    return render(request, "bookings/accept.html", context, status=status)


@page
@behind_link
def none_suit(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    """None of the times on offer suits: asks, if there is no appointment that stays, when else the person could come."""
    presenter = presenter_for(request, enquiry)
    if enquiry.status != Status.PROPOSED:
        return done(request, enquiry, "none")
    form = NoneSuitForm(posted(request), initial={"preferred": enquiry.preferred_times}, promise=presenter.promise_anew)
    if request.method == "POST" and (presenter.own or form.is_valid()):
        preferred = [] if presenter.own else form.cleaned_data["preferred"]
        with suppress(InvalidTransition):  # pressed twice, or someone was faster
            actions.refuse_offers(enquiry, now=presenter.now, preferred=preferred)
        return done(request, enquiry, "none")
    back = reverse("bookings:accept", args=[enquiry.key]) if presenter.offers else enquiry.get_absolute_url()
    context = {"enquiry": enquiry, "presenter": presenter, "form": form, "back": back}
    return render(request, "bookings/none_suit.html", context)

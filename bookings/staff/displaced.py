"""Before a change of rota or closures takes people's time away, whoever makes it sees them and decides what they are told."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db import models, transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from bookings import actions
from bookings.domain.status import InvalidTransition
from bookings.models import Enquiry, Hold
from bookings.queries.displaced import displaced_holds, first_of_each_enquiry
from bookings.queries.versions import Version, pairs_of, with_version
from bookings.staff.enquiry.changes import Overtaken, check_seen
from bookings.transactions import in_one_transaction
from services.admin.versions import NotToBeSaved, VersionedAdmin


class Choice(models.TextChoices):
    OFFER = "offer", "Offer new times to all"
    CANCEL = "cancel", "Cancel with an apology"
    LEAVE = "leave", "Leave it to us"


HINTS: dict[str, str] = {
    Choice.OFFER: "Each person may choose from the nearest free times at the same place. Who was confirmed is told with our apology.",
    Choice.CANCEL: "Each confirmed appointment is cancelled, with an apology to each person. Other requests stay under To answer.",
    Choice.LEAVE: "The change is saved and nobody is told anything. They stand under “Waiting for a time” until they have another.",
}

WORDS = {  # what became of people, in the order in which it is said
    "offered": "{} offered new times",
    "cancelled": "{} cancelled with an apology",
    "left": "{} left to answer",
    "none free": "{} left as they were: no other time is free there",
    "lost": "{} left as they were: the times we would have offered were taken or closed meanwhile",
    "changed": "{} left as they were: something happened to their request meanwhile",
}
TOLD = {"offered", "cancelled"}
WHY_NOT: dict[type[Exception], str] = {
    actions.NoSlotChosen: "none free",
    actions.SlotUnavailable: "lost",
    InvalidTransition: "changed",
    Overtaken: "changed",
}
OURS = {"csrfmiddlewaretoken", "version"}


class AsksAboutDisplaced(VersionedAdmin):
    """For a ModelAdmin whose rows give or take consultation times: a save or deletion that strands people is held back until
    staff have seen whom, and have chosen. Who goes back instead finds everything as they had typed it.
    """

    actions = None  # deleting many at once would strand people unseen

    def get_form(self, request, *args, **kwargs):
        form = super().get_form(request, *args, **kwargs)
        goes_back = "back" in request.POST and not issubclass(form, NotToBeSaved)
        return type(form.__name__, (NotToBeSaved, form), {}) if goes_back else form

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if "back" in request.POST:
            messages.info(request, "Nothing is saved yet. Everything you typed is still here.")
        return self._watched(request, lambda: super(AsksAboutDisplaced, self).changeform_view(request, object_id, form_url, extra_context))

    def delete_view(self, request, object_id, extra_context=None):
        if "back" in request.POST:  # nothing was typed
            return redirect(request.get_full_path())
        return self._watched(request, lambda: super(AsksAboutDisplaced, self).delete_view(request, object_id, extra_context))

    def _watched(self, request, view):
        """Remembers who was without room before, so that only what this change does is asked about."""
        if request.method == "POST":
            request.stranded_before = {hold.pk for hold in displaced_holds(timezone.now())}
        return view()

    def response_add(self, request, obj, post_url_continue=None):
        return self._ask(request) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request, obj):
        return self._ask(request) or super().response_change(request, obj)

    def response_delete(self, request, obj_display, obj_id):
        return self._ask(request) or super().response_delete(request, obj_display, obj_id)

    def _ask(self, request):
        """The page that lists them, with the change taken back; None once a choice was made, or when nobody loses anything."""
        now = timezone.now()
        lost = first_of_each_enquiry(hold for hold in displaced_holds(now) if hold.pk not in request.stranded_before)
        choice = request.POST.get("stranded")
        if not lost:
            return None
        if choice in Choice.values:
            self._tell(request, lost, choice, now)
            return None
        context = self.admin_site.each_context(request) | {
            "title": "This takes people’s time away",
            "opts": self.opts,
            "lost": lost,
            "confirmed": sum(hold.kind == Hold.Kind.CONFIRMED for hold in lost),
            "by_phone": sum(hold.enquiry.reach != "email" for hold in lost),
            "choices": [(value, label, HINTS[value]) for value, label in Choice.choices],
            "versions": [(row.pk, Version.of(row)) for row in with_version(Enquiry.objects.filter(holds__in=lost)).distinct()],
            "sent": [(name, value) for name, values in request.POST.lists() for value in values if name not in OURS],
        }
        transaction.set_rollback(True)  # the admin saves within a transaction of its own; it answers no question after this
        return TemplateResponse(request, "admin/bookings/stranded.html", context)

    def _tell(self, request, lost, choice, now) -> None:
        seen = dict(pairs_of(request.POST.getlist("version")))
        became = [became_of(hold, choice, request.user, now, seen.get(hold.enquiry_id)) for hold in lost]
        done = Counter(became)
        parts = [sentence.format(done[key]) for key, sentence in WORDS.items() if done[key]]
        by_phone = sum(key in TOLD and hold.enquiry.reach != "email" for hold, key in zip(lost, became, strict=True))
        told = f" {by_phone} {'is' if by_phone == 1 else 'are'} to be called or texted: see “Tell by phone”." if by_phone else ""
        waits = " Who has no time yet stands under “Waiting for a time”." if set(done) - TOLD else ""
        level = messages.success if set(done) <= TOLD else messages.warning
        level(request, f"{'; '.join(parts)}.{told}{waits}")


def became_of(hold: Hold, choice: str, user, now, seen: Version | None = None) -> str:
    """What became of one person, as WORDS names it. `seen`: what was last on their request when whoever chose was shown them."""
    if choice == Choice.LEAVE or (choice == Choice.CANCEL and hold.kind != Hold.Kind.CONFIRMED):
        return "left"
    act, done = (actions.offer_instead, "offered") if choice == Choice.OFFER else (actions.cancel_lost, "cancelled")
    try:
        _unless_new(hold, seen, partial(act, hold, user=user, now=now))
    except tuple(WHY_NOT) as refused:
        return next(key for problem, key in WHY_NOT.items() if isinstance(refused, problem))
    return done


@in_one_transaction
def _unless_new(hold: Hold, seen: Version | None, act: Callable[[], object]) -> None:
    """Do it under the lock of the request; raise Overtaken if anything is new on it."""
    check_seen(Enquiry.objects.locked(hold.enquiry_id), seen)
    act()

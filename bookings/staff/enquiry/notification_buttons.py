"""The buttons of one message, on the board and on the page of its request: tick off a call, owe the message once more, read it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from bookings import actions, notifications
from bookings.models import Enquiry, Notice
from bookings.queries.versions import Version, with_version
from bookings.staff.base import EnquiryPart
from bookings.staff.enquiry.changes import LOOK_FIRST, Overtaken, already_told, check_seen, new_since, refusal
from bookings.staff.enquiry.email_preview import letter_page
from bookings.staff.steps import PROBLEMS
from bookings.transactions import in_one_transaction
from services.clinic.clinic import Clinic

TOLD, AGAIN = "told", "again"
BY_PHONE, BY_EMAIL = Notice.Channel.PHONE, Notice.Channel.EMAIL
PRESS = {(TOLD, BY_PHONE): "I have told them", (TOLD, BY_EMAIL): "I have told them"}
PRESS |= {(AGAIN, BY_PHONE): "Put on “Tell by phone” again", (AGAIN, BY_EMAIL): "Send again"}
DONE = {(TOLD, BY_PHONE): "Ticked off: the person has been told.", (TOLD, BY_EMAIL): "Ticked off: the person has been told."}
DONE |= {(AGAIN, BY_PHONE): "It stands under “Tell by phone” again.", (AGAIN, BY_EMAIL): "It will be sent again within seconds."}


class NotificationButtons(EnquiryPart):
    """The part of the admin of requests that the buttons of their messages lead to."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("board/<int:notice>/<str:verb>/", wrap(self.press_on_board), name="bookings_enquiry_from_board"),
            path("<int:pk>/notices/<int:notice>/<str:verb>/", wrap(self.notice), name="bookings_enquiry_notice"),
        ]
        return own + super().get_urls()

    def press_on_board(self, request, notice, verb):
        """Does it and leads back to the board; what is new on the request is said on a page of the request, which records who looked."""
        if not self.may_answer(request):
            raise PermissionDenied
        row = get_object_or_404(Notice.objects.select_related("event__enquiry").exclude(event=None), pk=notice)
        if request.method == "POST" and verb in {TOLD, AGAIN} and not self._press(request, row, verb):
            query = urlencode({"seen": request.POST["seen"], "board": "yes"})
            return redirect(f"{reverse('admin:bookings_enquiry_notice', args=[row.enquiry.pk, row.pk, verb])}?{query}")
        return redirect("admin:index")

    def notice(self, request, pk, notice, verb):
        """Ticks off what was told by phone, owes a message again, or shows it."""
        if not self.may_answer(request):
            raise PermissionDenied
        enquiry = get_object_or_404(with_version(Enquiry.objects.select_related("location")), pk=pk)
        row = Notice.objects.select_related("event__enquiry__location").filter(pk=notice, event__enquiry=enquiry).first()
        if row and verb == "read" and row.is_true and not row.is_for_staff:
            words = notifications.render_notification(row, timezone.now(), Clinic(timezone.now()), shown=True)
            return letter_page(request, words) if row.channel == BY_EMAIL else self.spoken_page(request, enquiry, words)
        if row and verb in {TOLD, AGAIN}:
            if request.method == "POST" and not self._press(request, row, verb):
                enquiry = with_version(Enquiry.objects.select_related("location")).get(pk=pk)
                return self._ask_again(request, enquiry, row, verb, status=409)
            if request.method != "POST" and "seen" in request.GET:
                return self._ask_again(request, enquiry, row, verb)
        return redirect("admin:index") if request.POST.get("board") else redirect("admin:bookings_enquiry_change", enquiry.pk)

    def spoken_page(self, request, enquiry, words, problems=()):
        """What is to be said on the phone or in a text message, or why there is nothing to say."""
        context = self.admin_site.each_context(request) | {
            "title": f"Message of {enquiry.reference}",
            "opts": self.opts,
            "enquiry": enquiry,
            "words": words,
            "problems": problems,
        }
        return render(request, "admin/bookings/enquiry/no_email.html", context)

    def _press(self, request, row: Notice, verb: str) -> bool:
        """Do it, or say who was faster. False: something is new on the request, and nothing was done."""
        now = timezone.now()
        try:
            problem = _act(row, verb, seen_by(request), request.user, now)
        except Overtaken:
            return False
        except PROBLEMS as refused:
            messages.error(request, refusal(refused, row.enquiry, request.user, now))
        else:
            if problem:
                messages.warning(request, problem)
            else:
                messages.success(request, DONE[verb, Notice.Channel(row.channel)])
        return True

    def _ask_again(self, request, enquiry, row: Notice, verb: str, *, status=200):
        """The page that says what is new on the request, with the button to press all the same."""
        press = PRESS[verb, Notice.Channel(row.channel)]
        context = self.admin_site.each_context(request) | {
            "title": f"{press}: {enquiry.reference}",
            "opts": self.opts,
            "enquiry": enquiry,
            "news": new_since(enquiry, seen_by(request), request.user),
            "look_first": LOOK_FIRST,
            "seen": Version.of(enquiry),
            "notice": row,
            "verb": verb,
            "press": press,
            "on_board": "board" in request.GET or "board" in request.POST,
        }
        return render(request, "admin/bookings/enquiry/message.html", context, status=status)


def seen_by(request) -> Version | None:
    """Return the version that the page carried from which this came: in its form, or in the link to it."""
    return Version.parse(request.POST.get("seen") or request.GET.get("seen") or "")


@in_one_transaction
def _act(row: Notice, verb: str, seen: Version | None, user, now) -> str:
    """Take the button's action under the lock of the request; return why not, in words, if a colleague was faster.

    What cannot be done any more is said as such; only what still can is held up by what is new. Raises Overtaken and CannotResend.
    """
    enquiry = Enquiry.objects.locked(row.enquiry.pk)
    row = Notice.objects.select_related("event__enquiry").get(pk=row.pk)
    if verb == TOLD and not row.can_be_told:
        return already_told(row, user, now)
    if verb == AGAIN and not row.can_be_sent_again(now):
        raise actions.CannotResend
    check_seen(enquiry, seen)
    (actions.mark_told_by_phone if verb == TOLD else actions.send_again)(row, user=user, now=now)
    return ""

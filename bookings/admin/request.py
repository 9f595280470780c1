"""The page of one request, and the steps on it. Every button calls one verb of the package actions; no state is ever set by hand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone

from bookings import actions
from bookings.admin.forms import ConfirmForm, DeclineForm, VideoLinkForm
from bookings.emails import words_of
from bookings.forms import PREFERRED
from bookings.models import Enquiry, Notice
from bookings.states import MOVES, OPEN, Status, WrongMove
from services.clinic import Clinic

SENTENCES = {
    actions.TimeTaken: "Someone else has this time now. Nothing was changed. Please agree another time with the person.",
    actions.TimeGone: "This time has passed, or a closure or the rota no longer has room for it. Nothing was changed.",
    actions.NotNow: "This message is on its way already, or what it says is no longer true. Nothing was sent.",
    actions.NoTime: "This person has not chosen a time, so there is nothing to confirm yet.",
}


class RequestPages:
    """The part of the admin of requests that shows one of them."""

    fields = ["reference"]  # the page of a request has a template of its own
    change_form_template = "admin/bookings/enquiry/change_form.html"

    def may_answer(self, request) -> bool:
        return request.user.has_perm("bookings.change_enquiry")

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("<int:pk>/confirm/", wrap(self.confirm), name="bookings_enquiry_confirm"),
            path("<int:pk>/decline/", wrap(self.decline), name="bookings_enquiry_decline"),
            path("<int:pk>/video/", wrap(self.video), name="bookings_enquiry_video"),
            path("<int:pk>/rescue/", wrap(self.rescue), name="bookings_enquiry_rescue"),
            path("<int:pk>/notices/<int:notice>/<str:verb>/", wrap(self.notice), name="bookings_enquiry_notice"),
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        enquiry = self.get_object(request, object_id)
        context = {}
        if enquiry:
            now = timezone.now()
            clinic = Clinic(now)
            due = clinic.reply_by(enquiry.waiting_since)
            notices = Notice.objects.filter(event__enquiry=enquiry).select_related("event__enquiry").order_by("created_at", "pk")
            context = {
                "clinic": clinic,
                "enquiry": enquiry,
                "status_label": enquiry.get_status_display(),
                "holds_time": enquiry.holds.exists(),
                "preferred": [label for value, label in PREFERRED if value in enquiry.preferred_times],
                "promise": clinic.promise(enquiry.waiting_since),
                "is_late": bool(due and due < now and enquiry.status == Status.NEW),
                "moves": self._buttons(request, enquiry),
                "may_answer": self.may_answer(request),
                "events": enquiry.events.select_related("user"),
                "notices": [
                    (notice, words_of(notice, now, clinic) if notice.channel == Notice.Channel.PHONE else None) for notice in notices
                ],
                "title": f"Request {enquiry.reference}",
                "subtitle": None,
            }
        return super().change_view(request, object_id, form_url, (extra_context or {}) | context)

    def _buttons(self, request, enquiry) -> list[tuple[str, str]]:
        """What may happen next, as (verb, words): only moves that the table has and this project can make."""
        if not self.may_answer(request):
            return []
        moves = MOVES[Status(enquiry.status)]
        buttons = []
        if Status.CONFIRMED in moves and enquiry.status in OPEN and enquiry.starts_at:
            buttons.append(("confirm", "Confirm this time"))
        if enquiry.status == Status.SUSPECTED_SPAM:
            buttons.append(("rescue", "Not spam"))
        if enquiry.status == Status.CONFIRMED and enquiry.location.is_online and not enquiry.video_link and not enquiry.erased_at:
            buttons.append(("video", "Send the video link"))
        if Status.DECLINED in moves:
            buttons.append(("decline", "Decline"))
        return buttons

    def confirm(self, request, pk):
        return self._ask(request, pk, ConfirmForm, "confirm", "Confirm", "The time is confirmed. The person is told.")

    def decline(self, request, pk):
        return self._ask(request, pk, DeclineForm, "decline", "Decline", "The request is declined. Its time is free again.")

    def video(self, request, pk):
        return self._ask(request, pk, VideoLinkForm, "video", "Send the video link of", "The confirmation goes out again, with the link.")

    def rescue(self, request, pk):
        enquiry = self._enquiry(request, pk)
        if request.method == "POST":
            self._try(request, lambda: actions.rescue(enquiry, user=request.user, now=timezone.now()), "This is an ordinary request now.")
        return self._back(enquiry)

    def notice(self, request, pk, notice, verb):
        enquiry = self._enquiry(request, pk)
        row = Notice.objects.filter(pk=notice, event__enquiry=enquiry).first()
        if request.method == "POST" and row and verb == "told":
            self._try(request, lambda: actions.tell(row, user=request.user, now=timezone.now()), "Ticked off: the person has been told.")
        elif request.method == "POST" and row and verb == "again":
            self._try(
                request, lambda: actions.send_again(row, user=request.user, now=timezone.now()), "It will be sent again within seconds."
            )
        return self._back(enquiry)

    def _ask(self, request, pk, form_class, verb, title, done):
        """A page that says what will happen, asks what is missing, and does it on POST."""
        enquiry = self._enquiry(request, pk)
        if verb not in dict(self._buttons(request, enquiry)):
            messages.warning(request, f"This request is “{enquiry.get_status_display()}” now, so this step is no longer open.")
            return self._back(enquiry)
        form = form_class(request.POST if request.method == "POST" else None, enquiry=enquiry)
        if request.method == "POST" and form.is_valid():
            self._try(request, lambda: form.act(user=request.user, now=timezone.now()), done)
            return self._back(enquiry)
        context = self.admin_site.each_context(request) | {
            "title": f"{title} request {enquiry.reference}",
            "opts": self.opts,
            "enquiry": enquiry,
            "form": form,
            "verb": verb,
        }
        return render(request, "admin/bookings/enquiry/ask.html", context)

    def _enquiry(self, request, pk) -> Enquiry:
        if not self.may_answer(request):
            raise PermissionDenied
        return get_object_or_404(Enquiry.objects.select_related("location"), pk=pk)

    def _try(self, request, act, done) -> None:
        try:
            act()
        except WrongMove as wrong:
            messages.error(request, f"Someone else was faster. {wrong}")
        except tuple(SENTENCES) as problem:
            messages.error(request, SENTENCES[type(problem)])
        else:
            messages.success(request, done)

    def _back(self, enquiry):
        return redirect(reverse("admin:bookings_enquiry_change", args=[enquiry.pk]))

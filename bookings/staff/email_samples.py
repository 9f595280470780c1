"""Every kind of email the site sends, as it looks with made-up facts, and the words of the clinic's own at its end."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.models import Closing, Notice
from bookings.notifications.samples import sample
from bookings.staff.enquiry.email_preview import letter_page
from services.admin.versions import VersionedAdmin
from services.clinic.clinic import Clinic

GROUPS = {"To clients": True, "To staff": False}


@admin.register(Closing)
class ClosingAdmin(VersionedAdmin):
    """The list is of all kinds of email, with closing words or without; each can be seen."""

    fields = ["kind", "text"]

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("<str:kind>/sample/", wrap(require_safe(self.sample)), name="bookings_email"),
            path("<str:kind>/sample/letter/", wrap(require_safe(self.letter)), name="bookings_email_letter"),
        ]
        return own + super().get_urls()

    def get_readonly_fields(self, request, obj=None):
        return ["kind"] if obj else []

    def changelist_view(self, request, extra_context=None):
        """All kinds, whether they have closing words or not."""
        self._see(request)
        closings = {closing.kind: closing for closing in Closing.objects.all()}
        groups = {
            title: [self._line(request, kind, closings.get(kind.value)) for kind in Notice.Kind if Notice.is_to_client(kind) == to_client]
            for title, to_client in GROUPS.items()
        }
        return self._page(request, "list", {"title": "Words of the emails", "groups": groups})

    def _line(self, request, kind: Notice.Kind, closing: Closing | None) -> dict:
        """What the list says of a kind."""
        return {"kind": kind, "closing": closing, "edit_url": self._edit_url(request, kind, closing)}

    def _edit_url(self, request, kind: str, closing: Closing | None) -> str:
        """Where its closing words are written; empty for whoever may not, and for messages to staff."""
        if closing:
            may = self.has_change_permission(request, closing)
            return reverse("admin:bookings_closing_change", args=[closing.pk]) if may else ""
        may = Notice.is_to_client(kind) and self.has_add_permission(request)
        return f"{reverse('admin:bookings_closing_add')}?kind={kind}" if may else ""

    def sample(self, request, kind):
        """Subject, text and what is said aloud; the HTML is a page of its own."""
        kind = self._kind(request, kind)
        closing = Closing.objects.filter(kind=kind).first()
        words = _sample(kind)
        context = {
            "title": kind.label,
            "kind": kind,
            "words": words,
            "closing": closing,
            "edit_url": self._edit_url(request, kind, closing),
        }
        return self._page(request, "sample", context)

    def letter(self, request, kind):
        return letter_page(request, _sample(self._kind(request, kind)))

    def _kind(self, request, kind: str) -> Notice.Kind:
        self._see(request)
        if kind not in Notice.Kind:
            raise Http404
        return Notice.Kind(kind)

    def _see(self, request) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request, name: str, context: dict):
        return render(request, f"admin/bookings/closing/{name}.html", self.admin_site.each_context(request) | {"opts": self.opts} | context)

    def response_add(self, request, obj, *args, **kwargs):
        return self._shown(request, obj, super().response_add(request, obj, *args, **kwargs))

    def response_change(self, request, obj):
        return self._shown(request, obj, super().response_change(request, obj))

    def _shown(self, request, closing: Closing, answer):
        """After Save one sees the email with its new words."""
        return redirect("admin:bookings_email", closing.kind) if "_save" in request.POST else answer


def _sample(kind: Notice.Kind):
    now = timezone.now()
    return sample(kind, now, Clinic(now))

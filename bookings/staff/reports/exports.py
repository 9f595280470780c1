"""What leaves the house as a file: for those who may, and written down each time."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from bookings.domain.periods import Period
from bookings.models import Enquiry
from bookings.queries.subject_access import has_other_name, perhaps_of_same_person, person_data
from bookings.staff.base import EnquiryPart
from bookings.staff.reports.csv_file import csv_response
from bookings.staff.reports.period import asked_period, preset_links
from services.clinic.opening_hours import period_instants
from services.clinic.staff_names import name_of
from services.clinic.uk_time import LONDON

HEAD = (
    "reference", "state", "source", "sent", "place", "time", "name", "email", "phone", "contact by", "if nobody answers",
    "best time to call", "message", "assigned to", "first answer", "outcome",
)  # fmt: skip


class Exports(EnquiryPart):
    """The part of the admin of requests that gives them out."""

    def get_urls(self):
        wrap = self.admin_site.admin_view
        own = [
            path("export/", wrap(self.export), name="bookings_export"),
            path("<int:pk>/person/", wrap(self.person_page), name="bookings_person"),
            path("<int:pk>/person.json", wrap(require_POST(self.person_file)), name="bookings_person_file"),
        ]
        return own + super().get_urls()

    def export(self, request):
        """Asks for the period, says what the file holds, and on POST streams it."""
        _may_export(request)
        period = asked_period(request.POST if request.method == "POST" else request.GET, timezone.localdate())
        rows = sent_in(period)
        if request.method == "POST":
            _write_down(request.user, f"Exported the requests of {period.words}")
            name = f"requests-{period.first}-{period.last}.csv"
            return csv_response(name, HEAD, (export_row(enquiry) for enquiry in rows.iterator(chunk_size=2000)))
        context = self.admin_site.each_context(request) | {
            "title": "Export requests",
            "subtitle": period.words,
            "opts": self.opts,
            "period": period,
            "presets": preset_links(request.GET),
            "count": rows.count(),
            "head": HEAD,
        }
        return TemplateResponse(request, "admin/bookings/export.html", context)

    def person_page(self, request, pk):
        """Show this request, the others that may be the same person's to tick, and those that are ticked; to read or print."""
        enquiry = self._person(request, pk)
        if enquiry.erased_at:
            messages.warning(request, "This person’s details are deleted: there is nothing about them to give out.")
            return redirect(reverse("admin:bookings_enquiry_change", args=[pk]))
        others = list(perhaps_of_same_person(enquiry))
        ticked = _ticked(request.GET, others)
        _write_down(request.user, f"Read all data of the person of {_references(enquiry, ticked)}")
        context = self.admin_site.each_context(request) | {
            "title": "All we keep about this person",
            "opts": self.opts,
            "enquiry": enquiry,
            "others": [(other, other in ticked, has_other_name(enquiry, other)) for other in others],
            "ticked": ticked,
            "requests": [
                found | {"details": [(name.replace("_", " ").capitalize(), value) for name, value in found["details"].items() if value]}
                for found in person_data(enquiry, ticked)["requests"]
            ],
        }
        return TemplateResponse(request, "admin/bookings/person.html", context)

    def person_file(self, request, pk):
        """The same as a file."""
        enquiry = self._person(request, pk)
        ticked = _ticked(request.POST, perhaps_of_same_person(enquiry))
        _write_down(request.user, f"Exported all data of the person of {_references(enquiry, ticked)}")
        response = JsonResponse(person_data(enquiry, ticked), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = f'attachment; filename="{enquiry.reference}.json"'
        return response

    def _person(self, request, pk) -> Enquiry:
        _may_export(request)
        return get_object_or_404(Enquiry, pk=pk)


def _ticked(params, others: Iterable[Enquiry]) -> list[Enquiry]:
    """Return those of the others that somebody ticked as the same person's."""
    chosen = set(params.getlist("also"))
    return [other for other in others if str(other.pk) in chosen]


def _references(enquiry: Enquiry, ticked: list[Enquiry]) -> str:
    return ", ".join(map(str, [enquiry, *ticked]))


def _may_export(request) -> None:
    if not request.user.has_perm("bookings.export_enquiry"):
        raise PermissionDenied


def _write_down(user, what: str) -> None:
    """In the history of the account that did it. Who is in the file stands nowhere."""
    LogEntry.objects.log_actions(user.pk, [user], CHANGE, change_message=what, single_object=True)


def sent_in(period: Period):
    start, end = period_instants(period.first, period.last)
    rows = Enquiry.objects.filter(created_at__gte=start, created_at__lt=end, erased_at=None)
    return rows.select_related("location", "assigned_to").order_by("created_at", "pk")


def export_row(enquiry: Enquiry) -> tuple:
    """One line of the file; times are UK time."""
    return (
        enquiry.reference,
        enquiry.get_status_display(),
        enquiry.get_source_display(),
        _said(enquiry.created_at),
        enquiry.location or "Any place",
        _said(enquiry.starts_at),
        enquiry.name,
        enquiry.email,
        enquiry.phone_dialled,
        enquiry.get_contact_by_display(),
        enquiry.get_message_safety_display(),
        enquiry.get_best_time_display(),
        enquiry.message,
        name_of(enquiry.assigned_to) if enquiry.assigned_to else "",
        _said(enquiry.first_reply_at),
        enquiry.get_outcome_display(),
    )


def _said(moment) -> str:
    return f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M}" if moment else ""

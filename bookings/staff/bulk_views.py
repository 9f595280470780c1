"""The list's menu of steps on many requests, and the page that says first what each step does to whom."""

from collections import defaultdict
from functools import partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import path, reverse
from django.utils import timezone

from bookings.models import Enquiry
from bookings.models.notification import ALSO_BY_PHONE
from bookings.queries.versions import Version, pairs_of
from bookings.staff.base import EnquiryPart
from bookings.staff.bulk_steps import BULKS, BY_VERB, Bulk, Chosen, rows_of, take
from bookings.staff.enquiry.changes import Overtaken, new_since

MOST = 100  # at once: more nobody reads through before pressing
FILTERS = "_changelist_filters"  # as Django's admin calls what leads back to the list as it was


class BulkPages(EnquiryPart):
    """The part of the admin of requests that acts on many of them."""

    def get_urls(self):
        page = path("bulk/<str:verb>/", self.admin_site.admin_view(self.bulk), name="bookings_enquiry_bulk")
        return [page, *super().get_urls()]

    def get_actions(self, request, action_location=None):
        """Return the menu of the list: what this member of staff may do. Choosing changes nothing, it opens the page below."""
        if action_location and action_location.name == "CHANGE_FORM":  # Django 6.1 has actions there too; here are the steps
            return {}
        may = [bulk for bulk in BULKS if request.user.has_perm(bulk.permission)]
        return {bulk.verb: (partial(_open, bulk), bulk.verb, bulk.menu) for bulk in may}

    def bulk(self, request, verb):
        bulk = BY_VERB.get(verb)
        if bulk is None:
            raise Http404
        if not request.user.has_perm(bulk.permission) or not self.has_view_permission(request):
            raise PermissionDenied
        form = bulk.form(request.POST if request.method == "POST" else None, label_suffix="")
        pks, seen = _numbers(request.GET.getlist("row"))[:MOST], {}
        if request.method == "POST" and bulk.is_taken_here and form.is_valid():
            seen = self._take_all(request, bulk, form.cleaned_data)
            if not seen:
                return redirect(self._back_to_list(request))
            pks = list(seen)
        elif request.method == "POST":
            seen = dict(pairs_of(request.POST.getlist("row")[:MOST]))
        return self._preview(request, bulk, form, pks, seen)

    def _preview(self, request, bulk: Bulk, form, pks: list[int], seen: dict[int, Version]):
        """Who is chosen, and what the step does to each. `seen`: what a page before this one showed of them; what is new since is said."""
        rows, now = rows_of(pks), timezone.now()
        judged = [(row, bulk.why_not(row, now)) for row in rows]
        possible = [row for row, refusal in judged if not refusal and (not seen or row.enquiry.pk in seen)]
        overtaken = [row.enquiry for row in possible if seen and row.version.has_more_than(seen[row.enquiry.pk])]
        news = {enquiry.pk: new_since(enquiry, seen[enquiry.pk], request.user) for enquiry in overtaken}
        context = self.admin_site.each_context(request) | {
            "title": bulk.title,
            "opts": self.opts,
            "bulk": bulk,
            "form": form,
            "possible": [(row.enquiry, row.version, self._what_they_hear(bulk, row), news.get(row.enquiry.pk)) for row in possible],
            "has_news": bool(news),
            "left_out": [(row.enquiry, refusal) for row, refusal in judged if refusal],
            "by_email": sum(bool(row.enquiry.email) for row in possible) if possible and bulk.message(possible[0]) else 0,
            "back": self._back_to_list(request),
        }
        return render(request, "admin/bookings/bulk.html", context, status=409 if news else 200)

    def _what_they_hear(self, bulk: Bulk, row: Chosen) -> dict[str, object]:
        """Whether the person gets an email, and if not, why not."""
        kind = bulk.message(row)
        if not kind:
            return {"why_not": "nobody is told of this"}
        if not row.enquiry.email:
            return {"why_not": f"there is no address, so you {row.enquiry.by_phone} them", "kind": kind.label}
        also = f"you {row.enquiry.reach} them, too" if kind in ALSO_BY_PHONE and row.enquiry.reach != "email" else ""
        return {"kind": kind.label, "by_email": True, "also": also if bulk.verb != "send-again" else ""}

    def _take_all(self, request, bulk: Bulk, asked: dict) -> dict[int, Version]:
        """Each row by itself: what fails is said with its reason, and the others go on.

        Return those on which something is new, with what the page had shown of them: they are asked about once more.
        """
        left: dict[str, list[str]] = defaultdict(list)
        new: dict[int, Version] = {}
        done, pairs = 0, pairs_of(request.POST.getlist("row")[:MOST])
        references = dict(Enquiry.objects.filter(pk__in=[pk for pk, _ in pairs]).values_list("pk", "reference"))
        for pk, seen in (pair for pair in pairs if pair[0] in references):
            try:
                problem = take(bulk, pk, seen, user=request.user, now=timezone.now(), **asked)
            except Overtaken:
                new[pk] = seen
                continue
            if problem:
                left[problem].append(references[pk])
            else:
                done += 1
        if done:
            messages.success(request, f"{done} request{pluralize(done)} {'is' if done == 1 else 'are'} {bulk.done}.")
        for problem, numbers in left.items():
            messages.warning(request, f"Left as {'it was' if len(numbers) == 1 else 'they were'}: {', '.join(numbers)}. {problem}")
        if not done and not left and not new:
            messages.warning(request, "Nothing was chosen, and nothing was changed.")
        return new

    def _back_to_list(self, request) -> str:
        filters = request.GET.get(FILTERS, "")
        return reverse("admin:bookings_enquiry_changelist") + (f"?{filters}" if filters else "")


def _open(bulk: Bulk, admin, request, queryset):
    """From the list to the page of a step: an address that can be opened again, and that changes nothing."""
    chosen = request.POST.getlist("_selected_action")
    if len(chosen) > MOST:
        messages.warning(request, f"Please choose at most {MOST} requests at once.")
        return None
    pairs = [("row", pk) for pk in chosen]
    if request.GET:
        pairs.append((FILTERS, request.GET.urlencode()))
    return redirect(f"{reverse('admin:bookings_enquiry_bulk', args=[bulk.verb])}?{urlencode(pairs)}")


def _numbers(texts: list[str]) -> list[int]:
    """What can be the key of a row."""
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]

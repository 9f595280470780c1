"""Addresses that were: they lead to the page's new one, or say that it is gone. Looked up only where no page answers."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from services.pages import redirect_rules


def former_addresses(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the middleware. Not Django's own: that compares addresses letter by letter, and a query hides or loses them.

    What is gone has a page that says how to go on, and browsers ask again each time, because an address may be given back.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code != 404 or (location := find_target(request.path_info, request.META.get("QUERY_STRING", ""))) is None:
            return response
        answer = HttpResponsePermanentRedirect(location) if location else render(request, "errors/410.html", status=410)
        answer["Cache-Control"] = "no-cache"
        return answer

    return middleware


def find_target(path_info: str, query: str) -> str | None:
    """Return where a former address leads, with what else was asked; an empty text if it is gone, None if it is no former address."""
    path = redirect_rules.normal_path(path_info)
    rows = Redirect.objects.filter(Q(old_path=path) | Q(old_path__startswith=f"{path}?"), site_id=settings.SITE_ID)
    found = redirect_rules.matching_rule(rows.values_list("old_path", "new_path"), path, query)
    if not found:
        return None
    rule, rest = found
    if redirect_rules.leads_in_a_circle(rule, [], own_hosts()):  # one from before the form refused that, or that no form has seen
        return None
    try:
        return redirect_rules.with_query(rule[1], rest) if rule[1] else ""
    except ValueError:  # no address at all, stored by something else than the form: https://[
        return None


def own_hosts() -> set[str]:
    """Return the names of this site."""
    return {urlsplit(settings.SITE_URL).hostname or "", *settings.ALLOWED_HOSTS}

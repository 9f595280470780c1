"""What staff typed in a form that was not taken, because its token or their session had ended: it comes back to be sent again."""

from __future__ import annotations

import json
from datetime import timedelta

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from bookings.public.enquiry_views import refuse
from harley.accounts import required_steps
from harley.accounts.two_factor import views
from services.encryption import decrypt, encrypt

TYPED = "typed"  # the field of the sign-in page, the entry of the session, and what the encryption is for
NEVER_SHOWN = ("csrfmiddlewaretoken", "password")  # parts of the names of fields that are typed anew


def refused(request: HttpRequest) -> HttpResponse:
    """Return the page for a form whose token was refused: to send it again, or first to sign in."""
    return send_again_page(request, _sent(request), status=403) if admin.site.has_permission(request) else sign_in_first(request)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Return the sign-in page, which carries what was typed, encrypted: it may stand open on a desk.

    Keep it for whoever has given their password and owes something else, and lead them to that page.
    """
    carried = encrypt(json.dumps(_sent(request)).encode(), TYPED)
    if admin.AdminSite.has_permission(admin.site, request) and required_steps.next_page(request.user):
        request.session[TYPED] = carried
        return views.ask(request, reverse("admin:again"))
    refuse(request)
    response = admin.site.login(request, {TYPED: carried, "app_path": reverse("admin:login"), "next": reverse("admin:again")})
    response.status_code = 403
    return response


def keep_in_session(request: HttpRequest) -> None:
    """Keep in the session of whoever has just signed in what their sign-in page carried."""
    if carried := request.POST.get(TYPED):
        request.session[TYPED] = carried


def kept_page(request: HttpRequest) -> HttpResponse:
    """Return the page with what was typed before signing in; without any, or after a session's length, lead to the board."""
    content = decrypt(request.session.get(TYPED, ""), TYPED, max_age=timedelta(seconds=settings.STAFF_SESSION_AGE))
    return send_again_page(request, json.loads(content)) if content else redirect("admin:index")


def send_again_page(request: HttpRequest, sent: dict, status: int = 200) -> HttpResponse:
    """Return the page that shows the sentences that were typed, and sends all of it where it was to go once its button is pressed."""
    context = admin.site.each_context(request) | {
        "title": "Please send it again",
        "path": sent["path"],
        "fields": [(name, name.replace("_", " ").replace("-", " "), value, bool(value.split()[1:])) for name, value in sent["fields"]],
    }
    return render(request, "admin/again.html", context, status=status)


def _sent(request: HttpRequest) -> dict:
    fields = [(name, value) for name, values in request.POST.lists() for value in values if not any(part in name for part in NEVER_SHOWN)]
    return {"path": request.get_full_path(), "fields": fields}

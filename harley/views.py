"""Answers that belong to no app: the health check and the pages for when something went wrong."""

import ipaddress
import sys

from django.conf import settings
from django.db import connection
from django.db.utils import Error
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.jobs import jobs
from bookings.models import Notice
from bookings.public import enquiry_views
from harley import refused_forms
from services.database_faults import AWAY
from services.pages import written_pages

FROM_ELSEWHERE = ("Origin checking failed", "Referer checking failed")  # how Django's reasons for it begin
WITHOUT_A_PAGE = {"again", "earlier"}  # buttons on the page of a request
SIGNING_IN = {"login", "second_factor", "second_factor_code", "second_factor_set_up"}


@require_safe
@never_cache
def healthz(request):
    """200 while the database answers, 503 when it does not. Says nothing else."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("database away\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def healthz_deep(request):
    """503 also when nothing can be stored, the worker beside the web server is away or late, or an email failed: for whoever watches the
    site, from this machine or with HEALTH_TOKEN. Anybody else finds no such page."""
    if not _may_know(request):
        return page_not_found(request)
    try:
        jobs.try_to_write()
        health = jobs.health()
        emails = Notice.objects.trouble()
        failed, late = emails.get(Notice.Status.FAILED), emails.get(Notice.Status.PENDING)
        troubles = [
            "mail worker away" if health.mail_is_away else "",
            f"late: {', '.join(health.late)}" if health.late else "",
            f"emails failed: {failed}" if failed else "",
            f"emails held up: {late}" if late else "",
        ]
    except Error as error:
        troubles = ["database read-only, full or away" if isinstance(error, AWAY) else "database at fault"]
    said = [trouble for trouble in troubles if trouble]
    return HttpResponse("\n".join(said or ["ok"]) + "\n", status=503 if said else 200, content_type="text/plain")


def _may_know(request) -> bool:
    given = request.headers.get("authorization", "").removeprefix("Bearer ")
    if settings.HEALTH_TOKEN and constant_time_compare(given, settings.HEALTH_TOKEN):
        return True
    try:
        return ipaddress.ip_address(request.META["REMOTE_ADDR"]).is_loopback
    except ValueError:
        return False


def bad_request(request, exception=None):
    """A plain function that never reads the body: Django's own view does, and fails on the very request it answers."""
    return render(request, "errors/400.html", status=400)


def permission_denied(request, exception=None):
    """Staff without the permission are told whom to ask; anybody else how to go on."""
    user = getattr(request, "user", None)
    return render(
        request, "errors/403.html", {"is_staff": bool(user and user.is_active and user.is_staff) and _is_at_work(request)}, status=403
    )


def _is_at_work(request) -> bool:
    return request.path.startswith(f"/{settings.ADMIN_PATH}/")


def page_not_found(request, exception=None):
    return render(request, "errors/404.html", status=404)


def server_error(request):
    """Needs no database: that may be what failed. Then it is no mistake of the site's, and 503 says that it passes."""
    if isinstance(sys.exception(), AWAY):
        return HttpResponse(written_pages.database_away.read(), status=503, headers={"Retry-After": "60", "Cache-Control": "no-store"})
    return HttpResponse(written_pages.server_error.read(), status=500)


def csrf_failure(request, reason=""):
    """Do nothing of what was sent, and return it for its sender to send again: in the form itself, or to staff on a page of its own.

    What comes from another site, or from a browser that hides where it comes from, is shown to nobody: sent again it would be
    refused again.
    """
    match = request.resolver_match
    if reason.startswith(FROM_ELSEWHERE) or not match or not {"bookings", "admin"} & set(match.namespaces):
        return render(request, "errors/csrf.html", {"at_work": _is_at_work(request)}, status=403)
    if _is_at_work(request) and match.url_name not in SIGNING_IN:
        return refused_forms.refused(request)
    view = enquiry_views.request_page if match.url_name in WITHOUT_A_PAGE else match.func
    enquiry_views.refuse(request)
    response = view(request, *match.args, **match.kwargs)
    response.status_code = 403 if response.status_code == 200 else response.status_code
    return response

"""What the DIT page is held against: a view that does nothing but send the same bytes, from the same workers."""

import os
import secrets
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bookings.models import Hit
from services.models import Service
from tests.bench.site import AHEAD, DIT, QUERIES_MADE


@cache
def body() -> bytes:
    """The DIT page as the site sent it, compressed. The benchmark has put it into the file that BENCH_BODY names."""
    return Path(os.environ["BENCH_BODY"]).read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(body(), headers={"Content-Encoding": "br"})


def ahead_of_everything(get_response: Callable) -> Callable:
    """The same bytes once more with no middleware at all: the least that Django and gunicorn can cost."""
    return lambda request: bare(request) if request.path_info == AHEAD else get_response(request)


@csrf_exempt
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """What staff's Save does to kept pages: a row is written, and a new edition begins."""
    Service.objects.earliest("pk").save()
    return HttpResponse(status=204)


@csrf_exempt
@require_POST
def insert(request: HttpRequest) -> HttpResponse:
    """The least that storing anything costs: one row in one transaction, durable as a request is."""
    Hit.objects.create(bucket=secrets.token_hex(32), window=timezone.now())
    return HttpResponse(status=204)


def counting(get_response: Callable) -> Callable:
    """Says in a header of each answer how many queries it took. Beginning and ending a transaction is not counted."""

    def middleware(request):
        made = []

        def count(execute, sql, params, many, context):
            if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                made.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            response = get_response(request)
        response[QUERIES_MADE] = str(len(made))
        return response

    return middleware


def queries(request: HttpRequest) -> JsonResponse:
    """How many queries the DIT page takes when it is made, and when it is kept."""
    Service.objects.earliest("pk").save()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            Client(SERVER_NAME="127.0.0.1").get(DIT)
        counts.append(len(captured))
    return JsonResponse({"made": counts[0], "kept": counts[1]})

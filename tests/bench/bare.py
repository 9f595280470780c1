"""What the DIT page is held against: a view that does nothing but send the same bytes, from the same workers."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from services.models import Service
from tests.bench.site import AHEAD, DIT


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


def queries(request: HttpRequest) -> JsonResponse:
    """How many queries the DIT page takes when it is made, and when it is kept."""
    Service.objects.earliest("pk").save()
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            Client(SERVER_NAME="127.0.0.1").get(DIT)
        counts.append(len(captured))
    return JsonResponse({"made": counts[0], "kept": counts[1]})

"""Every page of one request that staff are shown leaves a record of who and when, whichever module the page is in."""

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from harley.models import Look

PAGES = f"{settings.ADMIN_PATH}/bookings/enquiry/<"  # how the routes of all pages of one request begin, and of no other


def page_of_a_request(request: HttpRequest) -> tuple[str, int] | None:
    """The page's name and the request's number; None for any other address."""
    match = request.resolver_match
    if not match or not match.route.startswith(PAGES):
        return None
    name = (match.url_name or "").removeprefix("bookings_").removeprefix("enquiry_")
    return name, int(match.kwargs.get("pk") or match.kwargs["object_id"])


def record_looks(get_response):
    """In the same moment as the answer: a page that could not be recorded is not shown."""

    def middleware(request):
        response = get_response(request)
        page = page_of_a_request(request) if response.status_code == 200 else None
        if page:
            Look.objects.create(at=timezone.now(), user=request.user, page=page[0][:40], enquiry_id=page[1])
        return response

    return middleware

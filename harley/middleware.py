"""What every request passes before a view: whose it is, whether it can be read, and the headers its answer carries."""

import ipaddress
import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler
from django.db.utils import DataError
from django.http import HttpRequest, HttpResponse

from harley.views import bad_request

MAX_BODY = 64 * 1024  # bytes; the longest honest form is under 4 kB
MAX_FIELDS = 200
HOP = re.compile(r"\[(?P<v6>[0-9A-Fa-f:.]+)(?:%[^]]*)?\](?::[0-9]*)?|(?P<v4>[0-9.]+):[0-9]*")  # an address with brackets or a port
PRIVATE_PATHS = ("/book/", "/request/", "/diary/", f"/{settings.ADMIN_PATH}/")
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)


def client_address(get_response):
    """Sets REMOTE_ADDR to the visitor's own address: the one our outermost proxy saw, counted from the right. Where that is no address,
    REMOTE_ADDR stays the proxy's."""

    def middleware(request):
        hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",") if hop.strip()]
        if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
            request.META["REMOTE_ADDR"] = ip_address(hops[-settings.TRUSTED_PROXIES]) or request.META["REMOTE_ADDR"]
        return get_response(request)

    return middleware


def ip_address(hop: str) -> str:
    """Return the address that a proxy names, in its one form and without port, brackets and zone: 203.0.113.9 for 203.0.113.9:41000, and
    2001:db8::1 for [2001:DB8::1]:443. An empty text for what is none."""
    found = HOP.fullmatch(hop)
    try:
        ip = ipaddress.ip_address((found["v6"] or found["v4"]) if found else hop.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(ip, "ipv4_mapped", None) or ip)


class RefuseFiles(FileUploadHandler):
    """No public form takes a file, so none is ever written to disk."""

    def new_file(self, *args, **kwargs):
        raise BadRequest("No form here takes a file.")

    def receive_data_chunk(self, raw_data, start):
        return None

    def file_complete(self, file_size):
        return None


class RefuseUnreadable:
    """Answers 400 to null bytes in the address (PostgreSQL cannot compare them) and, outside the admin, to large bodies,
    many fields and files. A query that names a value the database cannot hold is as unreadable: SQLite raises OverflowError for
    it, PostgreSQL DataError."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cookies = "".join(request.COOKIES.values())
        if "\0" in request.path_info + cookies or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        if request.method == "POST" and not request.path_info.startswith(f"/{settings.ADMIN_PATH}/"):
            length = request.headers.get("content-length") or "0"
            if not length.isdecimal() or int(length) > MAX_BODY:
                return bad_request(request)
            request.upload_handlers = [RefuseFiles(request)]
            if max(request.body.count(b"&"), request.body.count(b"form-data;")) >= MAX_FIELDS:
                return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        unreadable = isinstance(exception, OverflowError | DataError) and request.method in {"GET", "HEAD"}
        return bad_request(request) if unreadable else None


def private_pages(get_response):
    """No page may be embedded or read from elsewhere; a page that may show a person's answers is never stored nor indexed."""

    def middleware(request):
        response = get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cross-Origin-Embedder-Policy"] = "require-corp"
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if request.path_info.startswith(PRIVATE_PATHS):
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex"
        return response

    return middleware

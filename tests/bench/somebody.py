"""Somebody asks for a time, and somebody at reception is signed in, on the site that DATABASE_URL names: tests.bench.somebody FILE.

Writes the cookie of the one, and the number and reference of the other's request, into the file. Signing in is not what is measured.
"""

import sys
import uuid
from http.cookies import SimpleCookie
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from bookings import actions
from bookings.models import Enquiry


def sign_in() -> str:
    """The cookie of somebody at reception."""
    user = get_user_model().objects.create_user("reception", is_staff=True)
    user.groups.add(Group.objects.get(name="Reception"))
    request = HttpRequest()
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    request.session.save()
    return SimpleCookie({settings.SESSION_COOKIE_NAME: request.session.session_key}).output(header="").strip()


def ask() -> Enquiry:
    """Somebody nobody else is called like."""
    phone = {"phone": "+447700345678", "phone_typed": "07700 345 678", "contact_by": "call"}
    asked = actions.BookingData(name="Zuzanna Quill", email="quill@example.org", preferred_times=["weekends"], **phone)
    return actions.request_consultation(asked, submission=uuid.uuid4(), fingerprint="", now=timezone.now())


if __name__ == "__main__":
    enquiry = ask()
    Path(sys.argv[1]).write_text(f"{sign_in()} {enquiry.pk} {enquiry.reference}", encoding="utf-8")

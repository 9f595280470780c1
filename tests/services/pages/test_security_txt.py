"""Whoever finds a way to what is not theirs learns whom to tell (RFC 9116)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from services.clinic.clinic import Clinic
from services.models import ClinicDetails
from services.pages.sitemap import security_txt

pytestmark = pytest.mark.django_db


def lines(now: datetime) -> dict[str, str]:
    request = RequestFactory().get("/.well-known/security.txt")
    request.clinic = Clinic(now)
    return dict(line.split(": ", 1) for line in security_txt(request).content.decode().splitlines())


@pytest.mark.parametrize("now", [datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2028, 2, 29, tzinfo=UTC)])
def test_it_has_what_the_standard_asks_for(content, settings, now):
    said = lines(now)
    assert set(said) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}
    assert said["Canonical"] == f"{settings.SITE_URL}/.well-known/security.txt"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", said["Expires"])
    assert timedelta(days=180) < datetime.fromisoformat(said["Expires"]) - now < timedelta(days=365)


def test_the_contact_is_the_clinics(content, settings, client):
    details = ClinicDetails.objects.get()
    for email, contact in [("hello@clinic.test", "mailto:hello@clinic.test"), ("", f"{settings.SITE_URL}/contact/")]:
        details.email = email
        details.save()
        answer = client.get("/.well-known/security.txt")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.content.decode().startswith(f"Contact: {contact}\n")

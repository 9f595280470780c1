"""The settings read this module: it loads no model before it is asked."""

from django.apps import apps


def issuer(device) -> str:
    """Return the clinic's name, under which authenticator apps show an account."""
    details = apps.get_model("services", "ClinicDetails").objects.first()
    return details.name if details else "The clinic"

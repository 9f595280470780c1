"""What Django's own check of a deployment cannot know: whether people get their emails."""

from django.conf import settings
from django.core import checks


@checks.register(checks.Tags.security, deploy=True)
def emails_go_out(app_configs: object, **kwargs: object) -> list[checks.CheckMessage]:
    problems: list[checks.CheckMessage] = []
    if not settings.EMAIL_HOST:
        problems.append(checks.Warning("EMAIL_HOST is not set: emails to clients are written into files.", id="bookings.W001"))
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
        problems.append(checks.Warning("FROM_EMAIL is not set: emails would come from clinic@localhost.", id="bookings.W002"))
    if not settings.STAFF_EMAIL:
        problems.append(checks.Warning("STAFF_EMAIL is not set: nobody is told of a new request by email.", id="bookings.W003"))
    if not settings.MANAGER_EMAIL:
        problems.append(checks.Warning("MANAGER_EMAIL is not set: nobody hears when a request waits too long.", id="bookings.W004"))
    return problems

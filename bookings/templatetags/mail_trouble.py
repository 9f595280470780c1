"""What every page of the admin says when emails do not go out, or the clock stands still."""

from django import template

from bookings.jobs import jobs
from bookings.models import Notice

register = template.Library()


@register.simple_tag
def mail_trouble() -> dict[str, int]:
    """How many messages failed for good, and how many are still tried after two or more failures."""
    trouble = Notice.objects.trouble()
    return {"failed": trouble.get(Notice.Status.FAILED, 0), "late": trouble.get(Notice.Status.PENDING, 0)}


@register.simple_tag
def clock_trouble() -> str:
    """In a sentence, what is wrong with the worker; empty while it is at work."""
    health = jobs.health()
    if health.mail_is_away:
        return "Emails are not being sent: the worker is not running."
    if health.late:
        return f"What the site does by the clock is not being done: {', '.join(health.late)}."
    return ""

"""What every page of the admin says when emails do not go out."""

from django import template

from bookings.models import Notice

register = template.Library()


@register.simple_tag
def mail_trouble() -> dict[str, int]:
    """How many messages failed for good, and how many are still tried after two or more failures."""
    trouble = Notice.objects.trouble()
    return {"failed": trouble.get(Notice.Status.FAILED, 0), "late": trouble.get(Notice.Status.PENDING, 0)}

"""What every page of the admin says when emails do not go out."""

from django import template

from bookings.models import Notice

register = template.Library()


@register.simple_tag
def mail_trouble() -> dict[str, int]:
    """How many messages failed for good, and how many are still tried after two or more failures."""
    late = Notice.objects.filter(status=Notice.Status.PENDING, channel=Notice.Channel.EMAIL, attempts__gte=2)
    return {"failed": Notice.objects.failed().count(), "late": late.count()}

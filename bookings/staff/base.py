"""What the parts of the admin of requests have in common."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

# A part is mixed into one ModelAdmin. Were each one itself, Django would give each a `media` of its own, which hides that of the next.
if TYPE_CHECKING:
    Base = admin.ModelAdmin
else:
    Base = object


class EnquiryPart(Base):
    """One part of the admin of requests: `EnquiryAdmin` is made of them."""

    def may_answer(self, request: HttpRequest) -> bool:
        return request.user.has_perm("bookings.change_enquiry")

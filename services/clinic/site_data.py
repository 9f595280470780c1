"""The rows of the clinic that every page needs, read once an edition and kept in this process's memory.

Only what is watched (Edition.watch) may be kept here. Whoever claims a time reads the rows themselves, in the transaction of the claim.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.functional import cached_property

from services.models import (
    BankHoliday,
    ClinicDetails,
    Closure,
    CrisisContact,
    Image,
    Location,
    OpeningHours,
    Page,
    PhoneNumber,
    Rating,
    Service,
)

KEEP = 5 * 60  # seconds; what `update()` in a shell changes sends no signal and shows by then

Made = TypeVar("Made")
_kept: dict[Callable[[], Any], tuple[str, float, Any]] = {}  # by who makes it: the mark, until when on the monotonic clock, what was made


def of_edition(make: Callable[[], Made], mark: str) -> Made:
    """What `make` reads, from memory while the edition of that mark is current. The mark was asked for before anything was read."""
    if not mark:
        return make()
    kept_mark, until, made = _kept.get(make, ("", 0.0, None))
    if kept_mark != mark or time.monotonic() >= until:
        made = make()
        _kept[make] = (mark, time.monotonic() + KEEP, made)
    return made


def clear_kept() -> None:
    """Forgets everything this process keeps."""
    _kept.clear()


class Facts:
    """What staff have entered, read when first asked for. The rows are shared by all requests of a process: nobody changes or saves one."""

    @cached_property
    def details(self) -> ClinicDetails:
        return ClinicDetails.objects.first() or ClinicDetails(name="The clinic", reply_promise_hours=8)

    @cached_property
    def phones(self) -> dict[str, PhoneNumber]:
        """By role: layout, text."""
        return {phone.role: phone for phone in PhoneNumber.objects.all()}

    @cached_property
    def opening_hours(self) -> list[OpeningHours]:
        return list(OpeningHours.objects.all())

    @cached_property
    def bank_holidays(self) -> list[BankHoliday]:
        """Those on which the clinic is not open as usual."""
        return list(BankHoliday.objects.filter(treatment__in=["closed", "other"]))

    @cached_property
    def all_closures(self) -> list[Closure]:
        """Of the clinic and of single places, past ones, too."""
        return list(Closure.objects.all())

    @cached_property
    def locations(self) -> list[Location]:
        return list(Location.objects.all())

    @cached_property
    def services(self) -> list[Service]:
        return list(Service.objects.published())

    @cached_property
    def images(self) -> dict[str, Image]:
        """By the name that texts use."""
        return {image.slug: image for image in Image.objects.all()}

    @cached_property
    def pages(self) -> dict[str, list[Page]]:
        """What every page links to, by where: menu, footer, legal."""
        linked: dict[str, list[Page]] = {}
        for page in Page.objects.published().exclude(linked=Page.Linked.NOWHERE).defer("body"):
            linked.setdefault(page.linked, []).append(page)
        return linked

    @cached_property
    def ratings(self) -> list[Rating]:
        return list(Rating.objects.filter(is_shown=True))

    @cached_property
    def crisis_contacts(self) -> list[CrisisContact]:
        return list(CrisisContact.objects.all())

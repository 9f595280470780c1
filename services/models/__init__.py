"""What the clinic offers, where, when and in which words. Everything here is edited in admin."""

from services.models.clinic import (
    BankHoliday,
    ClinicDetails,
    Closure,
    CrisisContact,
    Location,
    OpeningHours,
    PhoneNumber,
    Rating,
)
from services.models.images import Image
from services.models.pages import Article, Evidence, Fact, FurtherReading, Issue, Result, Section, Service
from services.models.people import Person
from services.models.seed_record import LoadedRow
from services.models.site import Page, Question
from services.models.site_version import Edition

__all__ = [
    "Article",
    "BankHoliday",
    "ClinicDetails",
    "Closure",
    "CrisisContact",
    "Edition",
    "Evidence",
    "Fact",
    "FurtherReading",
    "Image",
    "Issue",
    "LoadedRow",
    "Location",
    "OpeningHours",
    "Page",
    "Person",
    "PhoneNumber",
    "Question",
    "Rating",
    "Result",
    "Section",
    "Service",
]

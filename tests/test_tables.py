"""Tables keyed by an enum: whoever adds a member meets each of them here, not in the night by a KeyError."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from enum import Enum
from types import ModuleType

import pytest

import bookings
import harley
import services
from bookings.domain.status import LABELS, Status
from bookings.models import Enquiry, Event, Hold, Note, Notice

ENUMS: list[type[Enum]] = [
    Status, Notice.Kind, Notice.Status, Notice.Channel, Hold.Kind, Event.Actor, Note.Call, Enquiry.ContactBy,
    Enquiry.MessageSafety, Enquiry.BestTime, Enquiry.Source, Enquiry.Outcome, Enquiry.DeclineReason,
]  # fmt: skip
DAYS = {Notice.Kind.STAFF_DIGEST, Notice.Kind.STAFF_OUTCOMES, Notice.Kind.STAFF_REVIEW}  # messages about a day
# Tables without some members, and why nobody asks for those there.
WITHOUT = {
    "bookings.public.presenter.WORDS": {Status.PROPOSED, Status.CONFIRMED},  # the hour decides which words: Standing.words
    "bookings.models.notification.STANDS_WHILE": DAYS,  # no state of a request decides
    "bookings.notifications.days.PARTS": set(Notice.Kind) - DAYS,
}
# Lists of the members that something is true of, or read with a default.
LISTS = {
    "bookings.domain.schedule.DAYS_BEFORE",  # the reminders
    "bookings.domain.schedule.PART_OF_PROMISE",  # what is said to staff while a request waits
    "bookings.notifications.samples.STATES",
    "bookings.notifications.samples.DAYS_AHEAD",
    "bookings.queries.queues.OF_EACH_STATE",
    "bookings.queries.slot_picker.PARTS",  # parts of a day, not the best time to call
}


def modules() -> Iterator[ModuleType]:
    for package in (bookings, services, harley):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and not found.name.endswith((".gunicorn_conf", ".wsgi")):
                yield importlib.import_module(found.name)


def home_of(module: ModuleType, name: str) -> str:
    """Return the module that defines the name, where others import it."""
    imported = [
        node.module
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.ImportFrom) and any((alias.asname or alias.name) == name for alias in node.names)
    ]
    return imported[0] or "" if imported else module.__name__


def tables() -> Iterator[tuple[str, dict, type[Enum]]]:
    """Return the dicts of all modules whose keys are members of one enum, or the strings they stand for, each once."""
    known = set()
    for module in modules():
        for name, table in vars(module).items():
            if not isinstance(table, dict) or len(table) < 2 or name.startswith("__") or id(table) in known:
                continue
            known.add(id(table))
            for enum in ENUMS:
                if all(isinstance(key, str) and key in {str(member.value) for member in enum} for key in table):
                    yield f"{home_of(module, name)}.{name}", table, enum
                    break


def test_every_table_names_each_member_of_its_enum():
    missing = {}
    for name, table, enum in tables():
        wanted = {str(member.value) for member in enum} - {str(member.value) for member in WITHOUT.get(name, ())}
        if name not in LISTS and set(map(str, table)) != wanted:
            missing[name] = wanted ^ set(map(str, table))
    assert missing == {}


def test_a_table_that_lacks_a_member_is_found(monkeypatch):
    monkeypatch.delitem(LABELS, Status.CLOSED)
    with pytest.raises(AssertionError, match="LABELS"):
        test_every_table_names_each_member_of_its_enum()

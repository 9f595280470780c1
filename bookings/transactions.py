"""One transaction a verb, done again where PostgreSQL gave it up for the sake of another."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
GIVEN_UP = {"40001", "40P01", "55P03"}  # could not serialise, deadlock, waited too long for a lock


def in_one_transaction(act: Callable[P, R]) -> Callable[P, R]:
    """Run a function in a transaction, up to three times where the database gave it up; raise whatever else goes wrong.

    Inside the transaction of a caller it is part of that one, and the caller's to do again.
    """

    @wraps(act)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1
        while True:
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or tries == TRIES or not was_given_up(error):
                    raise
            tries += 1

    return run


def was_given_up(error: OperationalError) -> bool:
    """Return whether the database ended the transaction for the sake of another, so that doing it again may succeed."""
    return getattr(error.__cause__, "pgcode", None) in GIVEN_UP

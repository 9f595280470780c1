"""Which edition of the public pages is current."""

import secrets
from typing import ClassVar

from django.db import InterfaceError, OperationalError, connection, models
from django.db.models import Q, signals


class Edition(models.Model):
    """One row whose mark is new after every save of what the public pages show. A page made under another mark is not shown again.

    The mark is random, not counted: a restored backup must not bring back a mark under which something else was kept.
    """

    mark = models.CharField(max_length=32)

    watched: ClassVar[set[type[models.Model]]] = set()

    class Meta:
        constraints = [models.CheckConstraint(name="one_row_of_edition", condition=Q(pk=1))]

    def __str__(self):
        return self.mark

    @classmethod
    def current(cls) -> str:
        """Empty while nothing was ever saved. Plain SQL, because this is most of what a kept page costs.

        It stands in for Django's check that a connection of an earlier request still works, which is a query, too, and costs as much.
        """
        connection.health_check_done = True  # type: ignore[attr-defined]  # the stubs leave it out
        try:
            return cls._read()
        except (InterfaceError, OperationalError):
            if connection.in_atomic_block or connection.is_usable():
                raise
            connection.close()  # the server has ended it; a new one is opened by the next query
            return cls._read()

    @staticmethod
    def _read() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT mark FROM services_edition")
            row = cursor.fetchone()
        return row[0] if row else ""

    @classmethod
    def renew(cls, **_signal) -> None:
        """In the transaction of the change: nobody reads the new mark before the change, nor the change long before the mark."""
        mark = secrets.token_hex(16)
        if not cls.objects.filter(pk=1).update(mark=mark):
            cls.objects.update_or_create(pk=1, defaults={"mark": mark})

    @classmethod
    def lock(cls) -> None:
        """Wait for every save of what pages show; the next waits for the caller's transaction: what is read now is what is changed."""
        if not list(cls.objects.select_for_update().filter(pk=1)):
            cls.renew()

    @classmethod
    def watch(cls, model: type[models.Model]) -> None:
        """Every save and deletion of the model's rows begins a new edition.

        Before the row is written, so that every transaction takes the lock of this row first and two of them cannot wait for each other;
        and after it, for a save that is no part of a transaction.
        """
        cls.watched.add(model)
        for signal in (signals.pre_save, signals.post_save, signals.pre_delete, signals.post_delete):
            signal.connect(cls.renew, sender=model)

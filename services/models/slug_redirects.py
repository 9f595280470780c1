"""Rows with a page at an address of their own. What everyone could open leads to the page for ever, or says that it is gone."""

from typing import Any, TypeVar

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Concat, Substr
from django.db.models.signals import pre_save
from django.dispatch import receiver

from services.models.site_version import Edition
from services.pages import redirect_rules

LEADS_ON = "Change it freely: the old address leads here from then on."

Row = TypeVar("Row", bound="Addressed")


class AddressedQuerySet(models.QuerySet[Row]):
    def delete(self) -> tuple[int, dict[str, int]]:
        """Also of many at once: each address is told to be gone."""
        with transaction.atomic():
            for row in self:
                row.say_gone()
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]  # Django marks methods so, and types know no attributes of a method
    delete.queryset_only = True  # type: ignore[attr-defined]


class Addressed(models.Model):
    """`save` and `delete` keep the redirects, in the same transaction. `QuerySet.update` does not: nothing here changes a slug by it."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with transaction.atomic():
            Edition.renew()  # its lock comes first, so that no other save changes the address between this look and this write
            before = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
            super().save(*args, **kwargs)
            self.lead_here(before)

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            self.say_gone()
            return super().delete(*args, **kwargs)

    @property
    def is_public(self) -> bool:
        """Whether everyone can open its address."""
        return True

    def lead_here(self, before: "Addressed | None") -> None:
        """What led to the address before leads to the one now, in one step; what is public needs no redirect at its own address."""
        old, new = before.get_absolute_url() if before else "", self.get_absolute_url()
        if before and old != new:
            followers = _leading_to(old)
            followers.filter(old_path=redirect_rules.normal(new)).delete()  # it came back
            followers.update(new_path=Concat(models.Value(new), Substr("new_path", len(old) + 1)))
        if self.is_public:
            _redirects().filter(old_path=redirect_rules.normal(new)).delete()
            if before and before.is_public and old != new:
                _lead(old, new)

    def say_gone(self) -> None:
        """What led here says so, too. A draft was never there."""
        path = self.get_absolute_url()
        _leading_to(path).update(new_path="")
        if self.is_public:
            _lead(path, "")


def _redirects() -> models.QuerySet:
    return Redirect.objects.filter(site_id=settings.SITE_ID)


def _leading_to(path: str) -> models.QuerySet:
    """Return those that lead to a page, or to a part of it."""
    return _redirects().filter(Q(new_path=path) | Q(new_path__startswith=f"{path}#") | Q(new_path__startswith=f"{path}?"))


def _lead(old: str, new: str) -> None:
    """An empty new address: gone."""
    Redirect.objects.update_or_create(site_id=settings.SITE_ID, old_path=redirect_rules.normal(old), defaults={"new_path": new})


@receiver(pre_save, sender=Redirect)
def keep_in_normal_form(instance: Redirect, **_signal: Any) -> None:
    """Whoever saves it: an old address in another form would never be found."""
    instance.old_path = redirect_rules.normal(instance.old_path)

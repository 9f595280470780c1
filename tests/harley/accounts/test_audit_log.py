"""The audit log: each kind of entry is written where it happens, once, and holds nothing about a client or about what was typed."""

import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from harley.accounts import retention
from harley.accounts.audit import LISTS, record_once
from harley.models import AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "a long password of Ada"


@pytest.fixture
def ada(django_user_model):
    return django_user_model.objects.create_superuser("ada", password=PASSWORD)


def entries(**only) -> list[tuple]:
    rows = AuditEntry.objects.filter(**only).order_by("pk")
    return [(row.kind, row.user and row.user.username, row.account and row.account.username, row.detail) for row in rows]


def sign_in(client, name, password=PASSWORD):
    return client.post("/admin/login/", {"username": name, "password": password})


def test_signing_in_and_out_is_recorded(content, client, ada):
    sign_in(client, "ada")
    client.post("/admin/logout/")
    assert entries(kind__in=["signed_in", "signed_out"]) == [("signed_in", "ada", None, ""), ("signed_out", "ada", None, "")]


def test_a_refusal_names_the_account_and_nothing_that_was_typed(content, client, ada):
    sign_in(client, "ADA", "wrong-password-1")
    sign_in(client, "a password in the wrong field", "wrong-password-2")
    sign_in(client, "another name", "wrong-password-3")
    assert entries() == [("refused", None, "ada", ""), ("refused", None, None, "no account of that name")]


def test_who_is_locked_out_is_recorded(content, client, ada):
    for number in range(6):
        sign_in(client, "ada", f"wrong-password-{number}")
    assert entries(kind="locked")[0] == ("locked", None, "ada", "")


def test_which_role_was_given_and_taken_by_whom(content, client, ada, django_user_model):
    client.force_login(ada)
    bo = django_user_model.objects.create_user("bo", is_staff=True)
    bo.groups.add(Group.objects.get(name="Reception"))
    url = reverse("admin:auth_user_change", args=[bo.pk])
    manager = Group.objects.get(name="Manager").pk
    form = {"username": "bo", "first_name": "Bo", "last_name": "Lee", "email": "", "is_active": "on", "groups": [manager]}
    assert client.post(url, form).status_code == 302
    assert client.post(url, {**form, "is_active": ""}).status_code == 302
    assert client.post(url, {**form, "is_active": ""}).status_code == 302  # nothing changed
    assert entries(kind__startswith="role") == [
        ("role_given", "ada", "bo", "Manager"),
        ("role_taken", "ada", "bo", "Reception"),
        ("role_taken", "ada", "bo", "May sign in"),
    ]


def test_a_password_set_for_somebody_else_is_recorded(content, client, ada, django_user_model):
    client.force_login(ada)
    bo = django_user_model.objects.create_user("bo", is_staff=True)
    for account in (bo, ada):
        new = {"password1": "another long one 42", "password2": "another long one 42"}
        client.post(reverse("admin:auth_user_password_change", args=[account.pk]), new)
    assert entries(kind="password_set") == [("password_set", "ada", "bo", "")]


def test_a_list_is_recorded_once_in_an_hour_and_a_search_apart_from_it(content, client, ada):
    client.force_login(ada)
    AuditEntry.objects.all().delete()
    url = reverse("admin:bookings_enquiry_changelist")
    for query in ({}, {"q": "Robin Sample"}, {}, {"q": "07700 900982"}):
        assert client.get(url, query).status_code == 200
    found = set(entries())
    assert found == {("listed", "ada", None, "Requests"), ("searched", "ada", None, "Requests")}
    now = timezone.now().replace(minute=59)
    for later in (now, now + timedelta(minutes=1), now + timedelta(minutes=2)):
        record_once(AuditEntry.Kind.LISTED, later, user=ada, detail="Diary")
    assert entries(detail="Diary") == [("listed", "ada", None, "Diary")] * 2


@pytest.mark.parametrize("address", LISTS)
def test_every_list_is_recorded(content, client, ada, address):
    client.force_login(ada)
    assert client.get(reverse(address)).status_code == 200
    assert entries(kind="listed") == [("listed", "ada", None, LISTS[address])]


def test_managers_read_it_and_nobody_changes_it(content, client, ada, django_user_model):
    may = {}
    for role in ("Reception", "Practitioner", "Content editor", "Manager"):
        user = django_user_model.objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        may[role] = {verb for verb in ("view", "add", "change", "delete") if user.has_perm(f"harley.{verb}_auditentry")}
    assert may == {"Reception": set(), "Practitioner": set(), "Content editor": set(), "Manager": {"view"}}
    client.force_login(ada)
    entry = AuditEntry.objects.first() or AuditEntry.objects.create(at=timezone.now(), kind="listed")
    assert client.post(reverse("admin:harley_auditentry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    page = client.get(reverse("admin:harley_auditentry_changelist"), {"kind__exact": "signed_in"})
    assert "Signed in by password" in page.content.decode()


def test_it_goes_after_two_years(ada):
    now = timezone.now()
    for days in (729, 731):
        AuditEntry.objects.create(at=now - timedelta(days=days), kind="signed_in", user=ada)
    assert retention.old_rows(now)["records of sign-ins, roles and lists deleted"].count() == 1


def test_emails_as_files_go_after_ninety_days(settings, tmp_path):
    settings.EMAIL_FILE_PATH = tmp_path
    now = timezone.now()
    for name, days in [("old.eml", 91), ("new.eml", 89), ("old.eml.x.part", 91), ("notes.txt", 91)]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ((now - timedelta(days=days)).timestamp(),) * 2)
    old = retention.old_rows(now)["emails as files deleted"]
    assert (old.count(), old.delete()) == (2, (2,))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.eml", "notes.txt"]

"""Who may open and do what in the admin: every page there is, for every role, by its real address."""

import pytest
from bs4 import BeautifulSoup
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.redirects.models import Redirect
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils import timezone

from bookings import actions
from bookings.models import Closing, Enquiry, Event, Notice, RotaException
from bookings.staff.steps import STEPS
from harley.accounts.roles import ROLES
from harley.models import AuditEntry, Look
from services.models import BankHoliday, Closure, Image, Location, Person
from tests.bookings import factories

R, P, C, M = "Reception", "Practitioner", "Content editor", "Manager"
EVERYONE = (R, P, C, M)
ANSWERING, WRITING, MANAGING = (R, M), (C, M), (M,)
NOBODY = ()

# Pages of one model: who may see its list and rows, add, change, delete.
MODELS = {
    "admin_logentry": (MANAGING, NOBODY, NOBODY, NOBODY),
    "auth_user": (MANAGING, MANAGING, MANAGING, NOBODY),
    "bookings_closing": ((R, C, M), WRITING, WRITING, WRITING),
    "bookings_consultationhours": (ANSWERING, ANSWERING, ANSWERING, ANSWERING),
    "bookings_enquiry": (ANSWERING, ANSWERING, NOBODY, NOBODY),
    "bookings_event": (MANAGING, NOBODY, NOBODY, NOBODY),
    "bookings_notice": (ANSWERING, NOBODY, NOBODY, NOBODY),
    "bookings_rotaexception": (ANSWERING, ANSWERING, ANSWERING, ANSWERING),
    "harley_auditentry": (MANAGING, NOBODY, NOBODY, NOBODY),
    "harley_look": (MANAGING, NOBODY, NOBODY, NOBODY),
    "redirects_redirect": (WRITING, WRITING, WRITING, WRITING),
    "services_article": (WRITING, WRITING, WRITING, WRITING),
    "services_bankholiday": (ANSWERING, ANSWERING, ANSWERING, ANSWERING),
    "services_clinicdetails": (WRITING, NOBODY, WRITING, NOBODY),
    "services_closure": (ANSWERING, ANSWERING, ANSWERING, ANSWERING),
    "services_crisiscontact": (WRITING, WRITING, WRITING, WRITING),
    "services_image": (WRITING, WRITING, WRITING, WRITING),
    "services_location": ((R, C, M), WRITING, WRITING, WRITING),
    "services_openinghours": ((R, C, M), NOBODY, WRITING, NOBODY),
    "services_page": (WRITING, WRITING, WRITING, WRITING),
    "services_person": ((R, C, M), WRITING, WRITING, WRITING),
    "services_phonenumber": (WRITING, NOBODY, WRITING, NOBODY),
    "services_question": (WRITING, WRITING, WRITING, WRITING),
    "services_rating": (WRITING, WRITING, WRITING, WRITING),
    "services_service": (WRITING, WRITING, WRITING, WRITING),
}

# Every other page: who may open it, and who may send its form.
PAGES = {
    "app_list": ((R, C, M), (R, C, M)),  # of the bookings
    "auth_user_password_change": (MANAGING, MANAGING),
    "again": (EVERYONE, EVERYONE),  # what they had typed before they signed in
    "autocomplete": (MANAGING, NOBODY),  # of accounts, for the form of a person
    "bookings_diary": ((R, P, M), (R, P, M)),
    "bookings_diary_feed": (NOBODY, (R, P, M)),
    "bookings_email": ((R, C, M), NOBODY),
    "bookings_email_letter": ((R, C, M), NOBODY),
    "bookings_enquiry_bulk": (ANSWERING, ANSWERING),
    "bookings_enquiry_from_board": (ANSWERING, ANSWERING),
    "bookings_enquiry_notice": (ANSWERING, ANSWERING),
    "bookings_enquiry_waiting": (ANSWERING, ANSWERING),
    "bookings_export": (MANAGING, MANAGING),
    "bookings_figures": (MANAGING, MANAGING),
    "bookings_person": (MANAGING, MANAGING),
    "bookings_person_file": (NOBODY, MANAGING),
    "bookings_statistics": (MANAGING, MANAGING),
    "index": (EVERYONE, EVERYONE),
    "jsi18n": (EVERYONE, NOBODY),
    "password_change": (EVERYONE, EVERYONE),
    "password_change_done": (EVERYONE, NOBODY),
    "second_factor": (EVERYONE, EVERYONE),
    "second_factor_code": (EVERYONE, EVERYONE),
    "second_factor_set_up": (EVERYONE, EVERYONE),
    "services_article_preview": (WRITING, NOBODY),
    "services_page_preview": (WRITING, NOBODY),
    "services_service_preview": (WRITING, NOBODY),
    "services_words_preview": (NOBODY, WRITING),
    "to_do": ((R, C, M), (R, C, M)),  # of it each sees what they may do
    "view_on_site": (NOBODY, NOBODY),
}
for step in STEPS:
    takes = MANAGING if step.verb == "erase" else ANSWERING
    PAGES |= {step.url_name(): (takes, takes), f"{step.url_name()}_draft": (takes, takes)}
OPEN_TO_STRANGERS = {"login", "logout"}
for model, (see, add, change, delete) in MODELS.items():
    PAGES |= {
        f"{model}_changelist": (see, see),
        f"{model}_history": (see, see),
        f"{model}_change": (see, change),
        f"{model}_add": (add, add),
        f"{model}_delete": (delete, delete),
    }


def names(patterns):
    """Of every page of the admin. Django's own redirect from a row's address to its form has none."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield from [pattern.name] if pattern.name else []
        else:
            yield from names(pattern.url_patterns)


def member(*roles, name="member", **facts):
    user = get_user_model().objects.create_user(name, is_staff=True, **facts)
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def clinic(rota):
    """At least one row of everything the admin has a page for."""
    now, today = timezone.now(), timezone.localdate()
    enquiry = factories.request(now=now, email="sam@example.org")
    Closure.objects.create(reason="Holiday", first_day=today, last_day=today)
    BankHoliday.objects.create(name="Boxing Day", day=today)
    RotaException.objects.create(location=Location.objects.first(), day=today, opens="09:00", closes="12:00")
    Closing.objects.create(kind="received", text="With kind regards")
    Image.objects.create(name="Couch", slug="couch", digest="x" * 32, width=10, height=10, is_decorative=True)
    Redirect.objects.create(site_id=1, old_path="/old/", new_path="/")
    other = member(P, name="other")
    LogEntry.objects.log_actions(other.pk, [other], CHANGE, change_message="", single_object=True)
    Look.objects.create(at=now, user=other, enquiry=enquiry, page="change")
    AuditEntry.objects.create(at=now, kind="signed_in", user=other)


def address(name: str) -> str:
    """Of a row that is there, for pages of one row."""
    enquiry = Enquiry.objects.get().pk
    special = {
        "app_list": ["bookings"],
        "bookings_email": ["received"],
        "bookings_email_letter": ["received"],
        "bookings_enquiry_bulk": ["decline"],
        "bookings_enquiry_from_board": [Notice.objects.first().pk, "told"],
        "bookings_enquiry_notice": [enquiry, Notice.objects.first().pk, "told"],
        "bookings_person": [enquiry],
        "bookings_person_file": [enquiry],
        "view_on_site": [ContentType.objects.get_for_model(Enquiry).pk, enquiry],
    }
    if name in special:
        return reverse(f"admin:{name}", args=special[name])
    if name == "autocomplete":
        return reverse("admin:autocomplete") + "?app_label=services&model_name=person&field_name=user"
    try:
        return reverse(f"admin:{name}")
    except NoReverseMatch:
        app, model = name.split("_")[:2]
        row = next(model_ for model_ in admin.site._registry if model_._meta.label_lower == f"{app}.{model}")._default_manager.first()
        return reverse(f"admin:{name}", args=[row.pk])


def is_open(answer) -> bool:
    """Whether the page was there, also one that misses what it was sent."""
    assert answer.status_code in {200, 302, 400, 403, 404, 405}
    assert not answer.get("Location", "").startswith("/admin/login/")
    return answer.status_code in {200, 302, 400}


def test_every_page_of_the_admin_is_in_the_table():
    """Whoever adds a page says here who may open it."""
    assert set(names(admin.site.urls[0])) - OPEN_TO_STRANGERS == set(PAGES)


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", EVERYONE)
def test_each_role_opens_its_pages_and_no_other(clinic, role):
    client = browser(member(role))
    wrong = []
    for name, (see, send) in PAGES.items():
        url = address(name)
        if is_open(client.get(url)) != (role in see):
            wrong.append(f"{role} {'cannot' if role in see else 'can'} open {name}")
        if is_open(client.post(url)) != (role in send):
            wrong.append(f"{role} {'cannot' if role in send else 'can'} send {name}")
    assert wrong == []


def test_deleting_somebodys_details_is_for_managers(clinic):
    url = reverse("admin:bookings_enquiry_bulk", args=["erase"])
    assert {role: is_open(browser(member(role, name=role)).get(url)) for role in EVERYONE} == {R: False, P: False, C: False, M: True}


def test_an_account_without_a_role_opens_nothing(clinic):
    client = browser(member())
    opened = {name for name in PAGES if is_open(client.get(address(name)))}
    assert opened == {name for name, (see, _) in PAGES.items() if see == EVERYONE}


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", EVERYONE)
def test_no_menu_shows_what_one_cannot_open(clinic, role):
    client = browser(member(role))
    page = BeautifulSoup(client.get("/admin/", follow=True).content, "html.parser")
    links = {link["href"] for link in page.select("a[href^='/admin/']")}
    assert len(links) > 1
    assert {link for link in links if not is_open(client.get(link))} == set()


def test_nobody_is_told_that_all_is_done_where_it_is_left_to_others(clinic):
    desk = browser(member(R))
    assert "Every fact about the clinic is there." not in desk.get("/admin/").content.decode()
    assert "Bank holidays to decide" in desk.get("/admin/").content.decode()
    BankHoliday.objects.all().delete()
    assert "There is nothing for you to do here." in desk.get(reverse("admin:to_do")).content.decode()
    assert "address" in browser(member(C, name="writer")).get(reverse("admin:to_do")).content.decode()


def test_practitioners_begin_with_their_diary(clinic):
    assert browser(member(P)).get("/admin/")["Location"] == reverse("admin:bookings_diary")
    assert browser(member(P, R, name="both")).get("/admin/").status_code == 200


def test_nobody_is_led_to_a_persons_own_page_by_djangos_shortcut(clinic):
    feed = actions.make_feed(member(M), now=timezone.now())
    client = browser(get_user_model().objects.create_superuser("root"))
    for row in (Enquiry.objects.get(), feed, Event.objects.first()):
        assert client.get(f"/admin/r/{ContentType.objects.get_for_model(row).pk}/{row.pk}/").status_code == 404


# How the roles come into being


def codenames(group):
    return {f"{app}.{codename}" for app, codename in group.permissions.values_list("content_type__app_label", "codename")}


def test_migrating_made_the_four_roles_with_exactly_their_permissions(db):
    assert {group.name: codenames(group) for group in Group.objects.all()} == {name: set(role.may) for name, role in ROLES.items()}


def test_migrating_again_mends_them_and_leaves_accounts_alone(db):
    user = member(R)
    Group.objects.get(name=R).permissions.clear()
    Group.objects.get(name=P).delete()
    own = Group.objects.create(name="Auditors of 2027")
    Permission.objects.filter(codename="export_enquiry").delete()  # as where it is not made yet
    call_command("migrate", verbosity=0)
    assert set(user.groups.values_list("name", flat=True)) == {R}
    assert codenames(Group.objects.get(name=R)) == set(ROLES[R].may)
    assert codenames(Group.objects.get(name=M)) == set(ROLES[M].may)
    assert Group.objects.filter(pk=own.pk).exists()


def test_a_permission_that_is_not_there_stops_nothing(db):
    handler = next(ref for _, ref, *_ in post_migrate.receivers if "bring_up_to_date" in repr(ref))()
    Permission.objects.filter(codename="see_figures").delete()
    handler(sender=None)
    assert codenames(Group.objects.get(name=M)) == set(ROLES[M].may) - {"bookings.see_figures"}


# Accounts


@pytest.fixture
def manager(db):
    return member(M, name="manager")


@pytest.fixture
def root(db):
    return get_user_model().objects.create_superuser("root", "", "harbour-lantern-walnut")


def form_of(user, **changes):
    facts = {"username": user.username, "first_name": "", "last_name": "", "email": "", "is_active": "on"}
    return facts | {"groups": [group.pk for group in user.groups.all()]} | changes


def test_a_manager_makes_an_account_with_its_role(manager):
    client = browser(manager)
    new = {"username": "ada", "password1": "harbour-lantern", "password2": "harbour-lantern", "is_superuser": "on"}
    client.post(reverse("admin:auth_user_add"), new | {"groups": [Group.objects.get(name=R).pk]})
    ada = get_user_model().objects.get(username="ada")
    assert (ada.is_staff, ada.is_superuser, [group.name for group in ada.groups.all()]) == (True, False, [R])
    assert Client().post("/admin/login/", {"username": "ada", "password": "harbour-lantern", "next": "/admin/"}).status_code == 302


def test_an_account_has_an_email_address_that_servers_take(manager):
    other = member(R, name="other")
    answer = browser(manager).post(reverse("admin:auth_user_change", args=[other.pk]), form_of(other, email="robin@localhost"))
    assert answer.context["errors"] == [["Enter an email address in the correct format, like name@example.com"]]


def test_a_password_of_eleven_letters_is_refused(manager):
    new = {"username": "ada", "password1": "harbour-lan", "password2": "harbour-lan"}
    assert b"at least 12 characters" in browser(manager).post(reverse("admin:auth_user_add"), new).content


def test_a_manager_makes_nobody_a_superuser_and_not_themselves(manager):
    client, other = browser(manager), member(R, name="other")
    extra = {
        "is_superuser": "on",
        "is_staff": "on",
        "user_permissions": [str(pk) for pk in Permission.objects.values_list("pk", flat=True)],
    }
    for user in (manager, other):
        url = reverse("admin:auth_user_change", args=[user.pk])
        assert "is_superuser" not in client.get(url).content.decode()
        assert client.post(url, form_of(user, first_name="Ada", **extra)).status_code == 302
        user.refresh_from_db()
        assert (user.first_name, user.is_superuser, user.user_permissions.count()) == ("Ada", False, 0)


def test_a_manager_does_not_see_or_change_a_superuser(manager, root):
    client, before = browser(manager), root.password
    assert "root" not in client.get(reverse("admin:auth_user_changelist")).content.decode()
    for name, data in [
        ("change", form_of(root, username="mine")),
        ("password_change", {"password1": "harbour-lantern", "password2": "harbour-lantern"}),
        ("delete", {"post": "yes"}),
        ("history", {}),
    ]:
        url = reverse(f"admin:auth_user_{name}", args=[root.pk])
        assert client.get(url).status_code in {302, 403, 404}
        assert client.post(url, data).status_code in {302, 403, 404}
    root.refresh_from_db()
    assert (root.username, root.password) == ("root", before)


def test_nobody_changes_their_own_role_or_shuts_themselves_out(manager):
    browser(manager).post(reverse("admin:auth_user_change", args=[manager.pk]), form_of(manager, groups=[], is_active=""))
    manager.refresh_from_db()
    assert manager.is_active
    assert [group.name for group in manager.groups.all()] == [M]


def test_a_superuser_may_make_another(root):
    other = member(name="other")
    browser(root).post(reverse("admin:auth_user_change", args=[other.pk]), form_of(other, is_superuser="on"))
    other.refresh_from_db()
    assert other.is_superuser


def test_an_account_that_is_switched_off_is_signed_out(manager):
    other = member(R, name="other")
    theirs = browser(other)
    assert theirs.get("/admin/").status_code == 200
    browser(manager).post(reverse("admin:auth_user_change", args=[other.pk]), form_of(other, is_active=""))
    assert theirs.get("/admin/").status_code == 302


def test_the_list_of_accounts_costs_the_same_for_three_as_for_one(manager, django_assert_max_num_queries):
    client, counts = browser(manager), set()
    client.get(reverse("admin:auth_user_changelist"))  # which the audit log records once in an hour
    for n in range(2):
        member(R, C, name=f"other{n}")
        with django_assert_max_num_queries(13) as asked:
            client.get(reverse("admin:auth_user_changelist"))
        counts.add(len(asked))
    assert len(counts) == 1


def test_a_content_editor_cannot_say_whose_diary_an_account_sees(content):
    url = reverse("admin:services_person_change", args=[Person.objects.first().pk])
    for role, fields in ((C, 0), (M, 1)):
        page = BeautifulSoup(browser(member(role, name=role)).get(url).content, "html.parser")
        assert len(page.select("[name=user]")) == fields

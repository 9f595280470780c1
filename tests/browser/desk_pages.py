"""Every page of the admin, found by walking its addresses: where one needs a row, a row that it is about."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Model
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from bookings.domain.status import Status
from bookings.models import Enquiry, Notice
from bookings.staff.bulk_steps import BULKS
from bookings.staff.steps import STEPS

NO_PAGE = {  # addresses that answer with something else than a page of the admin
    None: "redirects to the page of a row",
    "logout": "signs out",
    "view_on_site": "answers 404",
    "autocomplete": "JSON",
    "jsi18n": "a script",
    "bookings_email_letter": "an email",
    "bookings_enquiry_notice": "a button",
    "bookings_enquiry_from_board": "a button",
    "bookings_diary_feed": "a button",
    "bookings_statistics": "a file",
    "bookings_person_file": "a file",
    "services_words_preview": "a part of a page",
    "services_page_preview": "a page of the site",
    "services_service_preview": "a page of the site",
    "services_article_preview": "a page of the site",
    "password_change_done": "says one sentence",
    "second_factor_code": "between the password and the admin: test_signin.py",
    "login": "before anybody is signed in: test_signin.py",
    "again": "comes after a form that was sent too late: tests/harley/test_refused_forms.py",
}
NEVER = {  # what nobody may do, whatever their role
    f"{model}_{page}"
    for model, pages in {
        "admin_logentry": ("add", "delete"),
        "bookings_enquiry": ("delete",),
        "bookings_event": ("add", "delete"),
        "bookings_notice": ("add", "delete"),
        "harley_look": ("add", "delete"),
        "harley_auditentry": ("add", "delete"),
        "auth_user": ("delete",),
        "services_clinicdetails": ("add", "delete"),
        "services_phonenumber": ("delete",),
    }.items()
    for page in pages
}


def names() -> set[str | None]:
    """Return the names of all addresses of the admin."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str | None]:
        for one in patterns:
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns)
            else:
                yield one.name

    return set(walk(admin.site.urls[0]))


FIXED = ["index", "second_factor", "second_factor_set_up", "password_change", "to_do"]
FIXED += ["bookings_enquiry_waiting", "bookings_figures", "bookings_export"]
QUERIES = {  # what the same page shows when it is asked for more
    "bookings_diary": [{"view": "week"}, {"view": "day"}],
    "bookings_figures": [{"period": "year"}],
    "bookings_enquiry_changelist": [{"state": "all"}, {"state": "confirmed", "q": "maria"}, {"q": "nobody at all"}],
    "bookings_notice_changelist": [{"look": "failed"}, {"look": "tell"}],
}
ONE_OF_MANY = {"auth_user", "bookings_enquiry", "bookings_rotaexception", "services_person"}
FEW = 3  # rows of a step on many requests


def paths(*, any_model: bool = True) -> dict[str, list[str]]:
    """Return, by the name of its address, the paths of every page that the stored rows allow to be looked at; drafts of emails aside.

    Django draws its pages that add, delete and tell the history for every model alike: without `any_model` those of two are enough.
    """
    found = {name: [reverse(f"admin:{name}")] for name in [*FIXED, "bookings_diary"]}
    for model in apps.get_models():
        if admin.site.is_registered(model):
            found |= dict(_of_model(model, any_model))
    found["bookings_email"] = [reverse("admin:bookings_email", args=[kind]) for kind in ("offered", "staff_digest")]
    found["app_list"] = [reverse("admin:app_list", args=[label]) for label in ("bookings", "services")]
    found |= _of_requests()
    for name, queries in QUERIES.items():
        found[name] += [f"{found[name][0]}?{urlencode(query)}" for query in queries]
    return found


def _of_model(model: type[Model], any_model: bool) -> Iterator[tuple[str, list[str]]]:
    """Yield the pages that Django's admin makes for a model, for the row with the longest words."""
    label, site = f"{model._meta.app_label}_{model._meta.model_name}", admin.site.get_model_admin(model)
    superuser = get_user_model()(is_superuser=True, is_active=True, is_staff=True)
    request = type("Request", (), {"user": superuser, "GET": {}})()
    yield f"{label}_changelist", [reverse(f"admin:{label}_changelist")]
    if site.has_add_permission(request) and (any_model or label in ONE_OF_MANY):
        yield f"{label}_add", [reverse(f"admin:{label}_add")]
    rows = sorted(model._default_manager.all()[:200], key=lambda each: len(str(each.__dict__)), reverse=True)
    if not rows:
        return
    row = rows[0]
    yield f"{label}_change", [reverse(f"admin:{label}_change", args=[row.pk])]
    if not any_model and label not in ONE_OF_MANY:
        return
    yield f"{label}_history", [reverse(f"admin:{label}_history", args=[row.pk])]
    if deletable := next((each for each in rows if site.has_delete_permission(request, each)), None):
        yield f"{label}_delete", [reverse(f"admin:{label}_delete", args=[deletable.pk])]
    if label == "auth_user":
        yield "auth_user_password_change", [reverse("admin:auth_user_password_change", args=[row.pk])]


def _of_requests() -> dict[str, list[str]]:
    """Return the pages of one request in each state, of each step for the longest name it is open for, and of many."""
    now, staff = timezone.now(), get_user_model().objects.filter(is_superuser=True).first()
    rows = sorted(Enquiry.objects.select_related("location"), key=lambda each: len(each.name), reverse=True)
    found = {}
    in_state = [next((row.pk for row in rows if row.status == status), None) for status in Status]
    if rows:
        told = Notice.objects.to_tell().values_list("event__enquiry", flat=True)[:1]
        failed = Notice.objects.failed().values_list("event__enquiry", flat=True)[:1]
        deleted = [row.pk for row in rows if row.erased_at][:1]
        shown = dict.fromkeys([*filter(None, in_state), *told, *failed, *deleted])
        found["bookings_enquiry_change"] = [reverse("admin:bookings_enquiry_change", args=[pk]) for pk in shown]
        found["bookings_person"] = [reverse("admin:bookings_person", args=[rows[0].pk])]
    for step in STEPS:
        if row := next((row for row in rows if staff.has_perm(step.permission) and step.is_open(row, now)), None):
            found[step.url_name()] = [reverse(f"admin:{step.url_name()}", args=[row.pk])]
    for bulk in BULKS:
        possible = [row.pk for row in rows if not row.erased_at][: FEW * 20 : 20]
        address = reverse("admin:bookings_enquiry_bulk", args=[bulk.verb])
        found.setdefault("bookings_enquiry_bulk", []).append(f"{address}?{urlencode({'row': possible}, doseq=True)}")
    return found

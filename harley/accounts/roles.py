"""The four roles, and exactly what each may do. `migrate` makes them so each time it runs."""

from __future__ import annotations

from dataclasses import dataclass

from django.apps import apps as all_apps

VERBS = ("view", "add", "change", "delete")


@dataclass(frozen=True)
class Role:
    words: str
    may: frozenset[str]  # permissions, as app.codename


def rows(app: str, *models: str, may: tuple[str, ...] = VERBS) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{model}" for model in models for verb in may)


def of_requests(*codenames: str) -> frozenset[str]:
    return frozenset(f"bookings.{codename}" for codename in codenames)


ANSWERING = (
    of_requests("see_diary")
    | rows("bookings", "enquiry", "note", may=("view", "add", "change"))
    | rows("bookings", "notice", "closing", may=("view",))
    | rows("bookings", "consultationhours", "rotaexception")
    | rows("services", "closure", "bankholiday")
    | rows("services", "location", "person", "openinghours", may=("view",))
)
WRITING = (
    rows("services", "service", "fact", "section", "result", "evidence", "issue", "furtherreading")
    | rows("services", "article", "page", "question", "image", "location", "person", "rating", "crisiscontact")
    | rows("services", "clinicdetails", "phonenumber", "openinghours", may=("view", "change"))
    | rows("redirects", "redirect")
    | rows("bookings", "closing")
)
MANAGING = (
    of_requests("export_enquiry", "erase_enquiry", "see_figures")
    | rows("auth", "user", may=("view", "add", "change"))
    | rows("bookings", "event", may=("view",))
    | rows("admin", "logentry", may=("view",))
    | rows("harley", "look", "auditentry", may=("view",))
)
ROLES = {
    "Reception": Role("answers requests, keeps the rota, the diary and closures", ANSWERING),
    "Practitioner": Role("sees their own diary", of_requests("see_own_diary")),
    "Content editor": Role("writes the pages", WRITING),
    "Manager": Role("all of it, and accounts, figures, exports and deleting", ANSWERING | WRITING | MANAGING),
}


def bring_up_to_date(sender, *, apps=all_apps, using="default", **kwargs) -> None:
    """At the end of every `migrate`, when each app has made its permissions; those that are not there (yet, or any more) are left out."""
    try:
        groups, permissions = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    except LookupError:
        return
    known = {
        f"{app}.{codename}": pk
        for pk, app, codename in permissions.objects.using(using).values_list("pk", "content_type__app_label", "codename")
    }
    for name, role in ROLES.items():
        group, _ = groups.objects.using(using).get_or_create(name=name)
        group.permissions.set(known[permission] for permission in role.may if permission in known)

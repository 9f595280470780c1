"""Addresses that were. Renaming and deleting a page writes them; staff add those of an earlier site."""

import django.contrib.redirects.admin
import django.contrib.sites.admin  # noqa: F401 (both register their model, which is taken back here)
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.core.validators import URLValidator

from services.admin.versions import VersionedAdmin
from services.pages import redirect_rules
from services.pages.redirects import own_hosts

admin.site.unregister([Redirect, Site])


class RedirectForm(forms.ModelForm):
    class Meta:
        model = Redirect
        fields = ["old_path", "new_path"]
        labels = {"old_path": "Old address", "new_path": "New address"}
        help_texts = {
            "old_path": "Without the site’s name: /what-we-do/. Capitals, a slash at the end, and what more is asked after a question mark "
            "make no difference. It is used only while no page has this address.",
            "new_path": "Where it leads: /therapies/, or a whole address of another site. Empty: people are told that the page is gone.",
        }

    def clean_old_path(self):
        """Return it in the form in which it is looked up."""
        typed = self.cleaned_data["old_path"]
        if "#" in typed:
            raise forms.ValidationError("Leave out the # and what follows it: browsers never send that part.")
        old = _path(typed)
        if not old:
            raise forms.ValidationError("Start with a slash, like /what-we-do/.")
        old = redirect_rules.normal(old)
        if self._others().filter(old_path=old).exists():
            raise forms.ValidationError("This address is in the list already. Change it there.")
        return old

    def clean_new_path(self):
        typed = self.cleaned_data["new_path"]
        if not typed:
            return ""
        if path := _path(typed):
            return path
        if not typed.lower().startswith(("https://", "http://")):
            raise forms.ValidationError("Start with a slash, like /therapies/, or with https://.")
        URLValidator(["https", "http"], message="This is no whole address. Write one like https://www.example.org/page.")(typed)
        return typed

    def clean(self):
        """One step, never a circle."""
        old, new = self.cleaned_data.get("old_path"), self.cleaned_data.get("new_path")
        if not old or not new:
            return
        rule, others = (old, new), list(self._others().values_list("old_path", "new_path"))
        path, _, query = redirect_rules.normal(new).partition("?")
        if new.startswith("/") and redirect_rules.matching_rule([rule, *others], path, query):
            self.add_error("new_path", "No page has this address any more. Write the address that people should reach.")
        elif redirect_rules.leads_in_a_circle(rule, others, own_hosts()):
            self.add_error("new_path", "This would lead people in a circle: other addresses in the list lead back here.")

    def _others(self):
        return Redirect.objects.filter(site_id=settings.SITE_ID).exclude(pk=self.instance.pk)


def _path(typed: str) -> str:
    """Return the path, query and fragment of an address of this site; an empty text for anything else."""
    if typed.startswith("/"):
        return "" if typed.startswith(("//", "/\\")) else typed  # browsers take both for the name of another site
    is_whole = typed.lower().startswith(("https://", "http://"))
    return (is_whole and redirect_rules.on_this_site(typed, own_hosts())) or ""


@admin.register(Redirect)
class RedirectAdmin(VersionedAdmin):
    form = RedirectForm
    list_display = ["old_path", "leads_to"]
    search_fields = ["old_path", "new_path"]

    @admin.display(description="leads to", ordering="new_path")
    def leads_to(self, redirect):
        return redirect.new_path or "Gone"

    def save_model(self, request, redirect, form, change):
        redirect.site_id = settings.SITE_ID
        super().save_model(request, redirect, form, change)

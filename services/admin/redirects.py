"""Addresses that were. Renaming and deleting a page writes them; staff add those of an earlier site."""

import django.contrib.redirects.admin
import django.contrib.sites.admin  # noqa: F401 (both register their model, which is taken back here)
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.redirects.models import Redirect
from django.contrib.sites.models import Site
from django.utils.encoding import iri_to_uri

from services.admin.versions import VersionedAdmin

admin.site.unregister([Redirect, Site])


class RedirectForm(forms.ModelForm):
    class Meta:
        model = Redirect
        fields = ["old_path", "new_path"]
        labels = {"old_path": "Old address", "new_path": "New address"}
        help_texts = {
            "old_path": "Without the site’s name: /what-we-do/. It is used only while no page has this address.",
            "new_path": "Where it leads: /therapies/, or a whole address of another site. Empty: people are told that the page is gone.",
        }

    def clean_old_path(self):
        old = iri_to_uri(self.cleaned_data["old_path"])  # as browsers ask for it
        if not old.startswith("/"):
            raise forms.ValidationError("Start with a slash, like /what-we-do/.")
        if Redirect.objects.filter(site_id=settings.SITE_ID, old_path=old).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("This address is in the list already. Change it there.")
        return old

    def clean_new_path(self):
        """One step, never a circle."""
        new = self.cleaned_data["new_path"]
        if (new and not new.startswith(("/", "https://", "http://"))) or new.startswith("//"):
            raise forms.ValidationError("Start with a slash, like /therapies/, or with https://.")
        onward = Redirect.objects.filter(site_id=settings.SITE_ID, old_path=new).exclude(pk=self.instance.pk).first() if new else None
        if onward or (new and new == self.cleaned_data.get("old_path")):
            raise forms.ValidationError("No page has this address any more. Write the address that people should reach.")
        return new


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

"""What staff see of a page before everyone does: drawn as the public page is, at an address of its own behind the login."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from services.admin.public_urls import OnSite
from services.admin.versions import VersionedAdmin
from services.pages.render import draw, with_parts


class Previewed(OnSite, VersionedAdmin):
    """The admin of a Service, an Article or a Page."""

    def get_urls(self):
        view = self.admin_site.admin_view(require_safe(self.preview))
        return [path("<int:pk>/preview/", view, name=f"services_{self.opts.model_name}_preview"), *super().get_urls()]

    def preview(self, request, pk):
        """The page as it is saved, with the remarks that only staff see."""
        row = get_object_or_404(with_parts(self.model._default_manager.all()), pk=pk)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        bar = {"is_draft": not row.is_public, "edit_url": reverse(f"admin:services_{self.opts.model_name}_change", args=[pk])}
        return draw(request, row, preview=bar)

    def preview_url(self, row) -> str:
        return reverse(f"admin:services_{self.opts.model_name}_preview", args=[row.pk])

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj and not obj.is_public:
            context["preview_url"] = self.preview_url(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request, obj, *args, **kwargs):
        self._offer_preview(request, obj)
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request, obj):
        self._offer_preview(request, obj)
        return super().response_change(request, obj)

    def _offer_preview(self, request, row) -> None:
        if not row.is_public:
            words = format_html('“{}” is a draft. <a href="{}">Preview</a>', row, self.preview_url(row))
            self.message_user(request, words, messages.INFO)

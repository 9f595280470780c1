from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangosAdminConfig


class HarleyConfig(AppConfig):
    name = "harley"
    verbose_name = "Accounts and records"

    def ready(self):
        from harley import signin  # noqa: F401 (it listens for somebody signing in)


class AdminConfig(DjangosAdminConfig):
    """Django's admin, with our sign-in."""

    default_site = "harley.admin_site.Site"

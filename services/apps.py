from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "services"
    verbose_name = "The clinic and its pages"

    def ready(self):
        """All rows of this app are on public pages, but for those that only keep the books."""
        from services.models import Edition, LoadedRow

        for model in self.get_models():
            if model not in {Edition, LoadedRow}:
                Edition.watch(model)

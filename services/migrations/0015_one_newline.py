"""Texts that a form of the admin stored with the newlines of a browser get those they were loaded with."""

from django.db import migrations, models


def one_newline(apps, schema_editor):
    """By `update`, which dates nothing: no page reads otherwise."""
    for model in apps.get_app_config("services").get_models():
        for field in (each.name for each in model._meta.concrete_fields if isinstance(each, models.TextField)):
            rows = model._base_manager.filter(**{f"{field}__contains": "\r"})
            for pk, text in rows.values_list("pk", field).iterator():
                model._base_manager.filter(pk=pk).update(**{field: text.replace("\r\n", "\n").replace("\r", "\n")})


class Migration(migrations.Migration):
    dependencies = [("services", "0014_unlisted_sections")]

    operations = [migrations.RunPython(one_newline, migrations.RunPython.noop)]

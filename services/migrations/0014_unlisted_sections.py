"""Whether a section is listed under “On this page” is said apart from how it is named there."""

from django.db import migrations, models


def unlist(apps, schema_editor):
    """What had no name there was not listed, and is not now."""
    apps.get_model("services", "Section").objects.filter(contents_label="").update(is_unlisted=True)


class Migration(migrations.Migration):
    dependencies = [("services", "0013_other_help")]

    operations = [
        migrations.AddField(
            model_name="section",
            name="is_unlisted",
            field=models.BooleanField(default=False, help_text="Leaves it out of the links at the top.", verbose_name="not listed there"),
        ),
        migrations.AlterField(
            model_name="section",
            name="contents_label",
            field=models.CharField(
                blank=True,
                help_text="Short. Empty: the heading; an opening or a green band is then not listed.",
                max_length=80,
                verbose_name="name under “On this page”",
            ),
        ),
        migrations.RunPython(unlist, migrations.RunPython.noop),
    ]

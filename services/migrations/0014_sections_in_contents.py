"""Whether a section is listed under “On this page” is said apart from how it is named there."""

from django.db import migrations, models


def unlisted(apps, schema_editor):
    """What had no name there was not listed, and is not now."""
    apps.get_model("services", "Section").objects.filter(contents_label="").update(in_contents=False)


class Migration(migrations.Migration):
    dependencies = [("services", "0013_other_help")]

    operations = [
        migrations.AddField(
            model_name="section",
            name="in_contents",
            field=models.BooleanField(
                default=True,
                help_text="Among the links at the top. The opening of a page is never listed.",
                verbose_name="listed under “On this page”",
            ),
        ),
        migrations.AlterField(
            model_name="section",
            name="contents_label",
            field=models.CharField(blank=True, help_text="Short. Empty: the heading.", max_length=80, verbose_name="name there"),
        ),
        migrations.RunPython(unlisted, migrations.RunPython.noop),
    ]

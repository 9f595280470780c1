from django.db import migrations

from services.pages import redirect_rules


def write_in_normal_form(apps, schema_editor):
    """Of several rows that are one address now, that which is in its normal form already stays, else the newest. What leads to itself goes."""
    redirects = apps.get_model("redirects", "Redirect").objects
    kept = {}
    for row in sorted(redirects.all(), key=lambda row: (row.old_path != redirect_rules.normal(row.old_path), -row.pk)):
        old = redirect_rules.normal(row.old_path)
        leads_to_itself = row.new_path.startswith("/") and redirect_rules.normal(row.new_path) == old
        if len(old) > 200 or leads_to_itself or (row.site_id, old) in kept:
            row.delete()
        else:
            kept[row.site_id, old] = row
    for (_, old), row in kept.items():
        if row.old_path != old:
            redirects.filter(pk=row.pk).update(old_path=old)


class Migration(migrations.Migration):

    dependencies = [
        ('redirects', '0002_alter_redirect_new_path_help_text'),
        ('services', '0015_one_newline'),
    ]

    operations = [migrations.RunPython(write_in_normal_form, migrations.RunPython.noop, elidable=True)]

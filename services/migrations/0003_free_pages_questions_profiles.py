import django.db.models.deletion
import services.pages.markdown
from django.db import migrations, models


def rename_in_loaded_rows(apps, schema_editor, old="page", new="slug"):
    """What was loaded is remembered by the names of the fields."""
    for row in apps.get_model("services", "LoadedRow").objects.filter(key__startswith="services.page:"):
        row.values[new] = row.values.pop(old)
        row.save()


def rename_back(apps, schema_editor):
    rename_in_loaded_rows(apps, schema_editor, old="slug", new="page")


def link_as_before(apps, schema_editor):
    """Header and footer were the template's own; a page that staff edited, which the content files leave alone, keeps its link."""
    pages = apps.get_model("services", "Page").objects
    pages.filter(slug="therapies").update(linked="menu", menu_label="Therapies", order=10)
    pages.filter(slug="locations").update(linked="menu", menu_label="Locations", order=40)
    pages.filter(slug="articles").update(linked="footer", order=20)


class Migration(migrations.Migration):

    dependencies = [
        ("services", "0002_pages_are_dated"),
    ]

    operations = [
        migrations.RunPython(rename_in_loaded_rows, rename_back),
        migrations.RenameField("page", "page", "slug"),
        # Pages that are there already are published; a new one begins as a draft.
        migrations.AddField("page", "status", models.CharField(max_length=10, default="published")),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.CharField(help_text='As a person would ask it.', max_length=160)),
                ('answer', models.TextField(help_text="Markdown. {phone:text} and {phone:layout} become the clinic's numbers, {url:book} the booking page.", validators=[services.pages.markdown.check_placeholders])),
                ('is_shown', models.BooleanField(default=True, verbose_name='shown')),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'ordering': ['order'],
            },
        ),
        migrations.AlterModelOptions(
            name='page',
            options={'ordering': ['order', 'title']},
        ),
        migrations.AlterModelOptions(
            name='person',
            options={'ordering': ['order', 'name'], 'verbose_name_plural': 'people'},
        ),
        migrations.AddField(
            model_name='location',
            name='getting_there',
            field=models.TextField(blank=True, help_text='Stations, buses, parking. On the page of the place.', verbose_name='how to get there'),
        ),
        migrations.AddField(
            model_name='page',
            name='author',
            field=models.ForeignKey(blank=True, help_text='Printed under the page.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='services.person'),
        ),
        migrations.AddField(
            model_name='page',
            name='last_reviewed',
            field=models.DateField(blank=True, help_text='When the whole page was last checked.', null=True),
        ),
        migrations.AddField(
            model_name='page',
            name='last_updated',
            field=models.DateField(blank=True, help_text='Printed under the page: Last updated 27 May 2020 by …', null=True),
        ),
        migrations.AddField(
            model_name='page',
            name='linked',
            field=models.CharField(choices=[('menu', 'In the menu at the top'), ('footer', 'In the footer, under “Find out more”'), ('legal', 'In the last line of the footer'), ('nowhere', 'Nowhere: only where a text links to it')], default='nowhere', help_text='Where every page links to it.', max_length=10),
        ),
        migrations.AddField(
            model_name='page',
            name='menu_label',
            field=models.CharField(blank=True, help_text='Short. Empty: the heading.', max_length=40, verbose_name='name in menus'),
        ),
        migrations.AddField(
            model_name='page',
            name='next_review_due',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='page',
            name='order',
            field=models.PositiveSmallIntegerField(default=0, help_text='Low numbers come first in the menu and the footer.'),
        ),
        migrations.RunPython(link_as_before, migrations.RunPython.noop),
        migrations.AddField(
            model_name='page',
            name='reviewed_by',
            field=models.ForeignKey(blank=True, help_text='Who checked the whole page.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='services.person'),
        ),
        migrations.AddField(
            model_name='page',
            name='shows',
            field=models.CharField(choices=[('text', 'Only the text'), ('meeting', 'The first meeting: length, cost, how to change or cancel'), ('practitioners', 'The practitioners who are shown'), ('questions', 'Questions and answers'), ('evidence', 'All studies, with their limits and sources'), ('contact', 'Phone numbers, hours and places'), ('crisis', 'Who helps at once; nothing to book beside it'), ('privacy', 'The privacy notice of the booking'), ('cookies', 'The cookies this site sets')], default='text', help_text='What stands under the text.', max_length=20),
        ),
        migrations.AddField(
            model_name='person',
            name='is_shown',
            field=models.BooleanField(default=False, help_text='On the page of practitioners, for someone who sees clients and agrees to be shown.', verbose_name='profile shown'),
        ),
        migrations.AddField(
            model_name='person',
            name='order',
            field=models.PositiveSmallIntegerField(default=0, help_text='Low numbers come first among the profiles.'),
        ),
        migrations.AddField(
            model_name='person',
            name='register',
            field=models.CharField(blank=True, help_text='The accredited register: BACP, UKCP, BPC, NCPS …', max_length=80),
        ),
        migrations.AddField(
            model_name='person',
            name='register_checked_on',
            field=models.DateField(blank=True, help_text='When someone of the clinic last looked the entry up. Printed on the page.', null=True, verbose_name='checked on'),
        ),
        migrations.AddField(
            model_name='person',
            name='register_number',
            field=models.CharField(blank=True, max_length=40, verbose_name='number there'),
        ),
        migrations.AddField(
            model_name='person',
            name='register_url',
            field=models.URLField(blank=True, help_text='Where a reader can check it.', verbose_name='entry there'),
        ),
        migrations.AddField(
            model_name='person',
            name='role',
            field=models.CharField(blank=True, help_text='Under the name: Psychodynamic psychotherapist.', max_length=100),
        ),
        migrations.AddField(
            model_name='person',
            name='text',
            field=models.TextField(blank=True, help_text="A few sentences. Markdown. {phone:text} and {phone:layout} become the clinic's numbers, {url:book} the booking page.", validators=[services.pages.markdown.check_placeholders], verbose_name='profile'),
        ),
        migrations.AlterField(
            model_name='page',
            name='slug',
            field=models.SlugField(help_text="The page's address: contact makes /contact/.", unique=True, verbose_name='address'),
        ),
        migrations.AlterField(
            model_name='page',
            name='status',
            field=models.CharField(choices=[('draft', 'Draft: only staff can see it'), ('published', 'Published')], default='draft', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='page',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('slug__in', ['home', 'therapies', 'locations', 'articles']), _negated=True), ('status', 'published'), _connector='OR'), name='fixed_page_is_published', violation_error_message="This page is part of the site's frame and always there. Choose Published."),
        ),
        migrations.AddField(
            model_name='question',
            name='service',
            field=models.ForeignKey(blank=True, help_text='What it is about. Empty: coming here.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='services.service'),
        ),
    ]

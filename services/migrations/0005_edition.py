from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('services', '0004_questions_and_people_are_dated'),
    ]

    operations = [
        migrations.CreateModel(
            name='Edition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=32)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pk', 1)), name='one_row_of_edition')],
            },
        ),
    ]

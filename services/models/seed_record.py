"""What the content files have written, so that a later load never overwrites what staff changed since."""

from django.db import models


class LoadedRow(models.Model):
    """Stays when its row is deleted: that is how a load knows not to bring the row back."""

    key = models.CharField(max_length=200, unique=True, help_text="The model and the row's name in the content file.")
    object_pk = models.BigIntegerField()
    values = models.JSONField(help_text="The fields the file gives, as text, as they were loaded.")

    def __str__(self):
        return self.key

"""When a row that a page shows was last saved: what search engines are told, beside the date staff print."""

from django.db import models


class Dated(models.Model):
    updated_at = models.DateTimeField("last saved", auto_now=True)

    class Meta:
        abstract = True

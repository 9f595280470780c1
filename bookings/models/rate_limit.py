"""How often an address has done something in a window of time. Exact, because the database counts."""

from django.db import models


class Hit(models.Model):
    """One count, and the row that concurrent transactions wait for."""

    bucket = models.CharField(max_length=64, help_text="A keyed checksum of what was done and from where; no address is stored.")
    window = models.DateTimeField(help_text="The start of the hour.")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bucket", "window"], name="one_count_per_bucket_and_window")]

    def __str__(self) -> str:
        return f"{self.window:%Y-%m-%d %H}: {self.count}"

"""When each job of the timetable last ran, so that several processes share one timetable, and staff are told when nobody works."""

from django.db import models


class Job(models.Model):
    """One row a job. That of the mail worker says when one last showed that it is alive."""

    name = models.CharField(max_length=40, unique=True, help_text="The command.")
    started_at = models.DateTimeField(null=True, blank=True, help_text="When it last began, or, of the mail worker, was last seen at work.")
    finished_at = models.DateTimeField(null=True, blank=True, help_text="When it last came to its end without an error.")
    error = models.CharField(max_length=100, blank=True, help_text="The kind of error that ended it last; never its text.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

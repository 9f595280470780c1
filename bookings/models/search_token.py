"""What a request is found by in the admin."""

from django.db import models

from bookings.models.enquiry import Enquiry


class SearchWord(models.Model):
    """A word that finds a request. Bytes, not text: “begins with” is then a range of the index on every database, in any script."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="search_words", db_index=False)
    word = models.BinaryField(help_text="Folded by bookings.folding. Gone once the person’s details are.")

    class Meta:
        indexes = [models.Index(fields=["word", "-enquiry"], name="search_word_by_its_start")]
        constraints = [models.UniqueConstraint(fields=["enquiry", "word"], name="one_row_per_request_and_word")]

    def __str__(self) -> str:
        return f"{self.enquiry_id}"

"""The pictures of the site. What is stored of one are the files that pages show; the file someone uploaded is not kept."""

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver

from services.images import variants
from services.models.markdown import MarkdownField
from services.models.timestamped import Dated


def texts() -> dict[type[models.Model], list[str]]:
    """The models of this app whose rows hold texts, with the names of the fields."""
    fields = {
        model: [field.name for field in model._meta.concrete_fields if isinstance(field, MarkdownField)]
        for model in apps.get_app_config("services").get_models()
    }
    return {model: names for model, names in fields.items() if names}


IN_WORDS = "Say in words what the picture shows, or tick “decorative” and leave the words empty."


class Image(Dated):
    """A picture in the widths and formats pages show. `take` fills it from a file."""

    name = models.CharField(max_length=80, unique=True, help_text="How staff find it: The waiting room on the first floor.")
    slug = models.SlugField("name in texts", unique=True, help_text="{image:this} shows the picture. It stays as it is once saved.")
    alt = models.CharField(
        "in words", max_length=250, blank=True, help_text="What someone hears who cannot see it: Two armchairs beside a tall window."
    )
    is_decorative = models.BooleanField(
        "decorative", default=False, help_text="It says nothing the words beside it do not: nothing is heard."
    )
    caption = models.CharField(max_length=250, blank=True, help_text="Printed under the picture inside texts.")
    digest = models.CharField(max_length=32, unique=True, editable=False, help_text="Of its content; its files' names begin with it.")
    width = models.PositiveIntegerField(editable=False, help_text="Pixels of the largest file.")
    height = models.PositiveIntegerField(editable=False)

    _new: dict[str, bytes] = {}  # files by name, to be written with the row
    _old: list[str] = []  # names of files, to be removed with it

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="image_is_said_in_words_or_decorative",
                condition=(Q(is_decorative=True) & Q(alt="")) | (Q(is_decorative=False) & ~Q(alt="")),
                violation_error_message=IN_WORDS,
            ),
            models.CheckConstraint(name="image_has_a_size", condition=Q(width__gt=0, height__gt=0)),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Said beside the field; the constraint holds for rows that no form made."""
        if bool(self.alt) == self.is_decorative:
            raise ValidationError({"alt": IN_WORDS})

    @property
    def placeholder(self) -> str:
        """What a text says to show it."""
        return f"{{image:{self.slug}}}"

    def take(self, made: variants.Made) -> None:
        """Becomes this picture once it is saved; the files of the picture before are removed then."""
        self._old = self.file_names() if self.digest and self.digest != made.digest else []
        self._new = made.files
        self.digest, self.width, self.height = made.digest, made.width, made.height

    def save(self, *args, **kwargs):
        """The row first: one that cannot be saved leaves no file, and a file that cannot be written no row."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            _store(self._new)
            _remove_later(self._old)
        self._new, self._old = {}, []

    def file_names(self) -> list[str]:
        return [variants.name(self.digest, width, kind) for kind in variants.KINDS for width in variants.widths(self.width)]

    def url(self, width: int = 0, kind: str = "webp") -> str:
        """The address of one file; without a width, of the smallest."""
        return default_storage.url(variants.name(self.digest, width or variants.widths(self.width)[0], kind))

    def srcset(self, kind: str) -> str:
        return ", ".join(f"{self.url(width, kind)} {width}w" for width in variants.widths(self.width))

    @property
    def avif(self) -> str:
        return self.srcset("avif")

    @property
    def webp(self) -> str:
        return self.srcset("webp")

    def used_by(self) -> list[models.Model]:
        """The rows that show it: in a text, or as their picture."""
        uses: dict[type[models.Model], Q] = {}
        for model, names in texts().items():
            uses[model] = Q.create([(f"{name}__contains", self.placeholder) for name in names], connector=Q.OR)
        for relation in self._meta.get_fields(include_hidden=True):
            if isinstance(relation, models.ManyToOneRel) and relation.one_to_many:
                uses[relation.related_model] = uses.get(relation.related_model, Q()) | Q(**{relation.field.name: self.pk})
        return [row for model, use in uses.items() for row in model._default_manager.filter(use)]


def in_use(rows: list[models.Model]) -> str:
    """The sentence that refuses to delete a picture these rows show."""
    names = ", ".join(f"{row._meta.verbose_name} “{row}”" for row in rows)
    return f"It is still shown by: {names}. Take it out there first."


def _store(files: dict[str, bytes]) -> None:
    """All of them, or none."""
    written = []
    try:
        for name, content in files.items():
            if not default_storage.exists(name):
                written.append(name)
                default_storage.save(name, ContentFile(content))
    except OSError:
        for name in written:
            default_storage.delete(name)
        raise


def _remove_later(names: list[str]) -> None:
    """After the commit: a change that is taken back keeps its files."""

    def remove():
        for name in names:
            default_storage.delete(name)

    transaction.on_commit(remove)


@receiver(pre_delete, sender=Image)
def keep_what_is_shown(instance: Image, **_signal) -> None:
    if rows := instance.used_by():
        raise ProtectedError(in_use(rows), set(rows))


@receiver(post_delete, sender=Image)
def remove_files(instance: Image, **_signal) -> None:
    _remove_later(instance.file_names())

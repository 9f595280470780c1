"""The library of pictures."""

from django import forms
from django.contrib import admin
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from services.admin.markdown_preview import preview
from services.admin.versions import VersionedAdmin
from services.images import variants
from services.models import Image
from services.models.images import in_use


class ImageForm(forms.ModelForm):
    also_versioned = [("digest", "Picture")]
    file = forms.FileField(
        label="Picture",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
        help_text=f"A photograph or drawing, up to {variants.MAX_BYTES // 1024**2} MB and {variants.MAX_PIXELS // 10**6} million pixels "
        f"({variants.MAX_PIXELS_OF['WEBP'] // 10**6} million as WebP or AVIF). "
        "It is stored smaller, without the place, the date or the name a camera wrote into it; the file itself is not kept.",
    )

    class Meta:
        model = Image
        fields = ["name", "slug", "alt", "is_decorative", "caption"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["file"].required = False
            self.fields["file"].label = "Another picture in its place"

    def clean_file(self) -> variants.Made | None:
        file = self.cleaned_data["file"]
        if not file:
            return None
        if file.size > variants.MAX_BYTES:
            raise forms.ValidationError(variants.too_large(file.size))
        try:
            made = variants.make_variants(file.read())
        except variants.Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        if twin := Image.objects.filter(digest=made.digest).exclude(pk=self.instance.pk).first():
            raise forms.ValidationError(f"This picture is here already: {twin}, {twin.placeholder}.")
        return made

    def save(self, commit=True):
        if made := self.cleaned_data["file"]:
            self.instance.take(made)
        return super().save(commit)


@admin.register(Image)
class ImageAdmin(VersionedAdmin):
    form = ImageForm
    list_display = ["name", "thumbnail", "placeholder", "alt"]
    search_fields = ["name", "slug", "alt", "caption"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["thumbnail", "placeholder", "shown_by"]

    def get_urls(self):
        """Texts are previewed at one address, whatever they belong to."""
        return [path("words/", self.admin_site.admin_view(preview), name="services_words_preview"), *super().get_urls()]

    def get_fieldsets(self, request, image=None):
        words = (None, {"fields": ["name", "slug", "file", "alt", "is_decorative", "caption"]})
        stored = (None, {"fields": ["thumbnail", "name", "file", "alt", "is_decorative", "caption"]})
        use = ("In use", {"fields": ["placeholder", "shown_by"]})
        return [stored, use] if image else [words]

    def get_prepopulated_fields(self, request, image=None):
        return {} if image else super().get_prepopulated_fields(request, image)

    def get_deleted_objects(self, images, request):
        """What shows the picture keeps it: Django lists that, and deletes nothing."""
        deleted, counts, needed, _ = super().get_deleted_objects(images, request)
        return deleted, counts, needed, [f"{image}. {in_use(rows)}" for image in images if (rows := image.used_by())]

    @admin.display(description="picture")
    def thumbnail(self, image) -> SafeString:
        return format_html(
            '<img class="thumbnail" src="{}" alt="{}" width="{}" height="{}">', image.url(), image.alt, image.width, image.height
        )

    @admin.display(description="to show it in a text")
    def placeholder(self, image) -> SafeString:
        return format_html("<code>{}</code>", image.placeholder)

    @admin.display(description="shown by")
    def shown_by(self, image) -> SafeString | str:
        return format_html_join(", ", "{} “{}”", ((row._meta.verbose_name, row) for row in image.used_by())) or "Nothing yet."

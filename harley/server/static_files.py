"""How static files are collected for a deployment."""

import os
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from rcssmin import cssmin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class MinifiedStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Minify style sheets, then hash and compress every file."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[tuple[str, str, bool]]:
        """Yield what WhiteNoise does for each collected file, {name: (storage, path)}; its style sheets hold no white space to spare."""
        sheets = [] if dry_run else [name for name in paths if name.endswith(".css")]
        for name in sheets:
            with self.open(name) as file:
                text = cssmin(file.read().decode())
            self.delete(name)  # with `collectstatic --link` it is a link to the source, which must not be written to
            self.save(name, ContentFile(text))
        before = os.umask(0o022)  # WhiteNoise writes the compressed ones by itself, past the storage's modes
        try:
            yield from super().post_process(paths | {name: (self, name) for name in sheets}, dry_run, **options)
        finally:
            os.umask(before)

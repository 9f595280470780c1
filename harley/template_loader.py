"""How this project's own templates are read from `templates/`."""

import re

from django.template import Origin
from django.template.loaders import filesystem

INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


class Loader(filesystem.Loader):
    """Read an HTML template without what is there for its readers alone.

    Indentation would be bytes on every page. The line break that ends the file would be a space in a sentence that includes it.
    """

    def get_contents(self, origin: Origin) -> str:
        text = super().get_contents(origin)
        return INDENT.sub("", text).removesuffix("\n") if origin.name.endswith(".html") else text

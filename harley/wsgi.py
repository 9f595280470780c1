"""The door gunicorn knocks on."""

import os
import re

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harley.settings")

CHARSET = re.compile(r";\s*charset\s*=\s*(\"[^\"]*\"|[^;\s]*)", re.IGNORECASE)
django = get_wsgi_application()


def application(environ, start_response):
    """Leave out what a header may have put there, and call Django.

    A path in front of ours (SCRIPT_NAME) is nobody's: gunicorn takes it from a header, and every link would begin with it.

    Django would decode with whatever character set a visitor names, rot13 among them, and fail before any middleware.

    All our pages are UTF-8 and browsers answer in kind, so the name is dropped.
    """
    environ["SCRIPT_NAME"] = ""
    if "charset" in environ.get("CONTENT_TYPE", "").lower():
        environ["CONTENT_TYPE"] = CHARSET.sub("", environ["CONTENT_TYPE"])
    return django(environ, start_response)

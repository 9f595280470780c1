"""`python -m harley.server.healthcheck` in the container: does the web server in here answer? Exit code 0 if so."""

import sys
import urllib.request
from urllib.parse import urlsplit

from harley.variables import read_variable


def main() -> int:
    bound = urlsplit("//" + (read_variable("BIND") or f"127.0.0.1:{read_variable('PORT')}"))  # as harley/server/gunicorn_conf.py has it
    host = "127.0.0.1" if bound.hostname in {None, "0.0.0.0", "::"} else bound.netloc.rpartition(":")[0]  # noqa: S104 (bound elsewhere)
    # By the site's own name: to any other it says 400.
    name = urlsplit(read_variable("SITE_URL")).netloc
    request = urllib.request.Request(f"http://{host}:{bound.port or 8000}/healthz", headers={"Host": name})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 (the address is written above)
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(error)  # noqa: T201 (kept by the container engine beside the result)
        return 1


if __name__ == "__main__":
    sys.exit(main())

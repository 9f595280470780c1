"""harley.settings, with what the benchmark asks for besides the site's own pages."""

from harley.settings import *  # noqa: F403
from harley.settings import MIDDLEWARE

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.bare.ahead_of_everything", "tests.bench.bare.counting", *MIDDLEWARE]

"""Every setting of the site. What differs between deployments is read from the environment; docs/operations.md lists it."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from harley import variables
from harley.accounts.two_factor.issuer import issuer

BASE_DIR = Path(__file__).resolve().parent.parent
env = variables.read_all()  # or the start stops here, and names what is wrong
VAR = env["VAR_DIR"] or BASE_DIR / "var"  # everything the running site writes: ignored by git

# What kind of deployment is this?

DEBUG = env["DEBUG"]
BEHIND_HTTPS = env["BEHIND_HTTPS"]  # secure cookies, the redirect to https, HSTS
TRUSTED_PROXIES = env["TRUSTED_PROXIES"]  # how many proxies of our own stand in front
SITE_URL = env["SITE_URL"]  # used in emails, where no request tells it
ALLOWED_HOSTS = env["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = [SITE_URL] if BEHIND_HTTPS else []
REACHED_FROM_ELSEWHERE = variables.is_reached_from_elsewhere(env)
REQUIRE_SECOND_FACTOR = REACHED_FROM_ELSEWHERE or bool(env["REQUIRE_SECOND_FACTOR"])  # of who sees requests; others may


def _secret_key() -> str:
    key_file = env["SECRET_KEY_FILE"] or VAR / "secret_key"
    key = env["SECRET_KEY"] or (key_file.read_text().strip() if key_file.is_file() else "")
    if not key and not DEBUG:
        where = "the file SECRET_KEY_FILE names" if env["SECRET_KEY_FILE"] else f"{key_file} (`make run` does it)"
        raise ImproperlyConfigured(f"Set SECRET_KEY, or put a long random text into {where}.")
    if REACHED_FROM_ELSEWHERE and len(key) < variables.KEY_LENGTH:
        raise ImproperlyConfigured(f"SECRET_KEY must have at least {variables.KEY_LENGTH} characters where others can reach the site.")
    return key or "only-for-debug"


SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = env["SECRET_KEY_FALLBACKS"]

# The parts

INSTALLED_APPS = [
    "bookings.apps.BookingsConfig",
    "services.apps.ServicesConfig",
    "harley.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.sites",  # only because redirects need it: the site's address is SITE_URL
    "django.contrib.redirects",
    "crispy_forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "harley.apps.HarleyConfig",  # last: the roles get permissions that the others make, and it takes back what they put into the admin
]

MIDDLEWARE = [
    "harley.middleware.client_address",
    "django.middleware.security.SecurityMiddleware",
    "harley.middleware.private_pages",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",  # behind whatever gives an answer its headers: static files carry them, too
    "harley.middleware.RefuseUnreadable",  # ahead of everything that reads the body; its answers carry the headers above
    "services.pages.written_pages.keep_error_pages",
    "services.pages.page_cache.keep_pages",  # ahead of everything that a public page does not need
    "harley.accounts.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "harley.accounts.audit.record_lists",
    "harley.accounts.access_log.record_looks",  # behind everything that knows who is signed in
    "services.pages.redirects.former_addresses",  # near the views: what it answers is an answer like any other
    "axes.middleware.AxesMiddleware",  # its place is the innermost
]

ROOT_URLCONF = "harley.urls"
SITE_ID = 1
WSGI_APPLICATION = "harley.wsgi.application"
CSRF_FAILURE_VIEW = "harley.views.csrf_failure"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["harley.template_loader.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "services.clinic.clinic.context",
            ],
        },
    },
]

# The database: SQLite in a file, or what DATABASE_URL names. Reasons: docs/decisions.md

DATABASES = {"default": env["DATABASE_URL"] or dj_database_url.parse(f"sqlite:///{quote(str(VAR / 'db.sqlite3'))}", conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",  # a write waits for its turn instead of failing with "database is locked"
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=5,
        options="-c lock_timeout=5s -c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
    )
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # what accounts/audit.py has recorded
    "pages": {  # public pages: services/pages/page_cache.py
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 60 * 60,  # seconds; so long a page may be shown while the database is away
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Time and language: stored in UTC, shown as UK time

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# Static files: minified, hashed and compressed once, served by WhiteNoise

STATIC_URL = "static/"
STATIC_ROOT = env["STATIC_ROOT"] or VAR / "static"  # an image carries its own, outside the volume of data
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # the fonts are for our own pages
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "harley.server.static_files.MinifiedStaticFilesStorage",
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},  # the image collects them as root
    },
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Pictures staff upload: the site serves what it has made of them itself (services/images/serving.py)

MEDIA_URL = "media/"
MEDIA_ROOT = VAR / "media"
CONTENT_DIR = env["CONTENT_DIR"] or BASE_DIR / "services" / "content"  # what a first install loads
ERROR_PAGES = VAR  # drawn from the clinic's rows for when the database is away: services/pages/written_pages.py
ERASED_FILE = VAR / "erased"  # references of erased requests, for after a restore: bookings/actions/erasure_list.py
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "crispy_clinic"
CRISPY_FAIL_SILENTLY = not DEBUG

# Emails: through EMAIL_HOST, or into files one can open

DEFAULT_FROM_EMAIL = env["FROM_EMAIL"]  # a name that says nothing on a locked screen
EMAIL_HOST, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env["EMAIL_HOST"], env["EMAIL_HOST_USER"], env["EMAIL_HOST_PASSWORD"]
EMAIL_USE_SSL = env["EMAIL_USE_SSL"]
EMAIL_USE_TLS = not EMAIL_USE_SSL if env["EMAIL_USE_TLS"] is None else env["EMAIL_USE_TLS"]
EMAIL_PORT = env["EMAIL_PORT"] or (variables.IMPLICIT_TLS if EMAIL_USE_SSL else 587)
EMAIL_TIMEOUT = 10  # seconds; the worker's lease must be longer
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "harley.server.eml_backend.EmlBackend"
EMAIL_FILE_PATH = VAR / "mail"
STAFF_EMAIL = env["STAFF_EMAIL"]  # who is told of a new request, with commas between them; empty: nobody, staff look at the admin
OLD_ROWS = ["harley.accounts.retention.old_rows"]  # what the job anonymise deletes beside the rows of its own package
MANAGER_EMAIL = env["MANAGER_EMAIL"] or STAFF_EMAIL  # who hears when a request waits too long; empty: nobody

# Visitors and staff

ADMIN_PATH = env["ADMIN_PATH"]
REFERENCE_PREFIXES = env["REFERENCE_PREFIXES"]  # of requests: new ones begin with the first
HEALTH_TOKEN = env["HEALTH_TOKEN"]  # of whoever watches /healthz/deep from elsewhere
LOGIN_URL, LOGIN_REDIRECT_URL = "admin:login", "admin:index"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "harley.accounts.authentication.Backend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "harley.accounts.sessions"
SESSION_COOKIE_AGE = 24 * 60 * 60  # seconds from the last page of the booking
STAFF_SESSION_AGE = 8 * 60 * 60  # seconds from signing in, whatever happens meanwhile
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"  # not Strict: a link followed from webmail would bring a new one, and forms in other tabs be refused
CSRF_COOKIE_AGE = None  # ends with the browser, too
BROWSER_COOKIE_NAME = "browser"  # tells a browser in which somebody has signed in before: harley/accounts/known_browsers.py
BROWSER_COOKIE_AGE = 365 * 24 * 60 * 60  # seconds

# Guessing passwords: harley/accounts/lockout.py counts; five wrong ones, then a quarter of an hour's rest

AXES_HANDLER = "harley.accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says until when, and so it is
AXES_CLIENT_IP_CALLABLE = "harley.accounts.authentication.client_network"
AXES_LOCKOUT_CALLABLE = "harley.accounts.authentication.locked"
AXES_CLIENT_STR_CALLABLE = "harley.accounts.authentication.someone"  # no name and no address in the logs
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

OTP_TOTP_ISSUER = issuer  # how authenticator apps name the account

# Headers. No inline script or style anywhere, nothing from another origin.

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "upgrade-insecure-requests": BEHIND_HTTPS,
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # not no-referrer: that makes every POST fail the CSRF check
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if BEHIND_HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz(/deep)?$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = env["HSTS_SECONDS"]  # raise to 63072000 when all is well
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env["HSTS_PRELOAD"]
    SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # subdomains and preload: the operator decides, docs/operations.md, "HSTS"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    BROWSER_COOKIE_NAME = "__Secure-browser"  # not __Host-: it goes to the admin alone

# Bodies: the admin's limits; outside it harley.middleware sets narrower ones

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000

# Logs: to standard error, with addresses, numbers and keys of links masked

LOG_FORMATTER = "logging.Formatter" if DEBUG else "harley.logs.PrivateFormatter"  # DEBUG shows errors in full, here as in the browser
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": LOG_FORMATTER, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env["LOG_LEVEL"]},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "gunicorn.http.wsgi": {"level": "ERROR"},  # at each HEAD it remarks that it drops the body; Django leaves that to it
        "axes": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # every scanner of the internet asks by a wrong name
    },
}

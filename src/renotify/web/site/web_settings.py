"""Settings of the site. What a person may set comes from the environment (docs/how-to/run-the-site.md); nothing else is read.

RENOTIFY_DATABASE_URL, RENOTIFY_SECRET_KEY, RENOTIFY_HOSTS (names by comma), RENOTIFY_SECURE=1 (behind TLS: secure cookies and HSTS),
RENOTIFY_DAY (a day that is played), RENOTIFY_FOLDER (where jobs work and keep files; beside a SQLite ledger),
RENOTIFY_OIDC (a TOML file: server, client, secret, roles of groups).
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

from renotify.ledger.migrating import described
from renotify.ledger.store import named_store
from renotify.web.site.company_sign_on import sign_on
from renotify.web.site.secret_key import secret_key

WEB = Path(__file__).parent.parent
STORE = named_store()
SECURE = os.environ.get("RENOTIFY_SECURE") == "1"
RENOTIFY_DAY = (
    date.fromisoformat(os.environ["RENOTIFY_DAY"]) if os.environ.get("RENOTIFY_DAY") else None
)
_SIGN_ON = sign_on(os.environ.get("RENOTIFY_OIDC", ""))
RENOTIFY_ROLE_OF_GROUP = _SIGN_ON.role_of_group

RENOTIFY_FOLDER = os.environ.get("RENOTIFY_FOLDER") or str(
    STORE.file.parent if STORE.file else Path.cwd()
)
SECRET_KEY = os.environ.get("RENOTIFY_SECRET_KEY") or secret_key(STORE)
DEBUG = False
ALLOWED_HOSTS = [name for name in os.environ.get("RENOTIFY_HOSTS", "").split(",") if name] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS] if SECURE else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "renotify.ledger",
    "renotify.web.door.door_app.DoorApp",
    "renotify.web.jobs.jobs_app.JobsApp",
    "renotify.web.theme",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "renotify.web.theme.commands_as_links.CommandsAsLinks",
    "renotify.web.door.gate.Gate",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "renotify.web.site.addresses"
WSGI_APPLICATION = "renotify.web.site.application.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [*sorted(WEB.glob("*/templates"))],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "renotify.web.theme.frame.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["renotify.web.theme.templatetags.plain_words"],
        },
    }
]
DATABASES = {"default": described(STORE)}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

AUTH_USER_MODEL = "door.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_ADAPTER = "renotify.web.door.sign_in.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip"}
SOCIALACCOUNT_ADAPTER = "renotify.web.door.sign_in.CompanySignOn"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_PROVIDERS = _SIGN_ON.providers
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [
    ["username", "ip_address"]
]  # both together: who guesses is stopped, not the person
AXES_CLIENT_IP_CALLABLE = "renotify.web.door.sign_in.address_of"
AXES_LOCKOUT_CALLABLE = "renotify.web.door.refusals.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600  # seconds: a day at a desk
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "renotify.web.door.refusals.turned_away"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 86400 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *_SIGN_ON.origins],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATICFILES_DIRS = sorted(WEB.glob("*/static"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 << 20
LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "kept": {  # answers that took long, for all processes (web/kept_answers.py): they name no owner
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(Path(RENOTIFY_FOLDER) / "web-kept"),
        "TIMEOUT": 3 * 86400,  # seconds: an answer is of one day
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
SILENCED_SYSTEM_CHECKS = [
    "security.W021",  # preloading a name into browsers is for its owner to decide
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"impersonal": {"()": "renotify.web.site.log_lines.ImpersonalLines"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "impersonal"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}},
}

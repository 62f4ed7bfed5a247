"""All settings, read from the environment; docs/operations.md lists every variable."""

from pathlib import Path

from csp.constants import NONE, SELF

from casework import env, env_hours

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.data_directory("CASEWORK_DATA_DIR", BASE_DIR / ".data")
BUILD_DIR = BASE_DIR / ".build"

# --- What kind of installation this is -------------------------------------------------------------
DEMO = env.env_bool("CASEWORK_DEMO", False)
# A training desk: a database of its own, whose records no real desk serves; nothing leaves it.
TRAINING = env.env_bool("CASEWORK_TRAINING", False)
DEBUG = env.env_bool("DEBUG", False)
SITE_NAME = env.env_str("CASEWORK_NAME", "Casework")
SITE_URL = env.env_url("CASEWORK_URL", "http://localhost:8000")
VERSION = "0.1.0"

# --- Secrets ---------------------------------------------------------------------------------------
SECRET_KEY = env.env_secret("SECRET_KEY", DATA_DIR / "secret_key")
KEY_RING_FILE = Path(env.env_str("CASEWORK_KEY_RING", str(DATA_DIR / "key_ring.json")))

# --- Hosts and transport ---------------------------------------------------------------------------
# The demo speaks plain HTTP on the loopback address only; everything else is HTTPS.
ALLOWED_HOSTS = env.env_hosts("ALLOWED_HOSTS", ["localhost"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = env.env_origins("CSRF_TRUSTED_ORIGINS", [])
SECURE_SSL_REDIRECT = not DEMO
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = (
    ("training_session", "training_csrf") if TRAINING else ("sessionid", "csrftoken")
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else env.env_int("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.env_bool("BEHIND_PROXY", False) else None
# With "no-referrer" browsers send "Origin: null" with our own forms, and each is refused as forged.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "casework.errors.csrf_failure"
# CLK-35: CJIS Security Policy AC-11 locks after at most 30 minutes; 15 is our default.
SESSION_IDLE_MINUTES = env.env_int("SESSION_IDLE_MINUTES", 15, least=1, most=30)
# A notice may name a reference: it stays on the server, out of the cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 3600
# Activity is written at most this often, so that not every page saves the session.
SESSION_TOUCH_SECONDS = 60
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Apps ------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "casework",
    "tips",
    "agencies",
    "casework.apps.CaseworkAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "rest_framework",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "agencies.middleware.SessionLockMiddleware",
    "agencies.middleware.ScopeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "casework.urls"
WSGI_APPLICATION = "casework.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casework.frame.frame",
            ],
        },
    }
]

# --- Database --------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR)}
# The same database as its owner: used by migrate and `manage.py db` only (casework/postgres/roles.py).
DATABASE_OWNER = env.owner_database("DATABASE_OWNER_URL", DATA_DIR)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "casework_cache"}}

# --- Who may come in -------------------------------------------------------------------------------
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "casework.roles.RoleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "casework.accounts.ClosedAccountAdapter"
ACCOUNT_FORMS = {
    "login": "casework.accounts.SignInForm",
    "change_password": "casework.accounts.PasswordForm",
    "reset_password": "casework.accounts.ForgottenForm",
    "reset_password_from_key": "casework.accounts.NewPasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# No mail to an address that nobody here has.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
# Failures are counted by django-axes below, per name and place; a whole desk may stand behind one address.
ACCOUNT_RATE_LIMITS: dict[str, str | None] = {"login_failed": None, "login": "300/m/ip"}
# CLK-36: CJIS Security Policy AC-7, five failures, then ten minutes.
AXES_FAILURE_LIMIT = env.env_int("LOGIN_FAILURES", 5, least=1, most=100)
AXES_COOLOFF_TIME = env.env_int("LOGIN_LOCK_MINUTES", 10, least=1) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_HTTP_RESPONSE_CODE = 429

# --- Time, words -----------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = env.env_zone("CASEWORK_TIME_ZONE", "America/New_York")
LANGUAGE_CODE = "en-us"
USE_I18N = False

# --- Files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = BUILD_DIR / "collected"
STATICFILES_DIRS = [BASE_DIR / "static", *([BUILD_DIR / "static"] if (BUILD_DIR / "static").is_dir() else [])]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Mail ------------------------------------------------------------------------------------------
_EMAIL = env.email("EMAIL_URL", DATA_DIR)
EMAIL_BACKEND = _EMAIL.pop("EMAIL_BACKEND")
if TRAINING:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
globals().update(_EMAIL)
DEFAULT_FROM_EMAIL = env.env_str("EMAIL_FROM", "casework@localhost")

# --- API -------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        *(["rest_framework.renderers.BrowsableAPIRenderer"] if DEBUG else []),
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "casework.pagination.CursorPages",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "casework.errors.api_exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Casework API",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    # What a reader does not hold is absent.
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,
    "ENUM_NAME_OVERRIDES": {
        "TipStatus": "tips.models.TipStatus",
        "ReferralStatus": "casework.models.referral.ReferralStatus",
        "TrackStatus": "casework.models.track.TrackStatus",
        "ServiceStatus": "agencies.models.Service.Status",
        "CoverageKind": "agencies.models.Coverage.Kind",
        "LocationKind": "agencies.models.Location.Kind",
        "ReferralOutcome": "casework.models.Outcome",
        "TrackOutcome": "casework.models.track.TrackOutcome",
        "CancelReason": "casework.models.CancelReason",
    },
}

# --- Casework's own rules of the house -------------------------------------------------------------
# A reference of a training that is read out somewhere is seen to be one.
REFERENCE_PREFIX = "TRAIN" if TRAINING else env.env_str("CASEWORK_REFERENCE_PREFIX", "CW")
REFERENCE_RANDOM = env.env_bool("CASEWORK_REFERENCE_RANDOM", False)
# A danger pressed by mistake; a caller whose line broke and who rings again. Both as the hotline's own practice has it.
DANGER_TAKE_BACK_MINUTES = env.env_int("DANGER_TAKE_BACK_MINUTES", 2, least=1)
CUT_OFF_MINUTES = env.env_int("CUT_OFF_MINUTES", 60, least=1)
# --- The telephone system and files that people send -------------------------------------------------
# What signs the POST that opens a contact (docs/api.md); without it that address is not there.
TELEPHONY_SECRET = env.env_str("TELEPHONY_SECRET", "", shortest=32)
TELEPHONY_WINDOW_SECONDS = env.env_int("TELEPHONY_WINDOW_SECONDS", 300, least=5, most=3600)
# How many bytes of text one form may hold; files have a limit of their own below. Django's own default, said aloud.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
# A number that abuses the line is remarked on for at most this long; a supervisor decides each time.
CALLER_FLAG_MOST_DAYS = env.env_int("CALLER_FLAG_MOST_DAYS", 30, least=1, most=365)
ATTACHMENTS_DIR = Path(env.env_str("ATTACHMENTS_DIR", str(DATA_DIR / "attachments")))
if TRAINING:
    # What belongs to no row is swept: the files of two databases must not lie in one store.
    ATTACHMENTS_DIR /= "training"
ATTACHMENT_MEGABYTES = env.env_int("ATTACHMENT_MEGABYTES", 10, least=1, most=50)
# A file that no row keeps is unlinked when it is this old: longer than any request, shorter than a working day matters.
ATTACHMENT_ORPHAN_HOURS = env.env_int("ATTACHMENT_ORPHAN_HOURS", 24, least=1, most=24 * 30)
ATTACHMENTS_PER_CONTACT = env.env_int("ATTACHMENTS_PER_CONTACT", 10, least=1, most=100)
# Uploads stay in memory: on disk they would lie there in clear.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = (ATTACHMENT_MEGABYTES + 1) * 1024 * 1024
# Minutes after which a contact counts as entered afterwards.
BACK_FILLED_AFTER_MINUTES = env.env_int("BACK_FILLED_AFTER_MINUTES", 60)
# Seconds for which a notice that failed to go out waits before the next try.
NOTICE_RETRY_SECONDS = env.env_int("NOTICE_RETRY_SECONDS", 60)
ANCHOR_EMAIL = env.env_str("AUDIT_ANCHOR_EMAIL", "")

# --- The shift: on duty, alarms, call-backs -----------------------------------------------------------
DUTY_LONGEST_HOURS = env.env_int("DUTY_LONGEST_HOURS", 12, least=1, most=24)
# Minutes without an answer after which an alarm climbs to the next person on call.
ALARM_CLIMB_MINUTES = env.env_int("ALARM_CLIMB_MINUTES", 3, least=1, most=60)
# How often the screens of people on duty look for alarms; they are to be there within five seconds.
ALARM_LOOK_SECONDS = env.env_int("ALARM_LOOK_SECONDS", 4, least=1, most=60)
ON_CALL_HOOK_URL = "" if TRAINING else env.env_hook("ON_CALL_HOOK_URL")
ON_CALL_HOOK_COMMAND = "" if TRAINING else env.env_str("ON_CALL_HOOK_COMMAND", "")
ON_CALL_HOOK_SECONDS = env.env_int("ON_CALL_HOOK_SECONDS", 10, least=1, most=60)
# Tries after which a supervisor decides, and minutes for which a try after the window still counts.
CALL_BACK_TRIES = env.env_int("CALL_BACK_TRIES", 3, least=1, most=20)
CALL_BACK_GRACE_MINUTES = env.env_int("CALL_BACK_GRACE_MINUTES", 15, most=240)
HAND_OVER_HOURS = env.env_int("HAND_OVER_HOURS", 12, least=1, most=72)
# How often the queue and an open tip look for what is new; who looked within three times that is "here now".
LOOK_SECONDS = env.env_int("LOOK_SECONDS", 20, least=5, most=300)

# Possible matches: points for what is shared, how many make a match likely, and how few are not worth showing.
MATCH_POINTS = {"strong": 60, "weak": 30, "also": 10, "alike": 40, "county": 10, "state": 5, "near_in_time": 10}
MATCH_LIKELY = env.env_int("MATCH_LIKELY", 60, least=1)
MATCH_SHOWN = env.env_int("MATCH_SHOWN", 20, least=1)
MATCH_NEAR_DAYS = env.env_int("MATCH_NEAR_DAYS", 14, least=1)
# Accounts share at least this many words in a hundred to be called alike.
MATCH_ALIKE_PERCENT = env.env_int("MATCH_ALIKE_PERCENT", 35, least=1, most=100)
# docs/matching.md: how many of a text's rarest words are looked for, and in how many accounts at most.
MATCH_WORDS = 12
MATCH_CANDIDATES = 1500
MATCH_SAMPLE = 100_000
SEARCH_NEWEST = 500
# Ruling 16: searches in an hour without a contact in progress, after which the auditors are told.
LOOKUPS_PER_HOUR = env.env_int("LOOKUPS_PER_HOUR", 30, least=1)

# --- The directory --------------------------------------------------------------------------------------
# Days after which a verification is out of date: the hotline's grant asks for it yearly (domain.md 1, CLK-33).
DIRECTORY_STALE_DAYS = env.env_int("DIRECTORY_STALE_DAYS", 365, least=1)
# Hours for which a count of free places tells something.
CAPACITY_HOURS = env.env_int("CAPACITY_HOURS", 24, least=1)
# Referrals in a row that nobody answered, after which an agency counts as silent.
SILENT_REFERRALS = env.env_int("SILENT_REFERRALS", 3, least=1, most=10)
# Days for which a decline for want of space, or a note for the directory, holds where no end was given.
DECLINE_HOLDS_DAYS = env.env_int("DECLINE_HOLDS_DAYS", 3, least=1, most=90)
# Days for which the link that asks an agency about its own entry is open.
ENTRY_LINK_DAYS = env.env_int("ENTRY_LINK_DAYS", 14, least=1, most=60)
# Days in which a doubt about an entry is looked into.
VERIFY_WITHIN_DAYS = env.env_int("VERIFY_WITHIN_DAYS", 5, least=1, most=90)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_tokens": {"()": "casework.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_tokens"]}},
    "root": {"handlers": ["console"], "level": env.env_str("LOG_LEVEL", "INFO", allowed=env.LOG_LEVELS)},
    # They announce themselves at each command.
    "loggers": {"axes": {"level": "WARNING"}, "procrastinate": {"level": "WARNING"}},
}
PGHISTORY_DEFAULT_TRACKERS = ()
# Ruling 27: how long the browser that opened a one-time link may come back to it.
LINK_OPEN_MINUTES = env.env_int("LINK_OPEN_MINUTES", 60, least=5, most=240)
# Ruling 1: time to the answer of a referral, to the first action, and to the first feedback: (limit, unit).
ANSWER_TIMES = {
    "P0": (env.env_int("ANSWER_MINUTES_P0", 15), "minutes"),
    "P1": (env.env_int("ANSWER_HOURS_P1", 1), "hours"),
    "P2": (env.env_int("ANSWER_HOURS_P2", 24), "hours"),
    "P3": (env.env_int("ANSWER_DAYS_P3", 3), "days"),
    "P4": (env.env_int("ANSWER_BUSINESS_DAYS_P4", 5), "business_days"),
}
# Ruling 25: P3 and P4 run in the receiver's open hours. For an agency whose hours nobody wrote down: the basic workweek
# of 5 USC 6101(a)(3), Monday to Friday, at the hours that most public offices keep.
OFFICE_HOURS = env_hours.env_hours("OFFICE_HOURS", "MO,TU,WE,TH,FR 09:00-17:00")
FIRST_ACTION_TIMES = {
    "P0": (5, "minutes"),
    "P1": (1, "hours"),
    "P2": (24, "hours"),
    "P3": (3, "days"),
    "P4": (5, "business_days"),
}
# Ruling 1: time until a new tip is triaged, by the danger that was heard; "" is the ordinary case.
TRIAGE_TIMES = {"": (15, "minutes"), "life": (5, "minutes")}
# The first word after acceptance, by urgency; then a word each FEEDBACK_AGAIN_DAYS. Our own rule: no source names one.
FEEDBACK_TIMES = {
    **dict.fromkeys(ANSWER_TIMES, (env.env_int("FEEDBACK_DAYS", 7, least=1, most=90), "days")),
    **dict.fromkeys(("P0", "P1"), (env.env_int("FEEDBACK_DAYS_URGENT", 1, least=1, most=90), "days")),
}
FEEDBACK_AGAIN_DAYS = env.env_int("FEEDBACK_AGAIN_DAYS", 30, least=1, most=365)
# A word that does not come is asked for three times, so many days apart; then a supervisor may end the referral.
FEEDBACK_ASK_DAYS = env.env_int("FEEDBACK_ASK_DAYS", 2, least=1, most=30)
FEEDBACK_ASKS = 3
# While an answer is waited for: after so many hundredths of the time, who is told that it still waits.
ANSWER_REMINDERS = ((50, "agency"), (75, "people"), (90, "supervisors"))
# Ruling 22: a yes ends after this many days; nobody is asked to agree for good.
CONSENT_DAYS = env.env_int("CONSENT_DAYS", 30, least=1)
# Ruling 14 (d): how long identity stays open after two people agreed.
IDENTITY_MINUTES = env.env_int("IDENTITY_MINUTES", 60, least=1)
# How far back a new rule is tried before it decides anything.
TRIAL_DAYS = env.env_int("TRIAL_DAYS", 90, least=1, most=3660)

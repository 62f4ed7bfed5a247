"""Typed values from the environment; each error names the variable, what is wrong and what to write."""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import ParseResult, parse_qsl, unquote, urlparse
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})
DATABASE_SCHEMES = frozenset({"postgres", "postgresql"})
DATABASE_OPTIONS = frozenset(
    {"application_name", "connect_timeout", "host", "options", "sslcert", "sslkey", "sslmode", "sslrootcert"}
)
LOG_LEVELS = frozenset({"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
SHORTEST_SECRET = 50
POOL_TIMEOUT_SECONDS = 5
EMBEDDED_NAME = "casework"
EMBEDDED_RUNTIME = "casework_app"
EMBEDDED_OWNER = "casework_owner"


def wrong(name: str, found: str, write: str) -> ImproperlyConfigured:
    """The error for a variable: what was found (never a secret), and what to write."""
    return ImproperlyConfigured(f"{name} {found}. {write}")


def env_str(name: str, default: str, *, allowed: frozenset[str] | None = None, shortest: int = 0) -> str:
    """The variable's text without blanks around it; an empty variable counts as not set."""
    value = os.environ.get(name, "").strip() or default
    if allowed is not None and value not in allowed:
        raise wrong(name, f"is {value!r}", f"Write one of: {', '.join(sorted(allowed))}.")
    if value and len(value) < shortest:
        raise wrong(name, "is too short", f"Write at least {shortest} random characters.")
    return value


def env_bool(name: str, default: bool) -> bool:
    """Yes or no."""
    value = env_str(name, "").lower()
    if not value:
        return default
    if value in TRUE_WORDS:
        return True
    if value in FALSE_WORDS:
        return False
    raise wrong(name, f"is {value!r}", "Write 1 for yes or 0 for no.")


def env_int(name: str, default: int, *, least: int = 0, most: int = 2_147_483_647) -> int:
    """A whole number between `least` and `most`."""
    value = env_str(name, "")
    if not value:
        return default
    # int() would take "1_000" and digits of other scripts.
    if not re.fullmatch(r"-?[0-9]{1,12}", value) or not least <= int(value) <= most:
        raise wrong(name, f"is {value!r}", f"Write a whole number from {least} to {most}.")
    return int(value)


def env_list(name: str, default: list[str]) -> list[str]:
    """A list, separated by commas."""
    value = env_str(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] if value else default


def env_hosts(name: str, default: list[str]) -> list[str]:
    """Host names, as a browser sends them: without scheme, port or path."""
    hosts = env_list(name, default)
    for host in hosts:
        if not re.fullmatch(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9a-fA-F:]+\]", host):
            raise wrong(name, f"holds {host!r}", "Write names like casework.example.org, with commas between.")
    return hosts


def env_url(name: str, default: str) -> str:
    """The address of a site, without a slash at its end."""
    value = env_str(name, default)
    if not re.fullmatch(r"https?://[^/?#@\s]+/?", value):
        raise wrong(name, "is not the address of a site", "Write it like https://casework.example.org.")
    return value.rstrip("/")


def env_hook(name: str) -> str:
    """An address that is called from here, or nothing."""
    value = env_str(name, "")
    if value and not re.fullmatch(r"https?://[^/?#@\s]+[^#\s]*", value):
        raise wrong(name, "is not an address that can be called", "Write it like https://pager.example.org/call.")
    return value


def env_origins(name: str, default: list[str]) -> list[str]:
    """Origins: scheme and host each."""
    origins = env_list(name, default)
    for origin in origins:
        if not re.fullmatch(r"https?://[^/?#@\s]+", origin):
            raise wrong(name, f"holds {origin!r}", "Write each like https://casework.example.org, with commas between.")
    return origins


def env_zone(name: str, default: str) -> str:
    """The name of a time zone that this machine knows."""
    value = env_str(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise wrong(name, f"is {value!r}, which is no time zone here", "Write it like America/New_York.") from None
    return value


def data_directory(name: str, default: Path) -> Path:
    """The directory for everything Casework keeps; made with mode 0700 when missing, else left as it is."""
    path = Path(env_str(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise wrong(
            name, f"names {path}, which cannot be made ({error.strerror})", "Write a directory that you may write to."
        ) from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise wrong(
            name,
            f"names {path}, which this user cannot read and write",
            "Run the command as its owner, or write a directory of your own.",
        )
    return path


def env_secret(name: str, file: Path) -> str:
    """The variable; without it what `file` holds, which is made on first use: 50 random characters, mode 0600."""
    value = env_str(name, "")
    if value:
        if len(value) < SHORTEST_SECRET or len(set(value)) < 5:
            raise wrong(name, "is too short or too plain", f"Write at least {SHORTEST_SECRET} random characters.")
        return value
    return kept_secret(name, file, secrets.token_urlsafe(50))


def kept_secret(name: str, file: Path, fresh: str) -> str:
    """What `file` holds; when there is none, `fresh`, written with mode 0600 so that two first starts agree."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _write_once(file, fresh)
        kept = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise wrong(
            name,
            f"is not set and {file} cannot be read or made ({error.strerror})",
            f"Set {name}, or run the command as the user that owns {file.parent}.",
        ) from error
    if not kept:
        raise wrong(name, f"is not set and {file} is empty", "Restore the file from your backup, or remove it.")
    return kept


def _write_once(file: Path, text: str) -> None:
    """Write beside and link into place: nobody ever reads half a file, and the first of two writers wins."""
    beside = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text + "\n")
        try:
            os.link(beside, file)
        except FileExistsError:
            return
    finally:
        beside.unlink()


# --- Database ----------------------------------------------------------------------------------------


def database(name: str, data_directory: Path) -> dict[str, Any]:
    """Django's settings for the runtime role: the server that `name` names, else the embedded one."""
    pool = {"min_size": 1, "max_size": env_int("DATABASE_POOL_SIZE", 10, least=1, most=500)}
    url = env_str(name, "")
    found = _from_url(name, url) if url else _embedded(EMBEDDED_RUNTIME, data_directory)
    found["OPTIONS"]["pool"] = {**pool, "timeout": POOL_TIMEOUT_SECONDS}
    return {**found, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False, "TEST": {}}


def owner_database(name: str, data_directory: Path, runtime: str = "DATABASE_URL") -> dict[str, Any] | None:
    """The same database as its owner; None when the server is not ours and no owner is named (serving needs none)."""
    url, runtime_url = env_str(name, ""), env_str(runtime, "")
    if not runtime_url:
        if url:
            raise wrong(
                name,
                f"is set without {runtime}",
                f"Set both, or neither for the embedded server; {runtime} is for the runtime role.",
            )
        return _embedded(EMBEDDED_OWNER, data_directory)
    if not url:
        return None
    owner, served = _from_url(name, url), _from_url(runtime, runtime_url)
    if owner["NAME"] != served["NAME"]:
        raise wrong(name, f"names another database than {runtime}", "Write the same database in both.")
    if owner["USER"] == served["USER"]:
        raise wrong(
            name, f"has the same user as {runtime}", "Write two roles; `manage.py db roles` prints how to make them."
        )
    return owner


def _embedded(role: str, data_directory: Path) -> dict[str, Any]:
    return _settings(EMBEDDED_NAME, role) | {"EMBEDDED": str(data_directory / "postgres")}


def _settings(name: str, user: str) -> dict[str, Any]:
    return {
        "ENGINE": "casework.postgres",
        "NAME": name,
        "USER": user,
        "PASSWORD": "",
        "HOST": "",
        "PORT": "",
        "OPTIONS": {},
    }


def _from_url(name: str, value: str) -> dict[str, Any]:
    example = "Write it like postgresql://user:password@host:5432/database."
    try:
        url = urlparse(value)
        port = url.port
    except ValueError:
        raise wrong(name, "has a host or port that cannot be read", example) from None
    if url.scheme not in DATABASE_SCHEMES:
        raise wrong(name, "does not begin with postgresql://", f"Casework runs on PostgreSQL only. {example}")
    database_name = unquote(url.path.lstrip("/"))
    if not database_name or "/" in database_name:
        raise wrong(name, "names no database", example)
    if not url.username:
        raise wrong(name, "names no user", example)
    options = _options(name, url)
    host = options.pop("host", None) or unquote(url.hostname or "")
    found = _settings(database_name, unquote(url.username))
    return found | {
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": options,
    }


def _options(name: str, url: ParseResult) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(url.query))
    if unknown := sorted(set(options) - DATABASE_OPTIONS):
        raise wrong(
            name,
            f"has an option {unknown[0]!r} that we do not pass on",
            f"Use of: {', '.join(sorted(DATABASE_OPTIONS))}.",
        )
    return options


# --- Mail --------------------------------------------------------------------------------------------

MAIL_SCHEMES = {
    "smtp": {"EMAIL_PORT": 25},
    "smtp+tls": {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True},
    "smtps": {"EMAIL_PORT": 465, "EMAIL_USE_SSL": True},
}


def email(name: str, data_directory: Path) -> dict[str, Any]:
    """Django's mail settings; without the variable mail becomes files in the data directory."""
    example = "Write it like smtp+tls://user:password@mail.example.org:587, or file: or console:."
    value = env_str(name, "file:")
    try:
        url = urlparse(value)
        port = url.port
    except ValueError:
        raise wrong(name, "has a host or port that cannot be read", example) from None
    if url.scheme == "file":
        directory = unquote(url.path) or str(data_directory / "mail")
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": directory}
    if url.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if url.scheme not in MAIL_SCHEMES or not url.hostname:
        raise wrong(name, "is not an address of a mail server that can be read", example)
    found: dict[str, Any] = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_TIMEOUT": 20}
    found |= MAIL_SCHEMES[url.scheme]
    if port:
        found["EMAIL_PORT"] = port
    return found | {
        "EMAIL_HOST": url.hostname,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
    }

"""Web addresses: of an advertisement, a profile, a page; read as text and never fetched."""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote, unquote, urlencode

from tips.identifiers.clean import tidy
from tips.identifiers.sites import HOST_OF, IN_HOST, Account, account_of, site_of
from tips.identifiers.verdict import Unreadable, Verdict, maybe, no, settled

_TRACKING = re.compile(
    r"^(?:utm_\w*|[a-z]*clk?id|phpsessid|j?sessionid|aspsessionid\w*|gclsrc|gbraid|wbraid|igshid?|igsh|mc_[ce]id|_ga|_gl|_hs\w+|hsctatracking|ref|ref_src|ref_url|"
    r"referrer|spm|si|share_id|mkt_tok|vero_id|oly_\w+_id|trk|trkinfo|fb_\w+|_branch_match_id|cmpid|s_cid|"
    r"gad_source|srsltid|feature|__tn__|__cft__.*|mibextid|rdid|share_url|is_from_webapp|sender_device|_r|_t)$"
)
_SCHEME = re.compile(r"^(?:([a-z][a-z0-9+.-]*)://+|(https?|ftp)(?::/*|//+)(?=[^/\d]))", re.IGNORECASE)
_HIDDEN_SCHEME = re.compile(r"^(?:h[x*t]{2}p(s?)|h\s*t\s*t\s*p\s*(s?))\s*:\s*(?:/\s*)*", re.IGNORECASE)
_HIDDEN_DOT = re.compile(r"\s*(?:[\[({]\s*(?:\.|dot|punto)\s*[\])}]|<dot>)\s*", re.IGNORECASE)
_SAID_DOT = re.compile(r"\s+(?:dot|punto)\s+", re.IGNORECASE)
_SAID_SLASH = re.compile(r"\s+(?:slash|forward slash|barra|diagonal)\s+", re.IGNORECASE)
_HOST = re.compile(r"^[^\s/@?#\\]+$")
_EDGES = " \t<>\"'`.,;!()[]{}|"
_PORTS = {"http": "80", "https": "443", "ftp": "21"}
_START_PAGE = re.compile(r"/(?:index|default|home)\.(?:html?|php\d?|aspx?|jsp)$", re.IGNORECASE)
_SMALL = re.compile(r"^(?:m|mobile|touch|wap|amp|en|es|us|web)\.")
_WWW = re.compile(r"^www?\d{0,2}\.(?=[^.]+\.)")
_SAFE = "-._~!$&'()*+,;=:@/"
_FEWEST_TOP = 2
_SAID_WWW = re.compile(r"^(https?://)?w\s+w\s+w(?=[\s.])", re.IGNORECASE)
_SESSION = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/?;]*", re.IGNORECASE)
# Addresses that only lead on to another one: host and path -> where it stands in the query.
_LEADS_ON = [
    (re.compile(r"^(?:l|lm)\.(?:facebook|instagram)\.com/(?:l\.php)?$"), ("u",)),
    (re.compile(r"^google\.[a-z.]+/url$"), ("q", "url")),
    (re.compile(r"^(?:www\.)?youtube\.com/redirect$"), ("q",)),
    (re.compile(r"^[\w.]*safelinks\.protection\.outlook\.com/?$"), ("url",)),
    (re.compile(r"^out\.reddit\.com/.*$"), ("url",)),
    (re.compile(r"^steamcommunity\.com/linkfilter$"), ("url", "u")),
]
_STORED = re.compile(
    r"^(?:https?:/*)?(?:web\.archive\.org/web|archive\.(?:is|ph|today|li|md|vn))/\d{4,14}[a-z_]*/(?=https?:)",
    re.IGNORECASE,
)
_DEEPER = re.compile(r"/(?:status|video|post|photo)(?:e?s)?/")
Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Web:
    """An address taken apart. `host` in ASCII, `query` sorted and without what only tracks."""

    scheme: str
    host: str
    port: str
    path: str
    query: tuple[tuple[str, str], ...]
    fragment: str
    account: Account | None = None
    is_stored_copy: bool = False

    @property
    def normal(self) -> str:
        """One form for every way to write it; without scheme for the web."""
        start = "" if self.scheme == "http" else f"{self.scheme}://"
        query = f"?{urlencode(self.query)}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{start}{self.host}{f':{self.port}' if self.port else ''}{self.path}{query}{fragment}"


def parse(text: str) -> Web:
    """Take an address apart, also one made harmless (hxxp, [.]); one that only leads on stands for where it leads.

    Raises Unreadable where there is no host.
    """
    plain = _uncovered(text)
    stored = _STORED.match(plain)
    if stored:
        return replace(_parse(plain[stored.end() :]), is_stored_copy=True)
    return _parse(plain)


def _parse(plain: str) -> Web:
    scheme, rest = _without_scheme(plain)
    rest, _, fragment = rest.partition("#")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    host, port = _host_and_port(authority.rpartition("@")[2])
    if not host:
        raise Unreadable("No web address was found: write it as in example.org/page.")
    pairs = _pairs(query)
    path = _path(slash + _SESSION.sub("", path))
    further = next((value for where, keys in _LEADS_ON if where.match(host + path) for value in _of(keys, pairs)), "")
    if further and len(further) < len(plain):
        return _parse(_uncovered(further))
    account = account_of(host, path, pairs)
    host, path, pairs = _known_alias(host, path, pairs)
    port = "" if port == _PORTS.get(scheme) or (scheme in ("http", "https") and port in ("80", "443")) else port
    return Web(
        scheme="http" if scheme == "https" else scheme,
        host=host,
        port=port,
        path=path.rstrip("/"),
        query=tuple(sorted(pairs)),
        fragment=quote(unquote(fragment), safe=_SAFE) if fragment.startswith(("!", "/")) else "",
        account=account,
    )


def _of(keys: tuple[str, ...], pairs: Pairs) -> list[str]:
    return [value for key, value in pairs if key in keys and "." in value]


def _uncovered(text: str) -> str:
    plain = tidy(text).strip(_EDGES).replace("\\", "/").removeprefix("view-source:")
    plain = _SAID_WWW.sub(r"\1www", plain)
    plain = re.sub(r"^(?:url|link|web|website|site|pagina|enlace)\s*:\s*", "", plain, flags=re.IGNORECASE)
    plain = plain.replace("[:]", ":").replace("[/]", "/").replace("[://]", "://").replace("[@]", "@")
    plain = _SAID_SLASH.sub("/", _SAID_DOT.sub(".", _HIDDEN_DOT.sub(".", plain)))
    plain = _HIDDEN_SCHEME.sub(lambda found: f"http{found.group(1) or found.group(2) or ''}://", plain)
    plain = re.sub(r"\s*([./:?#=&])\s*", r"\1", plain)
    words = plain.split(" ")
    # "see https://..." and "posted on example.org": the first word that is an address.
    word = next((word for word in words if "://" in word), next((word for word in words if "." in word), words[0]))
    return word.strip(_EDGES.replace("(", "").replace(")", ""))


def _without_scheme(text: str) -> tuple[str, str]:
    if text.startswith("//"):
        return "http", text.lstrip("/")
    found = _SCHEME.match(text)
    if not found:
        return "http", text.lstrip("/")
    return (found.group(1) or found.group(2)).lower(), text[found.end() :]


def _host_and_port(authority: str) -> tuple[str, str]:
    host, _, port = authority.rpartition(":") if re.search(r":\d*$", authority) else (authority, "", "")
    host = _WWW.sub("", _ascii(host.strip(".").casefold()))
    labels = host.split(".")
    is_address = host.startswith("[") or re.fullmatch(r"[\d.]+", host)
    is_named = len(labels) > 1 and all(labels) and len(labels[-1]) >= _FEWEST_TOP
    if not (is_named or is_address or host == "localhost") or not _HOST.match(host):
        return "", ""
    return host, port.lstrip("0")


def _ascii(host: str) -> str:
    """Punycode where the host has other letters; as it is where that is no allowed name."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host


def _pairs(query: str) -> Pairs:
    pairs = parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True, max_num_fields=None)
    return [(key, value) for key, value in pairs if not _TRACKING.match(key.casefold())]


def _path(path: str) -> str:
    """Percent signs only where they must be, no dots as folders, no name of a start page."""
    plain = quote(unquote(path, errors="surrogateescape"), safe=_SAFE, errors="surrogateescape")
    kept: list[str] = []
    for part in plain.split("/"):
        if part == "..":
            kept = kept[:-1]
        elif part not in (".", ""):
            kept.append(part)
    whole = "/" + "/".join(kept) if kept else ""
    return _START_PAGE.sub("", whole)


def _known_alias(host: str, path: str, pairs: Pairs) -> tuple[str, str, Pairs]:
    """Well-known sites under one host; a video under one address; a profile without what follows its name."""
    site = site_of(host)
    if not site or site in IN_HOST:
        return host, path, pairs
    if site == "youtube" and (video := _video(host, path, dict(pairs))):
        return "youtube.com", "/watch", [("v", video)]
    account = account_of(host, path, pairs)
    if account and not _DEEPER.search(path):
        return HOST_OF[site], f"/@{account.name}", []
    return HOST_OF[site], path, pairs


def _video(host: str, path: str, values: dict[str, str]) -> str:
    short = path[1:] if host == "youtu.be" else ""
    return values.get("v", "") or short or (path.removeprefix("/shorts/") if path.startswith("/shorts/") else "")


def compare(left: str, right: str) -> Verdict:
    """Whether two texts are the same web address. Raises Unreadable for a text without one."""
    one, other = parse(left), parse(right)
    if one.normal == other.normal:
        is_copy = one.is_stored_copy != other.is_stored_copy
        return settled("the same web address", ["one is a stored copy of the page"] if is_copy else [])
    if one.scheme != other.scheme or one.port != other.port:
        return no("another way in: the scheme or the port differs")
    if one.host != other.host:
        return _compare_hosts(one, other)
    return _compare_pages(one, other)


def _compare_hosts(one: Web, other: Web) -> Verdict:
    if _SMALL.sub("", one.host) == _SMALL.sub("", other.host) and (one.path, one.query) == (other.path, other.query):
        return maybe("the same page", "one is the site's edition for phones or for a language")
    return no("other sites")


def _compare_pages(one: Web, other: Web) -> Verdict:
    if one.path != other.path:
        if one.path.casefold() == other.path.casefold() and one.query == other.query:
            return maybe("the same site and page but for capitals, which some sites tell apart")
        return no("the same site, another page")
    left, right = dict(one.query), dict(other.query)
    shared = left.keys() & right.keys()
    if any(left[key] != right[key] for key in shared) or (left and right and not shared):
        return no("the same site, another page: what follows the question mark differs")
    if one.fragment and other.fragment and one.fragment != other.fragment:
        return no("the same site, another page: what follows the hash sign differs")
    return maybe("the same page", "only one says more after the question mark or hash sign")

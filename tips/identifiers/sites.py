"""The well-known sites: their addresses, and where in an address the name of an account stands."""

import re
from dataclasses import dataclass

# Host -> site. Subdomains of these hosts (www, m, mobile, web ...) are the same site.
HOSTS = {
    "instagram.com": "instagram", "instagr.am": "instagram", "ig.me": "instagram",
    "facebook.com": "facebook", "fb.com": "facebook", "fb.me": "facebook", "m.me": "facebook",
    "messenger.com": "facebook", "facebook.me": "facebook",
    "x.com": "x", "twitter.com": "x", "tiktok.com": "tiktok", "snapchat.com": "snapchat",
    "t.me": "telegram", "telegram.me": "telegram", "telegram.dog": "telegram", "telegram.org": "telegram",
    "wa.me": "whatsapp", "whatsapp.com": "whatsapp", "onlyfans.com": "onlyfans", "fansly.com": "fansly",
    "youtube.com": "youtube", "youtu.be": "youtube", "linkedin.com": "linkedin", "reddit.com": "reddit",
    "redd.it": "reddit", "pinterest.com": "pinterest", "tumblr.com": "tumblr", "threads.net": "threads",
    "threads.com": "threads", "kik.me": "kik", "kik.com": "kik", "discord.com": "discord",
    "discord.gg": "discord", "discordapp.com": "discord", "cash.app": "cashapp", "cash.me": "cashapp",
    "venmo.com": "venmo", "paypal.me": "paypal", "paypal.com": "paypal", "linktr.ee": "linktree",
    "allmylinks.com": "allmylinks", "beacons.ai": "beacons", "bsky.app": "bluesky", "vk.com": "vk",
    "twitch.tv": "twitch", "patreon.com": "patreon", "medium.com": "medium", "tryst.link": "tryst",
    "chaturbate.com": "chaturbate", "pornhub.com": "pornhub", "manyvids.com": "manyvids", "fetlife.com": "fetlife",
    "soundcloud.com": "soundcloud", "steamcommunity.com": "steam", "roblox.com": "roblox", "github.com": "github",
    "tinder.com": "tinder", "line.me": "line", "ok.ru": "ok", "weibo.com": "weibo", "substack.com": "substack",
    "flickr.com": "flickr", "vimeo.com": "vimeo", "myspace.com": "myspace", "signal.me": "signal",
    "viber.com": "viber", "eroprofile.com": "eroprofile", "clubhouse.com": "clubhouse", "carrd.co": "carrd",
}  # fmt: skip
# Site -> the one of its hosts that stands for all.
HOST_OF = {site: host for host, site in reversed(HOSTS.items())}
# What people say or write for a site.
WORDS = {
    "instagram": "instagram", "insta": "instagram", "ig": "instagram", "facebook": "facebook", "fb": "facebook",
    "face": "facebook", "messenger": "facebook", "twitter": "x", "tw": "x", "x": "x", "tiktok": "tiktok",
    "tik tok": "tiktok", "tt": "tiktok", "snapchat": "snapchat", "snap": "snapchat", "sc": "snapchat",
    "telegram": "telegram", "tg": "telegram", "tele": "telegram", "whatsapp": "whatsapp", "whats app": "whatsapp",
    "wa": "whatsapp", "wsp": "whatsapp", "onlyfans": "onlyfans", "only fans": "onlyfans", "of": "onlyfans",
    "fansly": "fansly", "youtube": "youtube", "yt": "youtube", "kik": "kik", "discord": "discord",
    "venmo": "venmo", "cashapp": "cashapp", "cash app": "cashapp", "paypal": "paypal", "reddit": "reddit",
    "tumblr": "tumblr", "threads": "threads", "linkedin": "linkedin", "pinterest": "pinterest", "twitch": "twitch",
    "bluesky": "bluesky", "bsky": "bluesky", "skype": "skype", "wechat": "wechat", "line": "line",
    "signal": "signal", "viber": "viber", "vk": "vk", "github": "github", "steam": "steam", "roblox": "roblox",
    "linktree": "linktree", "tinder": "tinder", "tryst": "tryst", "chaturbate": "chaturbate", "fetlife": "fetlife",
    "patreon": "patreon", "微信": "wechat", "weixin": "wechat", "инста": "instagram", "инстаграм": "instagram",
    "телеграм": "telegram", "телега": "telegram", "ватсап": "whatsapp", "вк": "vk", "вконтакте": "vk",
}  # fmt: skip
# Site -> the words before the account's name; "" is the first place. Where nothing is named: the first place.
_BEFORE = {
    "snapchat": ("add", "u", ""), "reddit": ("user", "u"), "linkedin": ("in",), "youtube": ("c", "user", ""),
    "pornhub": ("users", "model", "pornstar"), "bluesky": ("profile",), "discord": ("users",), "steam": ("id",),
    "roblox": ("users",), "fetlife": ("users", ""), "venmo": ("u", ""), "tumblr": ("blog", ""),
    "telegram": ("s", ""), "facebook": ("", "people"), "instagram": ("stories", "_u", ""), "tryst": ("escort",),
    "paypal": ("paypalme", ""), "vk": ("",), "line": ("ti", "p"), "tinder": ("",), "flickr": ("people", "photos"),
    "manyvids": ("profile",),
}  # fmt: skip
# First words of addresses that lead to something else than an account.
_OTHER = frozenset(
    "p reel reels tv explore accounts direct watch hashtag search home i intent share sharer login events groups pages"
    " marketplace story.php photo.php permalink.php posts results shorts playlist embed feed messages settings about"
    " privacy terms joinchat addstickers addemoji proxy invite channel t discover foryou tag music video download"
    " help legal jobs directory public notifications bookmarks compose gaming photos videos r company school"
    " pin ideas channels spotlight lens web".split()
)
_ACCOUNT = re.compile(r"^[@$~]?([\w.+-]{1,64})$")
_IN_QUERY = {
    "facebook": ("id",), "x": ("screen_name",), "telegram": ("domain",), "whatsapp": ("phone",), "instagram": (),
}  # fmt: skip
# Sites on which an account may be the first part of the host: name.tumblr.com.
IN_HOST = frozenset({"tumblr", "substack", "carrd", "medium"})
_NO_NAMES = frozenset(
    {"www", "m", "mobile", "web", "old", "new", "api", "l", "en", "es", "mbasic", "business", "touch"}
)
DOTS_DO_NOT_MATTER = frozenset({"facebook"})


@dataclass(frozen=True)
class Account:
    """An account on a site; `site` is a value of WORDS or HOSTS, empty where nobody said which."""

    site: str
    name: str


def site_of(host: str) -> str:
    """The site that a host belongs to, or the empty string."""
    labels = host.split(".")
    return next((HOSTS[tail] for n in range(len(labels)) if (tail := ".".join(labels[n:])) in HOSTS), "")


def account_of(host: str, path: str, query: list[tuple[str, str]]) -> Account | None:
    """The account that an address leads to, or None where it leads to something else."""
    site = site_of(host)
    if not site:
        return None
    wanted = _IN_QUERY.get(site, ())
    named = next((value for key, value in query if key in wanted and value), "")
    if named and _is_plain(named):
        return Account(site, named.casefold())
    owner = host.split(".")[0]
    if site in IN_HOST and host.count(".") > 1 and owner not in _NO_NAMES:
        return Account(site, owner)
    return _in_path(site, [part for part in path.split("/") if part])


def _in_path(site: str, parts: list[str]) -> Account | None:
    if not parts:
        return None
    first = parts[0].casefold()
    for before in _BEFORE.get(site, ("",)):
        if before and before == first and len(parts) > 1:
            return _account(site, parts[-1] if before == "people" and site == "facebook" else parts[1])
    if "" not in _BEFORE.get(site, ("",)) or first in _OTHER:
        return _account(site, first) if first.startswith("@") else None
    return _account(site, parts[0])


def _account(site: str, word: str) -> Account | None:
    found = _ACCOUNT.match(word)
    if not found or not _is_plain(found.group(1)):
        return None
    return Account(site, found.group(1).casefold()) if not word.startswith("+") or site == "whatsapp" else None


def _is_plain(word: str) -> bool:
    return any(character.isalnum() for character in word) and len(word) <= 64 and not word.endswith(".php")

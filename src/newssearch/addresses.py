"""The canonical form of a web address: all spellings of the address of one article have the same canonical form.

The id of an article derives from it, and ``url:`` in a query compares it. The address as given is stored and shown.

The rules are our own, because an id must be the same on each machine and in each year: libraries change their lists
with their versions, and even ``urlsplit`` differs between versions of Python. They also merge or miss too much. courlan
1.4 drops ``?12345``, ``source=``, ``game=`` and ``eid=``, with which articles that differ only there become one. w3lib
2.5, url-normalize 3.1 and yarl 1.25 keep ``www.``, ``utm_source=``, AMP pages and archived copies, and raise on
``http://[x``. The parts of an address are those of RFC 3986; percent encoding never distinguishes two articles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize
from urllib.parse import unquote

from .tracking_parameters import is_tracking

MAX_ADDRESS_LENGTH = 8_000
"""A text of more characters is not read as an address."""

MAX_NESTED_ADDRESSES = 8
"""Addresses inside each other, such as an archived copy of an AMP page, are opened at most this many times."""

_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_REMOVED = str.maketrans("", "", _INVISIBLE)
"""Marks that come along when an address is copied from a text. A zero-width non-joiner is a letter of Persian words."""

_SURROUNDING = f'{_INVISIBLE}<>"\0'
"""Characters in front of an address, or after it, that are not part of it."""

_PARTS = re.compile(
    r"(?P<start>(?:https?:[/\\]*)+|[/\\]{2,})?"
    r"(?P<host>[^/\\?#]*)(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_OTHER_SCHEME = re.compile(r"(?!https?:)[a-z][a-z0-9+-]+:(?!\d+(?:[/?#]|$))(?=\S)", re.IGNORECASE)
_DOMAIN_AND_PORT = re.compile(r"(?:[\w-]+\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]+)\.?(?::\d+)?", re.IGNORECASE)
_FILE_SUFFIX = re.compile(
    r".*\.(?:txt|html?|jsonl?|csv|tsv|xml|pdf|docx?|eml|mbox|warc|zip|gz|bz2|xz|tar|d)", re.IGNORECASE
)


def canonical_address(url: str) -> str:
    """Return the canonical form of an address. Any text has one, and the canonical form of a canonical form is itself.

    Text that is not a web address is returned as it is, without white space around it; a scheme gets small letters.

    >>> canonical_address("http://www.BBC.co.uk:80/news/./world-1/?utm_source=rss#top")
    'https://bbc.co.uk/news/world-1'
    >>> canonical_address("https://web.archive.org/web/2024/http://m.example.org/story.php?page=2&id=1&amp=1")
    'https://example.org/story.php?id=1&page=2'
    >>> canonical_address("urn:newsml:example.org:1"), canonical_address("http://[x")
    ('urn:newsml:example.org:1', 'http://[x')
    """
    text = url.strip()
    if len(text) > MAX_ADDRESS_LENGTH:
        return text
    address = text
    for _ in range(MAX_NESTED_ADDRESSES):
        address, settled = _canonical_step(address)
        if settled:
            return address
    return text


def archived_address(url: str) -> str:
    """Return the address of which ``url`` is a copy in an archive of the web, as it is written there; else ``url``.

    >>> archived_address("https://web.archive.org/web/20240510120000/https://www.example.org/a?b=1")
    'https://www.example.org/a?b=1'
    >>> archived_address("https://archive.example.org/2024/05/10/bridge.html")
    'https://archive.example.org/2024/05/10/bridge.html'
    """
    found = _WRITTEN_COPY.fullmatch(url.strip()) if "/http" in url[8:] else None
    return f"{found[1]}://{found[2]}" if found else url


def is_archive_of_web(address: str) -> bool:
    """Whether a canonical address is that of an archive of the web itself, so that it does not name the original."""
    return _WEB_ARCHIVES.fullmatch(host_of(address)) is not None


def is_same_site(one: str, other: str) -> bool:
    """Whether two canonical web addresses are on hosts of one owner, as far as their names tell.

    >>> is_same_site("https://edition.cnn.com/a", "https://cnn.com/b"), is_same_site("https://a.co.uk", "https://b.co.uk")
    (True, False)
    """
    sites = [_site(host_of(address)) for address in (one, other)]
    return bool(sites[0]) and sites[0] == sites[1]


def host_of(address: str) -> str:
    """Return the host of a canonical web address, without its port; an empty string for another text."""
    if not address.startswith("https://"):
        return ""
    return re.split(r"[/?#]|:\d+(?=[/?#]|$)", address[8:], maxsplit=1)[0]


def host_owner(host: str) -> str:
    """Return the label that the owner of a host chose: ``cnn`` for ``edition.cnn.com``, ``guardian`` for ``guardian.co.uk``.

    >>> host_owner("politics.ft.com"), host_owner("www.bbc.co.uk"), host_owner("localhost")
    ('ft', 'bbc', 'localhost')
    """
    return _site(host).partition(".")[0]


def _canonical_step(text: str) -> tuple[str, bool]:
    """Return the canonical form and True; or an address that it was wrapped in, and False."""
    text = text.strip()
    found = _PARTS.fullmatch(_trimmed(text))
    assert found is not None  # every part may be empty
    start, written_host, written_path, written_query, fragment = found.groups(default="")
    if not start.lower().startswith("http"):
        if not start and (other := _OTHER_SCHEME.match(text)):
            return other[0].lower() + text[other.end() :], True
        if not _looks_like_host(written_host, written_path if not start else "/"):
            return text, True
    host = _canonical_host(written_host) if len(written_host) <= 255 else None
    if host is None:
        return text, True
    path = _canonical_path(written_path)
    parameters = _parameters(written_query, host)
    query = _sorted_query(parameters)
    route = _route(fragment, host)
    if (target := _redirect_target(host, path, parameters)) is not None:
        return target, False
    if (original := _original(host, path)) is not None:
        return f"{original}{query}{route}", False
    path = _without_ending(path)
    return f"https://{host}{path or ('/' if query or route else '')}{query}{route}", True


def _trimmed(text: str) -> str:
    """Return text without what surrounds an address in a text."""
    while text != (text := text.strip().strip(_SURROUNDING)):
        pass
    return text


def _looks_like_host(host: str, path: str) -> bool:
    """Whether text without a scheme begins with a host, and not with a folder or a sentence."""
    return (
        (path.startswith("/") or host.lower().startswith("www."))
        and len(host) <= 255
        and _DOMAIN_AND_PORT.fullmatch(host) is not None
        and _FILE_SUFFIX.fullmatch(host) is None
    )


# ---- hosts

_HOST_AND_PORT = re.compile(r"(\[[0-9a-f:.]+\]|[^\x00-,/:;<=>?@\[\\\]^`{|}~\x7f-\xa0\s。]+)(?::(\d{0,5}))?")

_MOBILE_LABELS = frozenset({"m", "mobile", "amp"})

_SECOND_LEVEL = frozenset(
    "ac co com edu gen gob go gouv gov govt id ind info lg ltd me mil muni ne net nhs nom or org plc police sch".split()
)
"""Labels that registries put in front of the top-level domain of a country: ``co.uk`` is the host of no site."""

_PORTALS = frozenset({"gob", "gouv", "gov", "govt", "nhs", "police"})
"""Labels of these that are the host of a site too: ``www.gov.uk`` is ``gov.uk``."""

_HOSTING = frozenset(
    "blogspot.com fc2.com ghost.io github.io gitlab.io herokuapp.com livejournal.com medium.com netlify.app over-blog.com "
    "pages.dev substack.com tumblr.com typepad.com vercel.app web.app weebly.com wixsite.com wordpress.com".split()
)
"""Sites whose subdomains belong to their users: ``m.tumblr.com`` may be one of them."""

_BLOGSPOT = re.compile(r"(.+)\.blogspot\.(?:com?\.)?[a-z]{2,3}")
"""Blogger shows each blog under the domains of many countries."""


@lru_cache(4096)  # an archive has many articles of one host
def _canonical_host(written: str) -> str | None:
    """Return a host in Unicode and small letters, without user, default port, ``www.`` and ``m.``; None if it is no host."""
    name = unquote(written.rpartition("@")[2])
    if not name.isascii():
        name = normalize("NFKC", normalize("NFKC", name.translate(_REMOVED)).lower()).replace("。", ".")
    found = _HOST_AND_PORT.fullmatch(name.lower())
    if found is None:
        return None
    host, port = found.groups()
    port = "" if not port or int(port) in (80, 443) else f":{int(port)}"
    if host.startswith("["):
        return f"{host}{port}"
    labels = [_unicode_label(label) for label in host.rstrip(".").split(".")]
    if not all(labels):
        return None
    host = _BLOGSPOT.sub(r"\1.blogspot.com", ".".join(labels))
    return ".".join(_without_variant(host.split("."))) + port


def _unicode_label(label: str) -> str:
    """Return a label of a host in Unicode. A label is left in Punycode if that is not how its Unicode form is encoded."""
    if not label.startswith("xn--") or len(label) > 63 or not label.isascii():
        return label
    try:
        plain = label[4:].encode("ascii").decode("punycode")
        same = plain.encode("punycode").decode("ascii") == label[4:]
    except (ValueError, OverflowError):  # UnicodeError is a ValueError
        return label
    spelled = normalize("NFKC", plain.lower().translate(_REMOVED))
    stable = same and not plain.isascii() and spelled == plain and "." not in plain
    return plain if stable and _HOST_AND_PORT.fullmatch(plain) else label


def _without_variant(labels: list[str]) -> list[str]:
    """Return the labels of a host without ``www.``, ``m.``, ``mobile.`` and ``amp.``, unless the rest is no site."""
    while True:
        at = 1 if len(labels) > 3 and labels[1] == "m" else 0  # en.m.wikipedia.org
        rest = labels[at + 1 :]
        if labels[at] == "www":
            is_variant = not _is_suffix(rest) or (len(rest) == 2 and rest[0] in _PORTALS)
        else:
            is_variant = (
                labels[at] in _MOBILE_LABELS and not _is_suffix(rest) and ".".join(rest) not in _HOSTING
            )
        if not is_variant:
            return labels
        labels = labels[:at] + rest


def _is_suffix(labels: list[str]) -> bool:
    """Whether a host of these labels is a top-level domain, or a registry's suffix such as ``co.uk``."""
    return len(labels) < 2 or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVEL)


def _site(host: str) -> str:
    """Return the part of a host that one owner has: its last two labels, or three below ``co.uk`` and the like."""
    labels = host.split(".")
    shared = _is_suffix(labels[-2:]) or ".".join(labels[-2:]) in _HOSTING
    return ".".join(labels[-3:] if shared else labels[-2:])


# ---- percent encoding

_ESCAPE = re.compile(r"(%[0-9A-F]{2})")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNSAFE = re.compile(r"[\x00-\x20\x7f\"<>\s]|%(?![0-9A-Fa-f]{2})")
_SIMPLE = re.compile(r"[!$&-;=?-\[\]-~]*")
"""Text without an escape, and without a character that must be one."""

_KEPT_IN_PATH = frozenset("%/?#\\;")
_KEPT_IN_QUERY = frozenset("%&=+#")
"""Characters whose escapes are kept, because the characters separate parts."""


def _decoded(text: str, kept: frozenset[str]) -> str:
    """Return text in which only those characters are escaped that must be, or whose escapes are ``kept``."""
    if _SIMPLE.fullmatch(text):
        return text

    def plain(escapes: re.Match[str]) -> str:
        decoded = bytes.fromhex(escapes[0].replace("%", "")).decode("utf-8", "surrogateescape")
        return "".join(
            _escape(char) if char in kept or "\udc80" <= char <= "\udcff" or _UNSAFE.match(char) else char
            for char in decoded
        )

    decoded = _ESCAPES.sub(plain, _UNSAFE.sub(lambda match: _escape(match[0]), text))
    if decoded.isascii():
        return decoded
    parts = _ESCAPE.split(
        decoded.translate(_REMOVED)
    )  # an accent must not become one with the last letter of an escape
    return "".join(part if at % 2 else normalize("NFC", part) for at, part in enumerate(parts))


def _escape(char: str) -> str:
    """Return an ASCII character, or a byte that is not UTF-8 (as ``surrogateescape`` decodes it), as an escape.

    A white space that is not ASCII becomes a space.
    """
    return "%20" if char.isspace() and char > "\x7f" else f"%{ord(char) & 0xFF:02X}"


# ---- paths

_UNRESOLVED = re.compile(r"//|/\.")
_SESSION = re.compile(r";(?:jsessionid|phpsessid)=[^/;]*", re.IGNORECASE)
_DEFAULT_DOCUMENT = re.compile(
    r"(?:index|default)\.(?:[sxd]?html?|php\d?|aspx?|jspx?|cfml?|cgi|pl|do)", re.IGNORECASE
)
_AMP_ENDING = re.compile(r"(?<=[^.])\.amp(?=(?:\.html?)?$)", re.IGNORECASE | re.DOTALL)


def _canonical_path(path: str) -> str:
    """Return a path without session, dot segments, empty segments, and slashes and spaces at its end."""
    return _resolved(_SESSION.sub("", _decoded(path, _KEPT_IN_PATH)).replace("\\", "/"))


def _resolved(path: str) -> str:
    """Return a decoded path without dot segments, empty segments, and slashes and spaces at its end."""
    while True:
        before = path
        while path.endswith(("/", "%20")):
            path = path.removesuffix("/").removesuffix("%20")
        if _UNRESOLVED.search(path):
            segments: list[str] = []
            for segment in path.split("/"):
                if segment == "..":
                    del segments[-1:]
                elif segment not in ("", "."):
                    segments.append(segment)
            path = "".join(f"/{segment}" for segment in segments)
        if path == before:
            return path


def _without_ending(path: str) -> str:
    """Return a path without default documents and the marks of an AMP page at its end."""
    while True:
        head, _, last = path.rpartition("/")
        if _DEFAULT_DOCUMENT.fullmatch(last) or (head and last in ("amp", "amp.html")):
            path = _resolved(head)
        elif ".amp" in last.lower() and (name := _AMP_ENDING.sub("", last)) != last:
            path = _resolved(f"{head}/{name}")
        else:
            return path


# ---- queries and fragments


def _parameters(query: str, host: str) -> list[tuple[str, str, str]]:
    """Return the parameters that may identify an article: key, ``=`` or nothing, and value."""
    if not query:
        return []
    site, found = _site(host.partition(":")[0]), []
    for written in query.replace("+", "%20").split("&"):
        key, equals, value = (_decoded(part, _KEPT_IN_QUERY) for part in written.partition("="))
        while key.startswith(("?", "amp;")):  # "??a=1", and "&amp;" of a page's source
            key = key.removeprefix("?").removeprefix("amp;")
        while "?" in value:  # "?id=1?utm_source=rss"
            rest, _, second = value.rpartition("?")
            if not is_tracking(*second.partition("=")[::2], site):
                break
            value = rest
        if (key or value) and not is_tracking(key, value, site):
            found.append((key, equals, value))
    return list(dict.fromkeys(found))


def _sorted_query(parameters: list[tuple[str, str, str]]) -> str:
    """Return a query with its parameters in the order of their keys. Words without a value follow, in their order."""
    if not parameters:
        return ""
    ordered = sorted(
        parameters, key=lambda parameter: (not parameter[1], parameter[0] if parameter[1] else "")
    )
    return "?" + "&".join(map("".join, ordered))


def _route(fragment: str, host: str) -> str:
    """Return a fragment that a script of the page reads as a path (``#!/story/5``), else an empty string."""
    if not fragment.startswith(("!", "/")):
        return ""
    path, _, query = fragment.partition("?")
    path = _decoded(path, _KEPT_IN_PATH).rstrip("/")
    return f"#{path}{_sorted_query(_parameters(query, host))}" if path.strip("!/") else ""


# ---- addresses that contain another one

_ARCHIVES = re.compile(r"(?:web(?:-beta)?\.)?archive\.(?:org|today|is|ph|md|li|vn|fo)")
_WEB_ARCHIVES = re.compile(r"web(?:-beta)?\.archive\.org|archive\.(?:today|is|ph|md|li|vn|fo)")
_COPY = re.compile(
    r"/(?:\d{14}|\d{4}\.\d\d\.\d\d-\d{6})(?:[a-z]{2}_)?/(https?:.+)", re.IGNORECASE | re.DOTALL
)
_WRITTEN_COPY = re.compile(
    r"(?:https?://[^/?#]+)?(?:/[\w.-]+){0,4}?/(?:\d{4,14}|\d{4}\.\d\d\.\d\d-\d{6}|[\d*]+)(?:[a-z]{2}_)?/(https?):/+(?!/)(.+)",
    re.IGNORECASE | re.DOTALL,
)
_COPY_IN_ARCHIVE = re.compile(
    r"(?:/web|/save|/o/\w+)?(?:/[\d.*-]+(?:[a-z]{2}_)?)?/(https?:.+|[\w-]+(?:\.[\w-]+)+/.+)",
    re.IGNORECASE | re.DOTALL,
)
_AMP_CACHE = re.compile(r"(?:.+\.)?(?:cdn\.ampproject\.(?:org|net)|bing-amp\.com)")
_IN_AMP_CACHE = re.compile(r"/[a-z]{1,3}/(?:s/)?([\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/.*)?)", re.DOTALL)
_AMP_VIEWER = re.compile(r"(?:.+\.)?(?:google(?:\.com?)?\.[a-z]{2,3}|bing\.com)")
_REDIRECTS = (
    (re.compile(r"(?:.+\.)?google(?:\.com?)?\.[a-z]{2,3}"), "/url", ("url", "q")),
    (re.compile(r"(?:lm?\.)?facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r".+\.safelinks\.protection\.outlook\.com"), "", ("url",)),
)
"""Hosts and paths that lead on to the address in a parameter."""


def _redirect_target(host: str, path: str, parameters: list[tuple[str, str, str]]) -> str | None:
    """Return the address that an address leads on to, or None."""
    for hosts, at, keys in _REDIRECTS:
        if parameters and path == at and hosts.fullmatch(host):
            values = {key: unquote(value) for key, _, value in parameters}
            for key in keys:
                if re.match(r"https?://", values.get(key, ""), re.IGNORECASE):
                    return values[key]
    return None


def _original(host: str, path: str) -> str | None:
    """Return the address of which this one is an archived copy or an AMP copy, without its query; or None."""
    copy = _COPY_IN_ARCHIVE.fullmatch(path) if _ARCHIVES.fullmatch(host) else None
    if copy is None and "/http" in path:
        copy = _COPY.search(path)
    if copy is None and (
        _AMP_CACHE.fullmatch(host)
        if "amp" in host
        else path.startswith("/amp/") and _AMP_VIEWER.fullmatch(host)
    ):
        copy = _IN_AMP_CACHE.fullmatch(path)
    if copy is not None:
        inside = copy[1]
        if re.match(r"https?:%2F", inside, re.IGNORECASE):
            return unquote(inside)
        return inside if re.match(r"https?:", inside, re.IGNORECASE) else f"https://{inside}"
    return f"https://{host}{path[4:]}" if path.startswith("/amp/") else None

"""What an attacker tries, and what becomes of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

import newssearch
from newssearch.web import ServerSettings, create_app
from newssearch.web.security.access import Access
from newssearch.web.security.attempts import (
    ATTEMPTS_SIZE,
    CLIENT_LIMIT,
    KNOWN_SECONDS,
    MAX_CLIENTS,
    TOTAL_LIMIT,
    FailedAttempts,
)
from newssearch.web.security.sessions import SESSION_SECONDS, is_session, new_session
from support import article

from .conftest import FLOOD
from .raw import RawAnswer, ask

BASE = "http://127.0.0.1:8080"
TOKEN = "a-token-of-thirty-two-characters"
PASSWORD = "correct horse"


@contextmanager
def served(
    archive: Path, client: str = "192.0.2.7", base: str = BASE, **settings: Any
) -> Iterator[TestClient]:
    """Yield a client with the given address of a server with the given settings."""
    app = create_app(settings=ServerSettings(index=archive, **settings))
    with TestClient(app, base_url=base, client=(client, 50000), follow_redirects=False) as opened:
        yield opened


@pytest.fixture
def client(archive: Path) -> Iterator[TestClient]:
    """Yield a client of a server without token and password."""
    with served(archive) as client:
        yield client


# ---- every answer protects the browser

ANSWERS = {
    "/": 200,
    "/?q=rain": 200,
    "/?q=colour:red": 400,
    "/nothing": 404,
    f"/api/article/{FLOOD.id}": 200,
    "/article/none": 404,
    "/static/newssearch.css": 200,
    "/static/none.css": 404,
    "/favicon.ico": 200,
    "/robots.txt": 200,
    "/login": 404,
    "/logout": 405,
    "/api/search?q=rain": 200,
    "/api/search?q=colour:red": 400,
    "/api/nothing": 404,
    "/api/article/none": 404,
    f"/?q={'x' * 70_000}": 414,
}


def assert_protected(answer: Any | RawAnswer) -> None:
    headers = answer.headers
    policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert "cache-control" in headers
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_every_answer_has_the_headers_that_protect_a_browser(archive: Path, method: str) -> None:
    app = create_app(archive)
    for address, status in ANSWERS.items():
        answer = ask(app, address.encode(), method=method)
        assert_protected(answer)
        if method == "GET":
            assert answer.status_code == status, address


def test_an_answer_that_was_not_modified_has_them_too(client: TestClient) -> None:
    for address in ("/static/newssearch.css", "/api/search?q=rain"):
        tag = client.get(address).headers["etag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert again.status_code == 304
        assert_protected(again)


# ---- mistakes of the server


def broken(archive: Path) -> TestClient:
    """Return a client of a server of which a page and an address of the API fail with a bug."""

    def fail(request: Request) -> Response:
        raise RuntimeError(f"the secret of {archive}")

    app = create_app(archive)
    app.router.routes[:0] = [Route("/broken", fail), Route("/api/broken", fail)]
    return TestClient(app, base_url=BASE)


@pytest.mark.parametrize("address", ["/broken", "/api/broken"])
def test_a_bug_shows_nothing_but_is_in_the_log(
    archive: Path, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with broken(archive) as client:
        answer = client.get(f"{address}?q=private")
    assert answer.status_code == 500
    assert_protected(answer)
    for secret in ("secret", "Traceback", "RuntimeError", str(archive), ".py"):
        assert secret not in answer.text
    kind = "application/problem+json" if address.startswith("/api") else "text/html"
    assert answer.headers["content-type"].startswith(kind)
    logged = [record for record in caplog.records if record.exc_info]
    assert len(logged) == 1
    assert "the secret of" in str(logged[0].exc_info)
    assert "private" not in logged[0].getMessage()


def test_no_answer_names_a_folder_of_the_machine(archive: Path) -> None:
    with served(archive) as client:
        for address in ("/?q=rain", "/api/search?q=rain", f"/api/article/{FLOOD.id}", "/api/search?q=rain"):
            assert str(archive.parent) not in client.get(address).text
    with served(archive.parent / "none") as client:
        for address in ("/?q=rain", "/api/search?q=rain"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert str(archive.parent) not in answer.text


# ---- hosts

GOOD_HOSTS = ["127.0.0.1", "127.0.0.1:8080", "LOCALHOST:1", "[::1]", "[::1]:8080", "news.example.org", "[fd00::7]:80"]  # fmt: skip
BAD_HOSTS = [
    "evil.example", "127.0.0.1.evil.example", "evil.example:8080", "localhost.evil.example", "::1", "[::2]", "0.0.0.0",
    "127.0.0.1@evil.example", "evil.example/127.0.0.1", "127.0.0.1:8080:80", "127.0.0.1:port", "127.0.0.1:", "", " ",
    "local host", "127.0.0.1, evil.example", "127.0.0.1\\evil", "%31%32%37.0.0.1", "2130706433", "0x7f.1", "[::1", "x" * 400,
    "news.example.org.", "newsxexample.org",
]  # fmt: skip


def test_the_own_machine_and_allowed_names_are_hosts(archive: Path) -> None:
    with served(archive, hosts=("News.example.org", "fd00::7")) as client:
        for host in GOOD_HOSTS:
            assert client.get("/api/search?q=rain", headers={"Host": host}).status_code == 200, host


def test_another_host_is_refused(archive: Path) -> None:
    """A page of a stranger whose name leads to this machine cannot read the archive."""
    app = create_app(settings=ServerSettings(index=archive, hosts=("news.example.org",)))
    for host in BAD_HOSTS:
        for address in (b"/", b"/api/search?q=rain", b"/static/newssearch.css"):
            answer = ask(app, address, headers=[(b"host", host.encode())])
            assert answer.status_code in (400, 421), host
            assert "Rain" not in answer.text
            assert_protected(answer)


def test_one_host_is_stated(archive: Path) -> None:
    app = create_app(archive)
    for headers in ([], [(b"host", b"127.0.0.1"), (b"host", b"127.0.0.1")]):
        assert ask(app, b"/", headers=headers).status_code == 400


def test_a_forwarded_host_is_not_believed(client: TestClient) -> None:
    forged = {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example",
        "X-Original-URL": "/api/search?q=rain",
    }
    answer = client.get("/?q=rain", headers=forged)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


def test_the_address_where_a_request_arrives_is_a_host(archive: Path) -> None:
    with served(archive, base="http://192.0.2.1:8080", token=TOKEN) as client:
        assert client.get("/robots.txt").status_code == 200
        assert client.get("/robots.txt", headers={"Host": "192.0.2.2"}).status_code == 421


# ---- methods

METHODS = ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "GET\r\nX: y", "X" * 50]


def test_only_reading_is_allowed(archive: Path) -> None:
    app = create_app(archive)
    for method in METHODS:
        for address in (b"/?q=rain", b"/api/search?q=rain", b"/static/newssearch.css", b"/nothing"):
            answer = ask(app, address, method=method)
            assert answer.status_code == 405, method
            assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_method_cannot_be_overridden(client: TestClient) -> None:
    forged = {"X-HTTP-Method-Override": "DELETE", "X-Method-Override": "POST"}
    assert client.get("/api/search?q=rain&_method=DELETE", headers=forged).status_code == 400
    assert client.get("/api/search?q=rain", headers=forged).status_code == 200


def test_head_is_get_without_content_and_options_names_the_methods(client: TestClient) -> None:
    for address in ("/?q=rain", "/api/search?q=rain", "/static/newssearch.css"):
        got, head = client.get(address), client.head(address)
        assert (head.status_code, head.headers["content-type"]) == (200, got.headers["content-type"])
        options = client.options(address)
        assert (options.status_code, options.content) == (204, b"")
        assert options.headers["allow"] == "GET, HEAD, OPTIONS"


# ---- addresses

TRAVERSALS = [
    "../settings.py", "..%2fsettings.py", "%2e%2e/settings.py", "%2e%2e%2fsettings.py", "..%5csettings.py", "..\\settings.py",
    "....//settings.py", "..%252fsettings.py", "%c0%ae%c0%ae/settings.py", "..%c0%afsettings.py", "/etc/passwd", "%2fetc%2fpasswd",
    "file:///etc/passwd", "newssearch.css%00.txt", "%00", "C:%5cwindows%5cwin.ini", "..;/settings.py", ".%2e/.%2e/.%2e/etc/passwd",
    "..%u2215settings.py", "con", "newssearch.css/", "newssearch.css::$DATA", "~root", "%ff%fe", "%", "%zz", "__init__.py", "a" * 5000,
]  # fmt: skip


@pytest.mark.parametrize(
    "place", ["/static/", "/article/", "/api/article/", "/story/", "/api/story/", "/", "/api/"]
)
def test_no_address_leads_to_a_file(archive: Path, place: str) -> None:
    app = create_app(archive)
    for attempt in TRAVERSALS:
        answer = ask(app, f"{place}{attempt}".encode())
        assert answer.status_code in (400, 404), attempt
        for content in ("root:", "import", "[fonts]", "Traceback"):
            assert content not in answer.text
        assert_protected(answer)


RAW_QUERIES = [
    "%00", "%ff%fe", "%", "%zz", "%E0%80%AF", "q=%0d%0aSet-Cookie:%20a=b", "q=\x7f", "&&&", "q", "=", "q=1&q=2", "=rain", "q[]=rain",
    "q=%F0%9F%98%80", "q=" + "(" * 3000, "q=" + "%22" * 3000, "q=" + "a*%20" * 1000, "q=" + "NOT%20" * 500, "q=/((((a%2B)%2B)%2B)%2B)%2B$/",
    "q=__proto__", "q={{7*7}}", "q=${7*7}", "q=<script>alert(1)</script>", "q=%22%20onmouseover=%22x", "q='%20OR%201=1--", "q=;id",
    "limit=-1", "limit=1e9", "limit=99999999999999999999999", "offset=NaN", "since=%00", "outlet=%ED%A0%80", "now=9999-99-99",
]  # fmt: skip


@pytest.mark.parametrize(
    "place", ["/", "/api/search", "/article/none", "/api/count", "/login", "/static/newssearch.css"]
)
def test_no_query_makes_the_server_fail(archive: Path, place: str) -> None:
    app = create_app(archive)
    for query in RAW_QUERIES:
        answer = ask(app, f"{place}?{query}".encode("latin-1"))
        assert answer.status_code in (200, 303, 400, 404), query
        assert_protected(answer)
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<script>alert" not in answer.text
            assert '" onmouseover' not in answer.text


def test_a_template_in_a_query_is_not_evaluated(archive: Path) -> None:
    for query in ("q={{7777*7}}", "q=${7777*7}", "q={%25print(7777*7)%25}"):
        assert "54439" not in ask(create_app(archive), f"/?{query}".encode()).text


def test_a_line_break_in_an_address_does_not_become_a_header(client: TestClient) -> None:
    for address in (
        "/%0d%0aSet-Cookie:%20a=b",
        "/?q=%0d%0aSet-Cookie:%20a=b",
        "/static/%0d%0aa:b",
        "/login?next=%0d%0aa:b",
    ):
        answer = client.get(address)
        assert "set-cookie" not in answer.headers
        assert "a" not in answer.headers


@pytest.mark.parametrize("size", [70_000, 1_000_000])
def test_a_long_query_is_refused_at_once(archive: Path, size: int) -> None:
    app = create_app(archive)
    for address in (b"/?q=", b"/api/search?q=", b"/static/newssearch.css?v=", b"/"):
        assert ask(app, address + b"x" * size).status_code == 414


def test_long_and_many_headers_are_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Cookie": "x" * 40_000}).status_code == 431
    assert client.get("/", headers={f"X-{number}": "x" for number in range(101)}).status_code == 431


# ---- pages of other sites

FOREIGN = {
    "an image": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
    "a script": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"},
    "a fetch": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "https://evil.example"},
    "another port": {
        "Sec-Fetch-Site": "same-site",
        "Sec-Fetch-Mode": "cors",
        "Origin": "http://127.0.0.1:3000",
    },
    "a frame": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_page_of_another_site_gets_nothing(client: TestClient, headers: dict[str, str]) -> None:
    for address in ("/?q=rain", "/api/search?q=rain"):
        answer = client.get(address, headers=headers)
        assert answer.status_code == 403
        assert_protected(answer)


def test_a_link_on_another_site_leads_here(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get("/?q=rain", headers=link).status_code == 200


def test_only_allowed_origins_read_the_api(archive: Path) -> None:
    def fetched(client: TestClient, origin: str, address: str = "/api/search?q=rain") -> Any:
        return client.get(
            address, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": origin}
        )

    with served(archive, origins=("https://desk.example",)) as client:
        answer = fetched(client, "https://desk.example")
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == "https://desk.example"
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        for other in (
            "https://evil.example",
            "https://desk.example.evil.example",
            "http://desk.example",
            "null",
            "",
        ):
            refused = fetched(client, other)
            assert refused.status_code == 403
            assert "access-control-allow-origin" not in refused.headers
        assert fetched(client, "https://desk.example", "/?q=rain").status_code == 403  # the API alone
    with served(archive, origins=("*",)) as client:
        assert fetched(client, "https://any.example").status_code == 200


def test_a_preflight_is_answered_to_allowed_origins_alone(archive: Path) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    with served(archive, origins=("https://desk.example",), token=TOKEN) as client:
        allowed = client.options("/api/search", headers={"Origin": "https://desk.example", **asked})
        refused = client.options("/api/search", headers={"Origin": "https://evil.example", **asked})
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == "https://desk.example"
    assert "Authorization" in allowed.headers["access-control-allow-headers"]
    assert not [name for name in refused.headers if name.startswith("access-control-allow")]


# ---- token, password, session


def test_without_token_nothing_is_shown(archive: Path) -> None:
    with served(archive, token=TOKEN) as client:
        answer = client.get("/api/search?q=rain")
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="newssearch"')
        assert answer.json()["title"] == "Not allowed"
        page = client.get("/?q=rain")
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=/%3Fq%3Drain")
        for address in (
            "/nothing",
            f"/article/{FLOOD.id}",
            "/api/search?q=rain",
            "/static",
            "/loginx",
            "/login/",
            "//login",
            "/static/../",
        ):
            assert client.get(address).status_code in (303, 401)


def test_without_a_token_programs_are_told_to_log_in(archive: Path) -> None:
    with served(archive, password=PASSWORD) as client:
        answer = client.get("/api/search?q=rain").json()
        assert answer["detail"] == "the server asks for a password"
        assert "--token-file" in answer["suggestion"]
    with served(archive, token=TOKEN) as client:
        answer = client.get("/api/search?q=rain").json()
        assert "Authorization: Bearer" in answer["suggestion"]


GUESSES = [
    "", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "x" * len(TOKEN), "Bearer", PASSWORD, "é" * 20, "\0", "*", "null",
]  # fmt: skip


def asked_with(archive: Path, header: str) -> RawAnswer:
    """Return the answer of a new server with token and password to a request with a header Authorization."""
    app = create_app(settings=ServerSettings(index=archive, token=TOKEN, password=PASSWORD))
    headers = [(b"host", b"127.0.0.1"), (b"authorization", header.encode())]
    return ask(app, b"/api/search?q=rain", headers=headers)


def test_only_the_token_is_accepted(archive: Path) -> None:
    for guess in GUESSES:
        wrong = asked_with(archive, f"Bearer {guess}")
        assert wrong.status_code == 401, guess
        assert "Rain" not in wrong.text
    assert asked_with(archive, f"bearer {TOKEN}").status_code == 200


def test_other_schemes_are_refused(archive: Path) -> None:
    for header in ("Basic dXNlcjpwYXNz", f"Token {TOKEN}", TOKEN, "Digest x", ""):
        assert asked_with(archive, header).status_code == 401, header
    with served(archive, token=TOKEN) as client:
        assert client.get(f"/api/search?q=rain&token={TOKEN}&access_token={TOKEN}").status_code == 401


def test_secrets_are_compared_in_constant_time(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hmac  # the function that is replaced

    compared = []
    original = hmac.compare_digest

    def compare(first: Any, second: Any) -> bool:
        compared.append((len(first), len(second)))
        return original(first, second)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        for guess in ("x", TOKEN[:-1], TOKEN):
            client.get("/api/search?q=rain", headers={"Authorization": f"Bearer {guess}"})
        client.post("/login", data={"password": "x"})
    assert compared == [(32, 32)] * 5  # digests, so that a length says nothing; the last try both secrets


def log_in(client: TestClient, secret: str, **form: str) -> Any:
    return client.post("/login", data={"password": secret, **form})


@pytest.mark.parametrize("secret", [PASSWORD, TOKEN])
def test_a_session_begins_with_the_login_and_ends_with_the_logout(archive: Path, secret: str) -> None:
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        assert 'type="password"' in client.get("/login?next=/%3Fq%3Drain").text
        answer = log_in(client, secret, next="/?q=rain")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?q=rain")
        cookie = answer.headers["set-cookie"]
        assert all(
            part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={SESSION_SECONDS}")
        )
        assert "Secure" not in cookie
        assert "Domain" not in cookie
        assert client.get("/?q=rain").status_code == client.get("/api/search?q=rain").status_code == 200
        assert client.get("/login").headers["location"] == "/"
        assert 'action="/logout" method="post"' in client.get("/").text
        assert client.post("/logout").headers["location"] == "/login"
        assert client.get("/?q=rain").status_code == 303


def test_a_wrong_password_begins_none(archive: Path) -> None:
    with served(archive, password=PASSWORD) as client:
        for guess in ("", "correct hors", "correct horse ", "CORRECT HORSE"):
            answer = log_in(client, guess)
            assert answer.status_code == 401
            assert "This is not the password." in answer.text
            assert "set-cookie" not in answer.headers


def test_behind_https_the_cookie_is_for_https_alone(archive: Path) -> None:
    with served(archive, base="https://127.0.0.1", password=PASSWORD) as client:
        assert "Secure" in log_in(client, PASSWORD).headers["set-cookie"]


def test_workers_share_sessions_and_a_restart_ends_them(archive: Path) -> None:
    key = b"k" * 32
    with served(archive, password=PASSWORD, session_key=key) as first:
        log_in(first, PASSWORD)
        cookies = dict(first.cookies)
    for other, status in ((key, 200), (b"another key of the next start", 401)):
        with served(archive, password=PASSWORD, session_key=other) as client:
            client.cookies.update(cookies)
            assert client.get("/api/search?q=rain").status_code == status


def test_a_session_cannot_be_forged() -> None:
    key, now = b"k" * 32, 1_000_000.0
    session = new_session(key, now)
    expires, nonce, signature = session.split(".")
    assert is_session(key, session, now + SESSION_SECONDS - 1)
    assert not is_session(key, session, now + SESSION_SECONDS)
    forged = [
        "", ".", "..", f"{int(expires) + 1}.{nonce}.{signature}", f"{expires}.{'0' * 32}.{signature}", f"{expires}.{nonce}.{'0' * 64}",
        f"{expires}.{nonce}", f"{session}\n", f" {session}", session.upper(), f"+{session}", f"{expires}.{nonce}.", "٣" + session[1:],
        new_session(b"x" * 32, now), f"{'9' * 5000}.{nonce}.{signature}",
    ]  # fmt: skip
    assert not [content for content in forged if is_session(key, content, now)]


def test_a_forged_cookie_is_no_session(archive: Path) -> None:
    app = create_app(settings=ServerSettings(index=archive, password=PASSWORD))
    future = f"99999999999.{'0' * 32}.{'0' * 64}"
    for content in ("", "x", "0.0.0", "a" * 3000, "%00", '"', future, f"{future}; newssearch-8080={future}"):
        for name in ("newssearch-8080", "newssearch-session", "session"):
            headers = [(b"host", b"127.0.0.1:8080"), (b"cookie", f"{name}={content}".encode())]
            assert ask(app, b"/api/search?q=rain", headers=headers).status_code == 401, content


def test_the_login_leads_only_to_this_server(archive: Path) -> None:
    with served(archive, password=PASSWORD) as client:
        for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "\t//evil.example", "/a\r\nb:c", "/\t/evil.example", ""):  # fmt: skip
            assert log_in(client, PASSWORD, next=target).headers["location"] == "/"
            client.cookies.clear()


def test_another_site_can_neither_log_in_nor_out(archive: Path) -> None:
    with served(archive, password=PASSWORD) as client:
        for headers in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:3000"},
            {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
            {"Sec-Fetch-Site": "same-site"},
        ):
            for address in ("/login", "/logout"):
                answer = client.post(address, data={"password": PASSWORD}, headers=headers)
                assert answer.status_code == 403
                assert_protected(answer)
        for allowed in ({"Origin": BASE}, {"Sec-Fetch-Site": "same-origin"}):
            assert client.post("/login", data={"password": PASSWORD}, headers=allowed).status_code == 303


def test_a_form_of_a_megabyte_is_refused(archive: Path) -> None:
    with served(archive, password=PASSWORD) as client:
        assert log_in(client, "x" * 1_000_000).status_code == 413
        many = "&".join(f"a{number}=1" for number in range(1000))
        assert client.post("/login", content=many).status_code == 401


def test_failed_attempts_are_limited(archive: Path) -> None:
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        for _ in range(CLIENT_LIMIT.burst - 1):
            assert log_in(client, "wrong guess").status_code == 401
        assert client.get("/api/search?q=rain", headers={"Authorization": "Bearer wrong"}).status_code == 401
        for answer in (
            log_in(client, PASSWORD),
            client.get("/api/search?q=rain", headers={"Authorization": "Bearer wrong"}),
        ):
            assert answer.status_code == 429
            assert 0 < int(answer.headers["retry-after"]) <= CLIENT_LIMIT.seconds
            assert_protected(answer)


def test_a_right_token_and_a_session_pass_whatever_others_guess(archive: Path) -> None:
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        assert log_in(client, PASSWORD).status_code == 303
        session = dict(client.cookies)
        client.cookies.clear()
        app: Any = client.app
        access: Access = app.state.context.access
        for number in range(2 * TOTAL_LIMIT.burst):
            access.attempts.add(f"192.0.2.{number % 250}")
        for _ in range(CLIENT_LIMIT.burst):
            access.attempts.add("192.0.2.7")
        assert (
            client.get("/api/search?q=rain", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        )
        client.cookies.update(session)
        assert client.get("/api/search?q=rain").status_code == 200
        client.cookies.clear()
        assert log_in(client, PASSWORD).status_code == 429
        assert log_in(client, TOKEN).status_code == 303


def test_strangers_do_not_keep_out_whoever_has_logged_in_before() -> None:
    clock = Clock()
    attempts = FailedAttempts(b"key", clock=clock)
    attempts.logged_in("198.51.100.7")
    clock.now += KNOWN_SECONDS - 1
    for number in range(3 * TOTAL_LIMIT.burst):
        attempts.add(f"client {number}")
    assert attempts.wait("198.51.100.8") > 0
    for _ in range(CLIENT_LIMIT.burst):
        assert attempts.wait("198.51.100.7") == 0
        attempts.add("198.51.100.7")
    assert attempts.wait("198.51.100.7") == CLIENT_LIMIT.seconds
    clock.now += 1
    assert attempts.wait("198.51.100.7") > CLIENT_LIMIT.seconds


def test_however_many_guess_a_password_few_guesses_are_compared() -> None:
    """A thousand addresses for ten minutes, and one of them has logged in before."""
    clock, seconds = Clock(), 600
    attempts = FailedAttempts(b"key", clock=clock)
    attempts.logged_in("client 0")
    compared = [0, 0]
    for second in range(seconds):
        clock.now += 1
        for number in (0, *range(second % 200, 1000, 200)):
            while attempts.wait(f"client {number}") == 0:
                attempts.add(f"client {number}")
                compared[number == 0] += 1
    assert CLIENT_LIMIT.burst < compared[1] <= CLIENT_LIMIT.burst + seconds / CLIENT_LIMIT.seconds
    assert (
        TOTAL_LIMIT.burst < sum(compared) <= TOTAL_LIMIT.burst + seconds / TOTAL_LIMIT.seconds + compared[1]
    )


class Clock:
    """A clock that a test sets."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_client_may_try_again_after_a_while() -> None:
    clock = Clock()
    attempts = FailedAttempts(b"key", clock=clock)
    for _ in range(CLIENT_LIMIT.burst):
        assert attempts.wait("192.0.2.1") == 0
        attempts.add("192.0.2.1")
    assert attempts.wait("192.0.2.1") == CLIENT_LIMIT.seconds
    assert attempts.wait("192.0.2.2") == 0
    clock.now += CLIENT_LIMIT.seconds
    assert attempts.wait("192.0.2.1") == 0
    attempts.add("192.0.2.1")
    assert attempts.wait("192.0.2.1") == CLIENT_LIMIT.seconds


def test_a_network_of_ipv6_is_one_client() -> None:
    attempts = FailedAttempts(b"key", clock=Clock())
    for number in range(CLIENT_LIMIT.burst):
        attempts.add(f"2001:db8::{number:x}")
    assert attempts.wait("2001:db8::ffff") > 0
    assert attempts.wait("2001:db8:0:1::1") == 0


def test_many_clients_are_limited_together() -> None:
    clock = Clock()
    attempts = FailedAttempts(b"key", clock=clock)
    for number in range(TOTAL_LIMIT.burst):
        assert attempts.wait(f"client {number}") == 0
        attempts.add(f"client {number}")
    assert attempts.wait("another client") == TOTAL_LIMIT.seconds
    clock.now += TOTAL_LIMIT.seconds
    assert attempts.wait("another client") == 0


def test_a_client_with_many_failed_attempts_is_not_forgotten_for_others() -> None:
    """The memory is bounded: a client whose attempts are forgotten soon makes room."""
    clock = Clock()
    attempts = FailedAttempts(b"key", clock=clock)
    own, others = MAX_CLIENTS // 10, 2 * MAX_CLIENTS
    for _ in range(own):
        attempts.add("192.0.2.1")
    for number in range(others):
        attempts.add(f"client {number}")
    clock.now += (own + others) * TOTAL_LIMIT.seconds  # all clients together may try again
    assert attempts.wait("another client") == 0
    assert attempts.wait("192.0.2.1") > CLIENT_LIMIT.seconds


def test_processes_with_the_same_file_and_key_count_together(tmp_path: Path) -> None:
    clock = Clock()
    with (tmp_path / "attempts").open("w+b") as file:
        file.truncate(ATTEMPTS_SIZE)
        first, second = (FailedAttempts(b"key", file.fileno(), clock) for _ in range(2))
        for _ in range(CLIENT_LIMIT.burst // 2):
            first.add("192.0.2.1")
            second.add("192.0.2.1")
        assert first.wait("192.0.2.1") == second.wait("192.0.2.1") == CLIENT_LIMIT.seconds
        assert first.wait("192.0.2.2") == 0


def test_weak_secrets_are_refused() -> None:
    for settings in ({"token": "x" * 19}, {"token": "a token with spaces in it"}, {"token": "é" * 20}, {"password": "x" * 7}, {"session_key": b"x"}):  # fmt: skip
        with pytest.raises(ValueError, match=next(iter(settings))):
            ServerSettings(**settings)
    shown = repr(ServerSettings(token=TOKEN, password=PASSWORD))
    assert TOKEN not in shown
    assert PASSWORD not in shown


# ---- tools for language models


def call_tool(client: TestClient, **headers: str) -> Any:
    """Return the answer to a call of a tool that searches for rain."""
    pytest.importorskip("mcp", reason="the extra mcp is not installed")
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "rain"}},
    }
    wanted = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
    return client.post("/mcp", json=call, headers={**wanted, **headers})


def test_the_tools_search_the_archive(client: TestClient) -> None:
    for _ in range(2):
        answer = call_tool(client)
        assert answer.status_code == 200
        assert_protected(answer)
        assert answer.json()["result"]["structuredContent"]["total_articles"] == 2


def test_the_tools_need_the_token_and_are_not_for_pages_of_other_sites(archive: Path) -> None:
    with served(archive, token=TOKEN, origins=("https://desk.example",)) as client:
        assert call_tool(client).status_code == 401
        token = {"Authorization": f"Bearer {TOKEN}"}
        assert call_tool(client, **token).status_code == 200
        assert call_tool(client, **token, Origin="https://desk.example").status_code == 200
        for foreign in (
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            assert call_tool(client, **token, **foreign).status_code == 403
        assert call_tool(client, **token, Host="evil.example").status_code == 421
        assert client.get("/mcp", headers=token).status_code == 405
        assert client.post("/mcp", content=b"x" * 1_000_000, headers=token).status_code in (400, 406, 413)


# ---- articles, files, the log


def test_nothing_that_an_article_refers_to_is_fetched(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses in articles and parameters are text: the server connects to nobody."""
    import socket  # the module whose functions are replaced

    with newssearch.open(archive) as index:
        index.add(article("Bait", "Bait of metadata.", url="http://169.254.169.254/latest/meta-data/"))
    refused: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        refused.append(address)
        raise OSError("no connection is allowed here")

    monkeypatch.setattr(socket.socket, "connect", connect)
    with served(archive) as client:
        target = quote("http://169.254.169.254/", safe="")
        for address in ("/?q=bait", "/api/search?q=bait", f"/?q=url:{target}", f"/api/search?url={target}", f"/api/article/{target}", f"/?index={target}", f"/login?next={target}"):  # fmt: skip
            assert client.get(address).status_code < 500
    assert refused == []


def test_the_icon_and_a_wish_for_robots(client: TestClient) -> None:
    assert client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"
    icon = client.get("/favicon.ico")
    assert icon.headers["content-type"].startswith("image/svg+xml")
    assert b"<script" not in icon.content


def test_a_file_of_the_page_is_kept_for_as_long_as_it_is_the_same(client: TestClient) -> None:
    page = client.get("/").text
    address = page.partition("newssearch.css")[2].partition('"')[0]
    known = client.get(f"/static/newssearch.css{address}")
    assert known.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert known.headers["content-encoding"] == "gzip"
    for other in ("", "?v=0000"):
        assert "immutable" not in client.get(f"/static/newssearch.css{other}").headers["cache-control"]
    plain = client.get("/static/newssearch.css", headers={"Accept-Encoding": "identity"})
    assert plain.content == known.content
    assert "content-encoding" not in plain.headers


def test_the_log_has_requests_without_what_people_search_for(
    archive: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "newssearch.web")
    with served(archive, token=TOKEN, password=PASSWORD) as client:
        client.get("/api/search?q=whistleblower", headers={"Authorization": f"Bearer {TOKEN}"})
        log_in(client, PASSWORD)
        client.get("/a%0Ab%1b[31m", headers={"User-Agent": "agent of the client"})
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("newssearch.web")]
    assert lines[0].startswith("192.0.2.7 GET /api/search 200 ")
    text = "\n".join(lines)
    for secret in ("whistleblower", TOKEN, PASSWORD, "newssearch-8080", "agent of the client", "\x1b"):
        assert secret not in text
    assert len(text.splitlines()) == len(lines)
    caplog.clear()
    with served(archive, log_queries=True) as client:
        client.get("/api/search?q=whistleblower%0a")
    assert "GET /api/search?q=whistleblower%0a 200 " in caplog.text


def test_an_answer_takes_a_bounded_time(archive: Path) -> None:
    """A search ends at its time limit, with the time after which to ask again."""
    with served(archive, time_limit=0.0) as client:
        begun = time.monotonic()
        for address in ("/?q=rain", "/api/search?q=rain"):
            answer = client.get(address)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert_protected(answer)
        assert time.monotonic() - begun < 60

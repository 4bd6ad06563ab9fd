"""Who is shown what, and what the page may do."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from emotionkit.errors import LiveServerError
from emotionkit.live.server import LiveServer, Place
from emotionkit.reports.live_sections import LiveFacts, live_losses


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer(Place(), "research & <study>", "US", 5) as started:
        yield started


def answer(url: str, **headers: str):
    """Return status, headers and text of an answer; redirections are not followed."""
    try:
        with urllib.request.build_opener(_Stay).open(urllib.request.Request(url, headers=headers), timeout=10) as got:
            return got.status, got.headers, got.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def base(server: LiveServer) -> str:
    return server.notice_url.removesuffix("/notice")


@pytest.mark.parametrize("path", ["/", "/events", "/?token=", "/?token=wrong", "/events?token=wrong"])
def test_nothing_is_shown_without_the_token(server, path):
    status, _, text = answer(base(server) + path)
    assert status == 403
    assert text == "Open the address that `emotionkit live` shows, with its token.\n"


def test_the_token_moves_from_the_address_into_a_cookie(server):
    status, headers, _ = answer(server.url)
    assert (status, headers["Location"]) == (303, "/")
    cookie = headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    status, headers, text = answer(base(server) + "/", Cookie=cookie.split(";")[0])
    assert status == 200
    assert urlsplit(server.url).query.removeprefix("token=") not in text
    assert headers["Cache-Control"] == "no-store"


def test_nothing_is_loaded_from_elsewhere(server):
    for url in (server.url, server.notice_url, base(server) + "/live.js", base(server) + "/nowhere"):
        _, headers, text = answer(url)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "http" not in text
        assert "Server" not in headers


def test_other_names_lead_nowhere(server):
    token = urlsplit(server.url).query
    status, _, text = answer(f"{base(server)}/?{token}", Host="evil.example")
    assert (status, "token." in text) == (403, True)


def test_the_usual_port_of_the_web_needs_no_mention():
    try:
        server = LiveServer(Place(port=80), "research", "US", 5)
    except LiveServerError as error:
        pytest.skip(str(error))
    with server:
        for name in ("127.0.0.1", "localhost", "127.0.0.1:80"):
            assert answer(server.notice_url, Host=name)[0] == 200
        assert answer(server.notice_url, Host="evil.example")[0] == 403


def test_another_port_needs_its_mention(server):
    assert answer(server.notice_url, Host="127.0.0.1")[0] == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_is_changed_by_a_request(server, method):
    """So that a cookie may come along when somebody follows a link from elsewhere."""
    cookie = answer(server.url)[1]["Set-Cookie"].split(";")[0]
    for path in ("/", "/events", "/notice", "/notice/events", "/live.js"):
        request = urllib.request.Request(base(server) + path, method=method, headers={"Cookie": cookie})
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=10)
        assert refused.value.code == 405
        refused.value.close()


def test_the_notice_says_what_for_and_needs_no_token(server):
    status, _, text = answer(server.notice_url)
    assert status == 200
    assert "research &amp; &lt;study&gt;" in text
    assert "fewer than 5 people" in text


def test_news_come_as_they_are_published(server):
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    browser.open(server.url).read()
    server.publish("running", {"status": "<p>one</p>", "hints": "<p>calm</p>"}, second=1.0)
    with browser.open(base(server) + "/events", timeout=10) as events:
        news = (json.loads(line[6:]) for line in events if line.startswith(b"data: "))
        first = next(one for one in news if one["state"] == "running")
        assert first["sections"] == {"status": "<p>one</p>", "hints": "<p>calm</p>"}
        assert first["second"] == 1.0
        server.publish("lost", {"status": "<p>two</p>", "hints": "<p>calm</p>"})
        # Only what changed.
        assert next(one for one in news if one["sections"])["sections"] == {"status": "<p>two</p>"}
        server.publish("ended", {}, is_last=True)
        assert list(news)[-1]["state"] == "ended"
    with urllib.request.urlopen(server.notice_url + "/events", timeout=10) as events:
        assert events.read() == b'data: {"state": "ended", "is_last": true}\n\n'


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"address": "0.0.0.0"}, "which other machines can reach, only with --certificate."),
        ({"address": "192.168.1.20"}, "which other machines can reach, only with --certificate."),
        ({"address": "example.org"}, "is not an IP address."),
    ],
)
def test_other_machines_are_served_only_with_tls(place, sentence):
    with pytest.raises(LiveServerError, match=sentence):
        Place(**place)


def test_a_port_that_is_taken_is_one_sentence(server):
    port = urlsplit(server.url).port
    with pytest.raises(LiveServerError, match=rf"^Port {port} of 127.0.0.1 cannot be used: .*--port chooses another"):
        LiveServer(Place(port=port), "research", "US", 5)


def test_a_certificate_that_is_none_is_one_sentence(tmp_path):
    for name, text in (("gone.pem", None), ("text.pem", "no certificate")):
        if text:
            Path(name).write_text(text)
        with pytest.raises(LiveServerError, match=rf"^The certificate {name} cannot be used: "):
            LiveServer(Place("0.0.0.0", certificate=Path(name)), "research", "US", 5)


def test_who_is_connected_at_the_end_hears_that_it_is_the_end(caplog, capfd):
    """A page that waits for news, one that asks no more, one that asks half, and one that has not asked yet."""
    asked = b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n"
    with LiveServer(Place(), "research", "US", 5) as server:
        host = urlsplit(server.notice_url).netloc
        address = ("127.0.0.1", urlsplit(server.notice_url).port)
        visitors = [socket.create_connection(address, timeout=10) for _ in range(4)]
        for visitor, path in zip(visitors, (b"/notice/events", b"/live.js"), strict=False):
            visitor.sendall(asked % (path, host.encode()))
            assert visitor.recv(15) == b"HTTP/1.1 200 OK"
        visitors[2].sendall(b"GET /not")
    for visitor in visitors:
        with visitor, visitor.makefile("rb") as heard:
            heard.read()
    assert caplog.messages == []
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if not openssl:
        pytest.skip("openssl is not installed")
    made = tmp_path / "class.pem", tmp_path / "class.key"
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=class -addext subjectAltName=IP:127.0.0.1"
    command = [openssl, *options.split(), "-out", made[0], "-keyout", made[1]]
    subprocess.run(command, capture_output=True, check=True)
    return made


def test_with_a_certificate_it_is_served_over_tls_alone(certificate):
    with LiveServer(Place("0.0.0.0", 0, *certificate), "research", "US", 5) as server:
        port = urlsplit(server.url).port
        assert server.url.startswith("https://0.0.0.0:")
        trusting = ssl.create_default_context(cafile=certificate[0])
        with urllib.request.urlopen(f"https://127.0.0.1:{port}/notice", context=trusting, timeout=10) as page:
            assert page.status == 200
        with pytest.raises(OSError, match=r"[Rr]emote|[Cc]losed|reset|without response"):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/notice", timeout=10)
        opener = urllib.request.build_opener(_Stay, urllib.request.HTTPSHandler(context=trusting))
        with pytest.raises(urllib.error.HTTPError) as moved:
            opener.open(server.url.replace("0.0.0.0", "127.0.0.1"), timeout=10)
        assert "Secure" in moved.value.headers["Set-Cookie"]
        moved.value.close()


@pytest.mark.parametrize(
    ("dropped", "gaps", "said"),
    [
        (0, 0, ""),
        (1, 0, "One picture was left out because this machine had no time for it."),
        (0, 1, "The source was lost once."),
        (3, 2, "3 pictures were left out because this machine had no time for them. The source was lost 2 times."),
    ],
)
def test_only_what_was_lost_is_told(dropped, gaps, said):
    facts = LiveFacts("running", "", "camera 0", "it", 60.0, dropped=dropped, gaps=gaps)
    notes = re.findall(r'<p class="note">(.*?)</p>', live_losses(facts))
    assert notes == ([said] if said else [])

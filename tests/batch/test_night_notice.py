"""A night told to a real mail server and a real web server, both on this machine."""

from __future__ import annotations

import json
import socket
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from emotionkit.batch import night_notice
from emotionkit.batch.night_notice import Notice, tell
from emotionkit.errors import InvalidFileError
from emotionkit.project import NightlySettings, load_project_settings

WELL = Notice("all well", "2026-09-14, all well: 2 recordings processed.", "2026-09-14", processed=2)
ILL = Notice("some failed", "2026-09-14, some failed: 1 failed.", "2026-09-14", failed=1)


class Box:
    """A mail box."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def mail_server():
    """``mail_server(**settings)`` starts one; returns its box and its port."""
    running = []

    def start(**settings):
        box = Box()
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), **settings)
        controller.start()
        running.append(controller)
        return box, controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def web_server():
    """A web server that takes what is posted, and sends those on who ask at /elsewhere; its address and its letters."""
    letters = []

    class Letters(BaseHTTPRequestHandler):
        def do_POST(self):
            letters.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(302 if self.path == "/elsewhere" else 204)
            self.send_header("Location", "/hook")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Letters) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", letters
        server.shutdown()
        thread.join()


def test_a_mail_says_in_its_subject_what_happened(mail_server):
    box, port = mail_server()
    settings = NightlySettings(mail_to=["a@school.example", "b@school.example"], smtp_host="127.0.0.1", smtp_port=port)
    assert tell(settings, WELL) == []
    ((recipients, mail),) = box.mails
    assert recipients == ["a@school.example", "b@school.example"]
    assert mail["Subject"] == "emotionkit: 2026-09-14, all well: 2 recordings processed."
    assert "reports/nightly/2026-09-14.html" in mail.get_content()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_asks_for_a_password_gets_it_from_the_environment(mail_server, monkeypatch):
    # The server keeps whoever gave a wrong one waiting.
    monkeypatch.setattr(night_notice, "TIMEOUT_S", 3.0)

    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"kit", b"secret"))

    box, port = mail_server(authenticator=check, auth_required=True, auth_require_tls=False)
    settings = NightlySettings(mail_to=["a@school.example"], smtp_host="127.0.0.1", smtp_port=port, smtp_user="kit")
    assert tell(settings, WELL, {"EMOTIONKIT_SMTP_PASSWORD": "secret"}) == []
    assert len(box.mails) == 1
    (problem,) = tell(settings, WELL, {"EMOTIONKIT_SMTP_PASSWORD": "wrong"})
    assert problem.startswith(f"No mail could be sent by 127.0.0.1:{port}: ")
    assert "secret" not in problem


def test_encryption_that_is_asked_for_and_not_to_be_had_sends_nothing(mail_server):
    box, port = mail_server()
    for security in ("starttls", "tls"):
        settings = NightlySettings(
            mail_to=["a@school.example"], smtp_host="127.0.0.1", smtp_port=port, smtp_security=security
        )
        (problem,) = tell(settings, WELL)
        assert problem.count("\n") == 0
    assert box.mails == []


def test_a_webhook_gets_counts_and_no_names(web_server):
    address, letters = web_server
    assert tell(NightlySettings(webhook=f"{address}/hook"), ILL) == []
    ((path, told),) = letters
    assert path == "/hook"
    assert told["summary"] == ILL.summary
    assert (told["status"], told["failed"]) == ("some failed", 1)


def test_a_webhook_is_not_sent_on_elsewhere(web_server):
    address, letters = web_server
    (problem,) = tell(NightlySettings(webhook=f"{address}/elsewhere"), ILL)
    assert "could not be reached" in problem
    assert [path for path, _ in letters] == ["/elsewhere"]


def test_nobody_is_told_of_a_good_night_who_wants_to_hear_of_problems(web_server):
    address, letters = web_server
    settings = NightlySettings(webhook=f"{address}/hook", tell="problems")
    assert tell(settings, WELL) == []
    assert letters == []
    assert tell(settings, ILL) == []
    assert len(letters) == 1


def test_nobody_there_is_one_sentence_each():
    port = free_port()
    settings = NightlySettings(
        mail_to=["a@school.example"], smtp_host="127.0.0.1", smtp_port=port, webhook=f"http://127.0.0.1:{port}/hook"
    )
    assert len(tell(settings, WELL)) == 2


def test_a_port_that_speaks_something_else_is_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            caller, _ = server.accept()
            with caller:
                caller.recv(65536)
                caller.sendall(b"220 mail.school.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        (problem,) = tell(NightlySettings(webhook=f"http://127.0.0.1:{server.getsockname()[1]}/hook"), ILL)
        thread.join()
    assert problem.startswith("The webhook of the nightly run could not be reached: ")
    assert "\n" not in problem


def test_without_settings_nothing_is_sent():
    assert tell(NightlySettings(), ILL) == []


@pytest.mark.parametrize(
    "address",
    ["file:///etc/passwd", "https://chat.example/a hook", "https://chat.example/a\\thook"],
)
def test_an_address_that_is_none_is_refused(tmp_path, address):
    (tmp_path / "emotionkit.toml").write_text(f'[nightly]\nwebhook = "{address}"\n')
    with pytest.raises(InvalidFileError, match=r"line 2: nightly\.webhook"):
        load_project_settings(tmp_path / "emotionkit.toml")

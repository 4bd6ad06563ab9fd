"""The answers of the server of a running class: pages, streams of news, and what keeps others from them."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from emotionkit.live.hub import Hub
from emotionkit.reports.live_page import live_page, notice_page
from emotionkit.reports.rendering import asset, stylesheet

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What all answers need to know.

    Attributes:
        hub: What is shown.
        token: Who knows it sees the figures.
        cookie: Name of the cookie that carries it.
        hosts: Names by which the server may be asked for; None for any.
        is_secure: Whether connections are protected by TLS.
        purpose: What the class is read for.
        jurisdiction: Under whose law.
        min_group: People that a figure speaks of, at least.
    """

    hub: Hub
    token: str
    cookie: str
    hosts: frozenset[str] | None
    is_secure: bool
    purpose: str
    jurisdiction: str
    min_group: int

    def is_token(self, given: str | None) -> bool:
        """Say whether a text is the token, in a time that does not depend on the text."""
        return hmac.compare_digest((given or "").encode(), self.token.encode())


class Answer(RequestHandler):
    """What all answers have in common."""

    def initialize(self, site: Site) -> None:
        """Take what the application gives to each answer."""
        self.site = site

    def set_default_headers(self) -> None:
        """Let nothing be loaded from elsewhere, nothing be kept, and no other page look in."""
        self.clear_header("Server")
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse names that lead here from elsewhere (DNS rebinding), and whoever does not know the token."""
        if (self.site.hosts is not None and self.request.host not in self.site.hosts) or not self.is_allowed():
            self._refuse()

    def is_allowed(self) -> bool:
        """Say whether this may be shown."""
        return True

    def has_cookie(self) -> bool:
        """Say whether the request carries the token in its cookie."""
        return self.site.is_token(self.get_cookie(self.site.cookie))

    def write_error(self, status_code: int, **_: object) -> None:
        """Say no more than the number."""
        self._plain(f"{status_code}\n")

    def _refuse(self) -> None:
        self.set_status(403)
        self._plain("Open the address that `emotionkit live` shows, with its token.\n")

    def _plain(self, text: str) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)


class TeachersPage(Answer):
    """The figures, for who knows the token; a cookie carries it after the first request."""

    def is_allowed(self) -> bool:
        """Ask for the token, in the address or the cookie."""
        return self.has_cookie() or self.site.is_token(self.get_query_argument("token", None))

    def get(self) -> None:
        """Show the page; a token leaves the address, which others may see when a screen is shared."""
        if self.get_query_argument("token", None) is None:
            self.finish(live_page(self.site.hub.sections))
            return
        # Lax: whoever follows a link in another page brings it along, and there is nothing here that a request changes.
        self.set_cookie(self.site.cookie, self.site.token, httponly=True, samesite="Lax", secure=self.site.is_secure)
        self.redirect("/", status=303)


class NoticePage(Answer):
    """What participants are shown; it holds no figures and needs no token."""

    def get(self) -> None:
        """Show the page."""
        self.finish(notice_page(self.site.hub.state, self.site.purpose, self.site.jurisdiction, self.site.min_group))


class NoticeNews(Answer):
    """Whether analysis is on, as server-sent events."""

    async def get(self) -> None:
        """Send what is new until the class ends or nobody listens."""
        self.set_header("Content-Type", "text/event-stream")
        heard, hub = -1, self.site.hub
        with hub.listener():
            try:
                while True:
                    number, message = hub.number, self.message(heard)
                    self.write(f"data: {json.dumps(message, ensure_ascii=False)}\n\n")
                    await self.flush()
                    if message.get("is_last"):
                        return
                    heard = number
                    await hub.later_than(heard)
            except StreamClosedError:
                return

    def message(self, heard: int) -> dict[str, object]:  # noqa: ARG002  it is short enough to be sent whole each time
        """Return what is new to somebody who has heard up to a number."""
        state = self.site.hub.state
        return {"state": state, "is_last": state == "ended"}


class News(NoticeNews):
    """The figures as server-sent events, for who knows the token."""

    def is_allowed(self) -> bool:
        """Ask for the token in the cookie."""
        return self.has_cookie()

    def message(self, heard: int) -> dict[str, object]:
        """Return the sections that changed."""
        return self.site.hub.message(heard)


class Asset(Answer):
    """The style sheet and the script."""

    def get(self, name: str) -> None:
        """Send one of them."""
        is_style = name.endswith(".css")
        self.set_header("Content-Type", f"text/{'css' if is_style else 'javascript'}; charset=utf-8")
        self.finish(stylesheet() + asset(name) if is_style else asset(name))


class Nowhere(Answer):
    """Whatever else is asked for."""

    def get(self) -> None:
        """Say that it is not there."""
        self.send_error(404)


ROUTES: tuple[tuple[str, type[Answer]], ...] = (
    (r"/", TeachersPage),
    (r"/events", News),
    (r"/notice", NoticePage),
    (r"/notice/events", NoticeNews),
    (r"/(live\.css|live\.js)", Asset),
)

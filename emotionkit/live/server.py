"""The page of a running class, served to this machine alone unless somebody sets it otherwise, with TLS."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import secrets
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tornado.httpserver import HTTPServer
from tornado.web import Application

from emotionkit.errors import LiveServerError
from emotionkit.live.handlers import ROUTES, Nowhere, Site
from emotionkit.live.hub import Hub

LOOPBACK = "127.0.0.1"
HTTP_PORT = 80
"""The port that browsers leave out of a server's name."""
_FAREWELL_S = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page is served.

    Attributes:
        address: An IP address of this machine.
        port: 0 for any that is free.
        certificate: File with a TLS certificate and its chain, needed for any address but the loopback.
        key: File with its private key; None if the certificate's file holds it.
    """

    address: str = LOOPBACK
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None

    def __post_init__(self) -> None:
        try:
            is_loopback = ipaddress.ip_address(self.address).is_loopback
        except ValueError:
            raise LiveServerError(f"{self.address} is not an IP address.") from None
        if not is_loopback and self.certificate is None:
            raise LiveServerError(
                f"The page is served at {self.address}, which other machines can reach, only with --certificate."
            )

    def tls(self) -> ssl.SSLContext | None:
        """Return how connections are protected; None where they stay on this machine.

        Raises:
            LiveServerError: Certificate or key cannot be read.
        """
        if self.certificate is None:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            raise LiveServerError(f"The certificate {self.certificate} cannot be used: {_said(error)}.") from error
        return context


class LiveServer:
    """Serves a page that shows what is published last, from a thread of its own.

    Attributes:
        url: Of the page, with the token without which nothing of the class is shown.
        notice_url: Of the page for participants, which shows no figures and needs none.
    """

    def __init__(self, place: Place, purpose: str, jurisdiction: str, min_group: int) -> None:
        """Take the port.

        Raises:
            LiveServerError: It is taken, or the certificate cannot be used.
        """
        self._tls = place.tls()
        try:
            family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
            self._socket = socket.create_server((place.address, place.port), family=family)
        except OSError as error:
            raise LiveServerError(
                f"Port {place.port} of {place.address} cannot be used: {_said(error)}; --port chooses another."
            ) from error
        self._socket.setblocking(False)
        port = self._socket.getsockname()[1]
        token = secrets.token_urlsafe(24)
        host = f"[{place.address}]" if ":" in place.address else place.address
        base = f"{'https' if self._tls else 'http'}://{host}:{port}"
        self.url, self.notice_url = f"{base}/?token={token}", f"{base}/notice"
        self._hub = Hub()
        # Under TLS the certificate sees to it that nobody is led here by another name.
        hosts = None if self._tls else _names(host, port)
        site = Site(self._hub, token, f"emotionkit_{port}", hosts, bool(self._tls), purpose, jurisdiction, min_group)
        routes = [(path, answer, {"site": site}) for path, answer in ROUTES]
        self._application = Application(
            routes, log_function=lambda _: None, default_handler_class=Nowhere, default_handler_args={"site": site}
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="emotionkit-live-server", daemon=True)

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, once the pages that are open have heard the last."""
        with contextlib.suppress(TimeoutError):
            asyncio.run_coroutine_threadsafe(self._hub.drain(), self._loop).result(_FAREWELL_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2 * _FAREWELL_S)

    def publish(self, state: str, sections: Mapping[str, str], **facts: object) -> None:
        """Show sections in place of those of the same name; the others stay.

        Args:
            state: ``connecting``, ``running``, ``lost`` or ``ended``.
            sections: HTML by the section's id.
            facts: Plain values that programs may want, sent along; after ``is_last=True`` pages listen no more.
        """
        self._loop.call_soon_threadsafe(self._hub.publish, state, dict(sections), facts)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = HTTPServer(self._application, ssl_options=self._tls)
        server.add_socket(self._socket)
        self._loop.run_forever()
        server.stop()
        self._loop.run_until_complete(self._hang_up(server))
        self._loop.close()

    async def _hang_up(self, server: HTTPServer) -> None:
        # No task is cancelled: Tornado forgets such a connection without closing it, and complains of the answer.
        await server.close_all_connections()
        self._hub.wake()
        if answers := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(answers, timeout=_FAREWELL_S)


def _names(host: str, port: int) -> frozenset[str]:
    """Return what browsers may call the server."""
    named = {f"{name}:{port}" for name in (host, "localhost")}
    return frozenset(named | {host, "localhost"} if port == HTTP_PORT else named)


def _said(error: OSError) -> str:
    # Python adds to some of the system's words what it was doing.
    said = os.strerror(error.errno) if error.errno and not isinstance(error, ssl.SSLError) else error.strerror
    return (said or str(error)).lower()

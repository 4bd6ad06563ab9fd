"""A server of objects that speaks as much of the protocol of S3 as reading takes, and fails when it is told to."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import Request, urlopen
from xml.sax.saxutils import escape


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: ClassVar[dict[str, tuple[bytes, datetime]]]
    server: ObjectServer

    def log_message(self, *_) -> None:
        pass

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.objects[unquote(self.path.strip("/"))] = content, datetime.now(UTC)
        self._send(200)

    def do_HEAD(self) -> None:
        self._look_up()

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = parse_qs(address.query)
        if "list-type" in asked:
            self._list(unquote(address.path.strip("/")), asked.get("prefix", [""])[0])
        else:
            self._look_up()

    def _look_up(self) -> None:
        self.server.left -= 1
        if self.server.left < 0:
            self._send(403)
            return
        key = unquote(urlsplit(self.path).path.strip("/"))
        if key not in self.server.objects:
            self._send(404)
            return
        content, written = self.server.objects[key]
        headers = {"Last-Modified": format_datetime(written, usegmt=True), "Accept-Ranges": "bytes"}
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if asked:
            first, last = int(asked[1]), min(int(asked[2]), len(content) - 1)
            headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
            content = content[first : last + 1]
        self._send(206 if asked else 200, content, headers)

    def _list(self, bucket: str, prefix: str) -> None:
        found = "".join(
            f"<Contents><Key>{escape(name.removeprefix(bucket + '/'))}</Key><Size>{len(content)}</Size>"
            f"<LastModified>{written.strftime('%Y-%m-%dT%H:%M:%S.000Z')}</LastModified></Contents>"
            for name, (content, written) in self.server.objects.items()
            if name.startswith(f"{bucket}/{prefix}")
        )
        count = found.count("<Key>")
        head = f"<Name>{bucket}</Name><IsTruncated>false</IsTruncated><KeyCount>{count}</KeyCount>"
        result = f"<ListBucketResult>{head}{found}</ListBucketResult>"
        self._send(200, result.encode(), {"Content-Type": "application/xml"})

    def _send(self, status: int, content: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
            self.server.sent += len(content)


class ObjectServer(ThreadingHTTPServer):
    """``left``: requests that are answered before all are refused; ``sent``: bytes of objects so far."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, tuple[bytes, datetime]] = {}
        self.left = 10**9
        self.sent = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Run one in this process."""
    with ObjectServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()


def put(address: str, key: str, content: bytes) -> None:
    """Store an object, or make a bucket of a key without a slash; servers for tests take it unsigned."""
    kind = {"Content-Type": "application/octet-stream", "x-amz-acl": "public-read-write"}
    with urlopen(Request(f"{address}/{quote(key)}", data=content, headers=kind, method="PUT")):
        pass


def settings(address: str) -> dict[str, str]:
    """Return the environment in which S3 is at an address."""
    return {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "reader",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }

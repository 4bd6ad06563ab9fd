"""Telling people what a night came to, by mail and webhook, where the settings ask for it.

What is told names neither recordings nor people: mails and chats are copies that no erasure reaches.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from http.client import HTTPException

from emotionkit.project import NightlySettings
from emotionkit.reports.night import Night, NightStatus

PASSWORD_VARIABLE = "EMOTIONKIT_SMTP_PASSWORD"  # noqa: S105  # nosec B105
"""Name of the environment variable."""

TIMEOUT_S = 30.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told.

    Attributes:
        status: How the night ended, as in its record.
        summary: The night in one line.
        date: The day on which it began.
        processed: Recordings.
        reported: Reports made.
        failed: Recordings and reports that failed.
        set_aside: Recordings that are not tried any more.
        left: Recordings left for another night.
    """

    status: str
    summary: str
    date: str
    processed: int = 0
    reported: int = 0
    failed: int = 0
    set_aside: int = 0
    left: int = 0


def notice_of(night: Night) -> Notice:
    """Return what is told of a night."""
    return Notice(
        status=night.status.value,
        summary=night.summary,
        date=night.date.isoformat(),
        processed=night.processed,
        reported=night.reported,
        failed=night.still_tried,
        set_aside=night.set_aside,
        left=len(night.left),
    )


def tell(settings: NightlySettings, notice: Notice, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Send a notice to whoever the settings name, and return a sentence for each who could not be told."""
    if settings.tell == "problems" and notice.status == NightStatus.ALL_WELL:
        return []
    problems = []
    if settings.mail_to:
        try:
            _mail(settings, notice, environment.get(PASSWORD_VARIABLE))
        except (OSError, smtplib.SMTPException, ValueError) as error:
            server = f"{settings.smtp_host}:{settings.smtp_port}"
            problems.append(f"No mail could be sent by {server}: {_said(error)}.")
    if settings.webhook:
        try:
            _post(settings.webhook, notice)
        except (OSError, HTTPException, ValueError) as error:
            problems.append(f"The webhook of the nightly run could not be reached: {_said(error)}.")
    return problems


def _mail(settings: NightlySettings, notice: Notice, password: str | None) -> None:
    message = EmailMessage()
    message["Subject"] = f"emotionkit: {notice.summary}"
    message["From"] = settings.mail_from
    message["To"] = ", ".join(settings.mail_to)
    message.set_content(
        f"{notice.summary}\n\nWhat failed, and why, is on the page reports/nightly/{notice.date}.html and in the "
        f"record beside it.\n"
    )
    certificates = ssl.create_default_context()
    place = settings.smtp_host, settings.smtp_port
    if settings.smtp_security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=TIMEOUT_S, context=certificates)
    else:
        server = smtplib.SMTP(*place, timeout=TIMEOUT_S)
    with server:
        if settings.smtp_security == "starttls":
            server.starttls(context=certificates)
        if settings.smtp_user:
            server.login(settings.smtp_user, password or "")
        server.send_message(message)


def _post(address: str, notice: Notice) -> None:
    request = urllib.request.Request(  # noqa: S310 - the settings allow the web's addresses alone
        address,
        json.dumps(asdict(notice)).encode(),
        {"Content-Type": "application/json", "User-Agent": "emotionkit"},
    )
    # Not sent on to anywhere else.
    opener = urllib.request.build_opener(_NoDetours)
    with opener.open(request, timeout=TIMEOUT_S) as answer:
        answer.read(1024)


class _NoDetours(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


def _said(error: Exception) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    return text or type(error).__name__

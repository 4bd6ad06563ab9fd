"""The two pages of a running class: the teacher's, and the one that participants are shown."""

from __future__ import annotations

from collections.abc import Mapping

from emotionkit.reports import live_texts, texts
from emotionkit.reports.live_sections import SECTIONS
from emotionkit.reports.rendering import rendered


def live_page(sections: Mapping[str, str]) -> str:
    """Return the teacher's page with sections as ``live_sections`` makes them, by their ids."""
    return rendered(
        "live_page.html.j2",
        language=texts.LANGUAGE,
        title=live_texts.TITLE,
        sections=SECTIONS,
        shown=dict(sections),
        offline=live_texts.STATE["offline"],
        offline_detail=live_texts.STATE_OFFLINE,
        notice=live_texts.NOTICE_LINK,
    )


def notice_page(state: str, purpose: str, jurisdiction: str, min_group: int) -> str:
    """Return the page that tells participants what is done, for what, and whether it is being done now."""
    return rendered(
        "live_notice.html.j2",
        language=texts.LANGUAGE,
        title=live_texts.NOTICE_TITLE,
        state=state,
        signs=live_texts.NOTICE_SIGN,
        purpose=live_texts.NOTICE_PURPOSE.format(
            purpose=live_texts.NOTICE_PURPOSES.get(purpose, purpose), jurisdiction=jurisdiction
        ),
        points=[point.format(group=min_group) for point in live_texts.NOTICE_POINTS],
    )

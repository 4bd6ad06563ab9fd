"""The pages in a real browser, while a class is streamed."""

from __future__ import annotations

import signal

import numpy as np
import pytest
from chromium import violations

from emotionkit.analysis import RunningClass
from emotionkit.live.server import LiveServer, Place
from emotionkit.reports import texts
from emotionkit.reports.live_page import live_page, notice_page
from emotionkit.reports.live_sections import LiveFacts, live_figures, live_retrospect
from emotionkit.reports.rendering import asset, stylesheet


def text(tab):
    """Return what a reader sees."""
    return tab.value("document.body.innerText")


@pytest.mark.parametrize("language", ["en", "de"])
def test_pages_are_whole_on_a_phone_and_axe_finds_nothing(browser, tmp_path, language):
    """As files, without the script that would wait for news."""
    running = RunningClass(min_group=5)
    for second in range(130):
        running.add(second, 1, range(6), np.random.default_rng(second).dirichlet(np.ones(7), 6))
    (tmp_path / "live.css").write_text(stylesheet() + asset("live.css"), "utf-8")
    (tmp_path / "live.js").touch()
    for state in ("running", "lost", "ended"):
        facts = LiveFacts(state, "gave no picture for 5 s.", "camera 0", "it", 130.0, 7, 6, dropped=3, gaps=1)
        with texts.spoken(language):
            shown = live_figures(facts, running) | live_retrospect(running)
            pages = {"page": live_page(shown), "notice": notice_page(state, "demonstration", "US", 5)}
        for name, html in pages.items():
            (tmp_path / f"{name}.html").write_text(html, "utf-8")
            for dark in (False, True):
                browser.open((tmp_path / f"{name}.html").as_uri(), 390, 844, dark=dark)
                assert browser.value("document.documentElement.lang") == language
                assert browser.value("document.documentElement.scrollWidth") == 390
                assert violations(browser) == []
        browser.open((tmp_path / "page.html").as_uri(), 390, 844)
        names = browser.value("[...document.querySelectorAll('.row .name')].map(name => name.offsetHeight)")
        assert len(names) == 7
        assert max(names) < 40  # one line each
    assert browser.said == []


def test_a_link_in_another_page_leads_to_the_class(browser, tmp_path):
    """As in the terminal of JupyterLab or in a mail: what follows such a link comes from another site."""
    with LiveServer(Place(), "demonstration", "US", 5) as live:
        page = tmp_path / "elsewhere.html"
        page.write_text(f'<!doctype html><title>elsewhere</title><a href="{live.url}" style="font-size: 99px">here</a>')
        browser.open(page.as_uri())
        browser.click(60, 60)
        browser.wait_for("location.hostname === '127.0.0.1' && document.readyState === 'complete'")
        assert browser.value("document.title") == "The class now"
        assert "token" not in browser.value("location.href")
        browser.wait_for("document.body.dataset.state === 'connecting'")


def test_a_teacher_follows_a_streamed_class(live, serving, short_lesson, free_port, browser):
    """From the first picture to the end, with the stream lost in between, on a desk and on a phone."""
    # Again and again: a browser may take longer to begin than the recording lasts.
    with serving(short_lesson, free_port, "-stream_loop", "-1"):
        command = live(f"http://127.0.0.1:{free_port}/class.mkv", "--lesson-id", "seen")
        started = command.wait_for("started")
        browser.open(started["url"])
        browser.wait_for("document.querySelectorAll('#expressions .row svg').length === 7")
        browser.wait_for("document.querySelectorAll('#timeline svg').length === 8")
        browser.wait_for("document.querySelector('.faces').innerText.startsWith('7 faces are seen')")
        assert "token" not in browser.value("location.href")
        assert "Two minutes with 5 faces are needed" in text(browser)
        before = browser.value("document.querySelector('#status .state span').innerText")
        browser.wait_for(f"document.querySelector('#status .state span').innerText !== {before!r}")

        browser.open(started["url"], width=390, height=844)
        browser.wait_for("document.querySelectorAll('#expressions .row svg').length === 7")
        # Nothing has to be moved sideways, and the numbers stay in the window.
        assert browser.value("document.documentElement.scrollWidth") == 390
        right = "Math.max(...[...document.querySelectorAll('.share')].map(e => e.getBoundingClientRect().right))"
        assert browser.value(right) <= 390
    browser.wait_for("document.querySelector('#status .state.lost') !== null")
    assert "Picture lost" in text(browser)
    assert f"http://127.0.0.1:{free_port}/class.mkv" in text(browser)

    with serving(short_lesson, free_port, "-stream_loop", "-1"):
        browser.wait_for("document.querySelector('#status .state.running') !== null")
        browser.open(started["notice"], width=390, height=844)
        assert browser.wait_for("document.querySelector('.sign.running').offsetHeight") > 0
        assert browser.value("document.querySelector('.sign.ended').offsetHeight") == 0
        assert "Analysis is on" in text(browser)
        assert browser.value("document.documentElement.scrollWidth") == 390
        assert command.end() == 0
    browser.wait_for("document.querySelector('.sign.ended').offsetHeight > 0")
    assert "Analysis is off" in text(browser)
    assert browser.said == []


def test_participants_are_not_told_that_analysis_is_off_when_only_the_connection_is(browser):
    signs = "[...document.querySelectorAll('.sign')].filter(sign => sign.offsetHeight).map(sign => sign.innerText)"
    with LiveServer(Place(), "demonstration", "US", 5) as live:
        live.publish("running", {})
        browser.open(live.notice_url, 390, 844)
        browser.wait_for(f"({signs})[0] === 'Analysis is on'")
        # As when this machine sleeps, or the network is away.
        assert browser.value(f"(show('offline'), {signs})") == [
            "This page has lost its connection, so it does not know whether analysis is on"
        ]
        browser.wait_for(f"({signs})[0] === 'Analysis is on'")
        assert len(browser.value(signs)) == 1


@pytest.mark.stress
def test_a_page_lets_nothing_in_and_says_when_nothing_comes_any_more(live, short_lesson, browser):
    command = live(short_lesson)
    browser.open(command.wait_for("started")["url"])
    browser.wait_for("document.querySelector('#status .state.running') !== null")
    browser.value("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title=1\">')")
    assert browser.value("fetch('https://example.org/').catch(() => 'refused')") == "refused"
    browser.value("document.head.append(Object.assign(document.createElement('script'), {text: 'document.title=2'}))")
    assert browser.value("document.title") == "The class now"
    assert len(browser.said) >= 3
    assert all("Content Security Policy" in complaint for complaint in browser.said)

    assert browser.value("document.getElementById('offline').offsetHeight") == 0
    command.end(signal.SIGKILL)
    browser.wait_for("document.getElementById('offline').offsetHeight > 0")
    assert "No connection to emotionkit" in text(browser)

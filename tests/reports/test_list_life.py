"""What befalls a list in the course of its year stands on its papers: a suspended row is not shown as if it were in force, nor an old quota as the one that holds."""

from __future__ import annotations

import asyncio
import io

import pypdf
import pytest

from reports.excerpt.listing import render_list
from tests.reports.month import LINES, drawn, trip
from tests.reports.papers import approval_bundle, list_bundle, opened, paper
from tests.reports.story import AUTHORITY_50, AUTHORITY_51, LIST, Story
from whitelist.acts.list_amend import ListAmend, RowQuota
from whitelist.acts.list_confirm import ListConfirm
from whitelist.acts.list_exceed_consent import ListExceedConsent
from whitelist.acts.list_status import ListStatus, ListSuspend

LETTER = {"letter_no": "渝环函〔2026〕81号（虚构）", "letter_date": "2026-10-08"}


@pytest.fixture
def story() -> Story:
    """October with one load issued."""
    story = Story(LINES)
    story.at("2026-10-10T08:00:00+08:00")
    trip(story, 1, 0, stop="issue")
    return story


def _confirmed(story: Story, kind: str, body: ListAmend | ListStatus) -> None:
    story.bench.post(kind, LIST, (AUTHORITY_51,), body)
    act = story.bench.entries[-1].statement.hash
    story.bench.post("list.confirm/1", LIST, (AUTHORITY_50,), ListConfirm(act=act, **LETTER))


def _text(document: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(document)).pages).replace("\n", "")


def _list_text(story: Story) -> str:
    raw = asyncio.run(list_bundle(story))
    return _text(render_list(opened(raw), raw))


def test_a_suspended_row_is_told_first_and_a_resumed_one_is_not(story: Story) -> None:
    assert "暂停或移出" not in _list_text(story)
    story.bench.post("list.suspend/1", LIST, (AUTHORITY_50,), ListSuspend(row=0, reason="检修（虚构）", **LETTER))
    text = _list_text(story)
    assert "第 1 行已暂停或移出" in text
    assert "2026-10-10 起已暂停" in text
    assert "2026-10-10 起已暂停" in _text(paper("approval", asyncio.run(approval_bundle(story))))
    _confirmed(story, "list.resume/1", ListStatus(reason="检修完毕（虚构）", **LETTER))
    assert "已暂停" not in _list_text(story)


def test_what_was_removed_stays_removed_whatever_is_resumed_later(story: Story) -> None:
    _confirmed(story, "list.remove/1", ListStatus(row=0, reason="设施关停（虚构）", **LETTER))
    assert "2026-10-10 起已移出" in _list_text(story)


def test_an_amended_quota_and_a_consent_beyond_it_are_what_papers_and_statement_count_with(story: Story) -> None:
    before_g = story.bench.facts.state(LIST).rows[0].quota_g
    more = ListAmend(effective_from="2026-10-10", quota=(RowQuota(row=0, quota_t="77777"),), **LETTER)
    _confirmed(story, "list.amend/1", more)
    beyond = ListExceedConsent(row=0, extra_t="23", asked_no="川环函〔2026〕9号（虚构）", asked_date="2026-10-08", **LETTER)
    story.bench.post("list.exceed_consent/1", LIST, (AUTHORITY_50,), beyond)
    text = _list_text(story)
    assert "自 2026-10-10 起额度 77,777 吨" in text or "自 2026-10-10 起额度 77777 吨" in text, text[:2000]
    assert "复函同意超出 23 吨" in text
    [row] = [account for account in drawn(story).accounts if account.layer == "Q1"]
    assert row.limit_g == 77_800_000_000 != before_g

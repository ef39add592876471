"""What a person reads: grouped, the most urgent first, bounded, in both languages, and in no name's power."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ledger.times import parse_at
from liandan.reminders.digest import LISTED_MAX, NAME_MAX, Addressee, Digest, DigestLine, confirm_mail, digest_mail, plain_name
from liandan.reminders.digest import test_mail as trial_mail
from liandan.reminders.due import until_of
from tests.manifests.driver import LIMITS
from whitelist.terms import Present
from whitelist.workdays import Workdays

DAY = date(2026, 11, 30)
TOKEN = "q" * 40
READER = Addressee(
    uscc="915101120000FX029E",
    name="成都锦川（虚构）",
    language="zh",
    origin="ledger.example.cn/2026",
    page=f"https://l.example.cn/reminder?token={TOKEN}",
)


def line(days: int, what: str = "确认接受", about: str = "联单 20265101100001") -> DigestLine:
    return DigestLine(due_on=DAY + timedelta(days=days), what=what, about=about, link="https://l.example.cn/v1/x")


def digest(*lines: DigestLine, is_more: bool = False) -> Digest:
    work = "https://l.example.cn/v1/work"
    return Digest(day=DAY, until=DAY + timedelta(days=3), ahead_wd=3, lines=lines, is_more=is_more, work=work)


def test_the_whole_of_it_in_chinese() -> None:
    subject, text = digest_mail(READER, digest(line(-2), line(0), replace(line(2), provisional=True)))
    assert subject == "【联单】已逾期 1 项、今日到期 1 项、3 个工作日内到期 1 项｜成都锦川（虚构）"
    assert text.splitlines() == [
        "“成都锦川（虚构）”（915101120000FX029E）：截至 2026-11-30，已逾期 1 项、今日到期 1 项、3 个工作日内到期 1 项。",
        "",
        "已逾期（1）",
        "  2026-11-28（逾期 2 天）  确认接受  联单 20265101100001",
        "    https://l.example.cn/v1/x",
        "",
        "今日到期（1）",
        "  2026-11-30  确认接受  联单 20265101100001",
        "    https://l.example.cn/v1/x",
        "",
        "3 个工作日内到期（1）",
        "  2026-12-02（工作日历未公布，暂算）  确认接受  联单 20265101100001",
        "    https://l.example.cn/v1/x",
        "",
        "以上链接须以贵单位的令牌打开；全部待办：https://l.example.cn/v1/work，命令 liandan work",
        "本邮件只是提示，不是证据；以账本为准。刚刚办理的事项可能仍在其中。",
        f"账本 ledger.example.cn/2026；不再接收或查看本订阅：{READER.page}",
        "",
        "--",
        '"成都锦川（虚构）" (915101120000FX029E), as of 2026-11-30: 1 overdue, 1 due today, 1 due within 3 working days.',
        f"To receive no more of these: {READER.page}",
    ]


def test_in_english_chinese_stands_second() -> None:
    subject, text = digest_mail(
        replace(READER, language="en"), digest(line(-1, "confirm the receipt", "manifest 20265101100001"), line(1, "sign: depart", ""))
    )
    assert subject == "[liandan] 1 overdue, 1 due within 3 working days | 成都锦川（虚构）"
    assert "  2026-11-29 (1 day overdue)  confirm the receipt, manifest 20265101100001" in text
    assert "  2026-12-01  sign: depart\n" in text
    assert text.index("Overdue (1)") < text.index("\n--\n“成都锦川")


@pytest.mark.parametrize(("late", "soon", "is_more"), [(LISTED_MAX + 7, 0, False), (30, 30, False), (10, 990, True), (1, 0, True)])
def test_a_mail_stays_a_mail_however_much_is_due(late: int, soon: int, is_more: bool) -> None:
    subject, text = digest_mail(READER, digest(*(line(-3) for _ in range(late)), *(line(1) for _ in range(soon)), is_more=is_more))
    assert text.count("确认接受") == min(LISTED_MAX, late + soon)
    assert f"已逾期 {late}{'+' if is_more and not soon else ''} 项" in subject
    rest = max(0, late + soon - LISTED_MAX)
    assert (f"另有 {rest}{'+' if is_more else ''} 项未列出。" in text) == (rest > 0 or is_more)
    assert len(text.encode()) < 20_000


def test_the_mail_that_asks_says_who_asks_what_comes_and_what_happens_else() -> None:
    for language, first in (("zh", "【联单】请确认"), ("en", "[liandan] Please confirm")):
        subject, text = confirm_mail(replace(READER, language=language), TOKEN)
        assert subject.startswith(first)
        for said in (READER.uscc, READER.page, f"确认码：{TOKEN}", f"Code: {TOKEN}", "3 天后", "after 3 days", READER.origin):
            assert said in text
        assert READER.uscc in trial_mail(replace(READER, language=language))[1]


HOSTILE = ["甲\r\nBcc: all@example.cn", "a\x00b\x1b[31m", "\u202eevil\u202c", "x" * 500, "\n\n--\n", "", "名\u2028字", "a\tb"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_in_its_place(name: str) -> None:
    for subject, text in (digest_mail(replace(READER, name=name), digest(line(0))), confirm_mail(replace(READER, name=name), TOKEN)):
        assert subject.isprintable()
        assert text.replace("\n", "").isprintable()
        assert len(text.splitlines()) == len((digest_mail if "截至" in text else confirm_like)(READER, digest(line(0)))[1].splitlines())


def confirm_like(reader: Addressee, _: Digest) -> tuple[str, str]:
    return confirm_mail(reader, TOKEN)


@given(st.text(max_size=200))
def test_a_name_is_one_printable_line_of_a_lines_length(name: str) -> None:
    shown = plain_name(name)
    assert shown.isprintable()
    assert len(shown) <= NAME_MAX
    assert plain_name(shown) == shown


@pytest.mark.parametrize(
    ("today", "ahead", "until"), [("11-25", 2, "11-29"), ("11-27", 1, "11-30"), ("11-27", 0, "11-27"), ("11-28", 0, "11-28")]
)
def test_free_days_behind_the_last_working_day_are_told_with_it(today: str, ahead: int, until: str) -> None:
    now = Present(parse_at(f"2026-{today}T09:00:00+08:00"), Workdays(lambda year: None), LIMITS)
    assert until_of(now, ahead) == date.fromisoformat(f"2026-{until}")

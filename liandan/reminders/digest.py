"""What a person reads: the daily digest (每日提醒), the mail that asks for a confirmation, and a test. Plain text, the chosen language first.

Nothing here is secret beyond what the party reads itself: which act, of which manifest, until when, and where to look; no waste, mass, person or
place. Names of parties are others' words: they are cut, stripped of all that is no printable character, and stand in quotation marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from msgspec import Struct

from liandan.reminders.model import UNCONFIRMED_DAYS
from signing.phrase import Word, word_in

NAME_MAX = 40
LISTED_MAX = 50
"""Acts that one mail names; how many more there are it says."""
Language = Literal["zh", "en"]
OTHER: dict[Language, Language] = {"zh": "en", "en": "zh"}


class DigestLine(Struct, frozen=True, kw_only=True):
    """An act that the party owes."""

    due_on: date
    what: str
    """The act, in the reader's words."""
    about: str
    """The manifest by its national number, or where there is none yet by its ULID; or the application. May be empty."""
    link: str
    is_new: bool = False
    """Told once when it has come up, however far off its day is: a month that was closed, or is disputed."""
    provisional: bool = False
    """Counted with a calendar whose official notice is not in yet."""


class Addressee(Struct, frozen=True, kw_only=True):
    """Who reads it, and where he says that he wants no more."""

    uscc: str
    name: str
    language: Language
    origin: str
    """Name of the log."""
    page: str
    """Address of the page on which he confirms and ends it."""


class Digest(Struct, frozen=True, kw_only=True):
    """All of a party's acts that are due until ``until``, on one day; ``lines`` by due day, ``is_more`` where there are more than were looked at."""

    day: date
    until: date
    ahead_wd: int
    lines: tuple[DigestLine, ...]
    is_more: bool
    work: str
    """Address of everything that waits for the party."""


def plain_name(name: str) -> str:
    """A name in one line, without what steers a terminal or a mail program, and not longer than a line."""
    shown = " ".join("".join(character if character.isprintable() else " " for character in name).split())
    return shown if len(shown) <= NAME_MAX else shown[: NAME_MAX - 1] + "…"


def digest_mail(reader: Addressee, digest: Digest) -> tuple[str, str]:
    """Subject and text: all of it in the reader's language, then how much it is in the other one."""
    language = reader.language
    groups = _groups(digest)
    found = plain_name(reader.name) or reader.uscc
    subject = f"【联单】{_counts(digest, 'zh')}｜{found}" if language == "zh" else f"[liandan] {_counts(digest, 'en')} | {found}"
    lines = [_begin(reader, digest, language), ""]
    left = LISTED_MAX
    for title, several in groups:
        if several:
            lines += [
                f"{word_in(title, language)}（{len(several)}）" if language == "zh" else f"{word_in(title, language)} ({len(several)})"
            ]
            lines += [text for one in several[: max(left, 0)] for text in _shown(one, digest.day, language)]
            lines += [""]
            left -= len(several)
    if left < 0 or digest.is_more:
        rest = _many(-left if left < 0 else 0, is_more=digest.is_more)
        lines += [f"另有 {rest} 项未列出。" if language == "zh" else f"{rest} more are not listed here.", ""]
    lines += [*_end(reader, digest, language), "", "--", *_short(reader, digest, OTHER[language])]
    return subject, "\n".join(lines) + "\n"


def _groups(digest: Digest) -> list[tuple[Word, list[DigestLine]]]:
    late = [one for one in digest.lines if one.due_on < digest.day]
    now = [one for one in digest.lines if one.due_on == digest.day]
    soon = [one for one in digest.lines if one.due_on > digest.day and not one.is_new]
    new = [one for one in digest.lines if one.due_on > digest.day and one.is_new]
    ahead = (f"{digest.ahead_wd} 个工作日内到期", f"Due within {digest.ahead_wd} working days")
    return [(("已逾期", "Overdue"), late), (("今日到期", "Due today"), now), (ahead, soon), (("新的待办", "New"), new)]


def _many(count: int, *, is_more: bool) -> str:
    return f"{count}+" if is_more else f"{count}"


def _counts(digest: Digest, language: Language) -> str:
    """How many are overdue, due today, due soon. The last that were looked at are those due last, so that only their number is open."""
    texts: list[str] = []
    groups = [(title, several) for title, several in _groups(digest) if several]
    for title, several in groups:
        many = _many(len(several), is_more=digest.is_more and several is groups[-1][1])
        texts.append(f"{word_in(title, 'zh')} {many} 项" if language == "zh" else f"{many} {word_in(title, 'en').lower()}")
    return ("、" if language == "zh" else ", ").join(texts)


def _begin(reader: Addressee, digest: Digest, language: Language) -> str:
    name = plain_name(reader.name)
    if language == "zh":
        return f"“{name}”（{reader.uscc}）：截至 {digest.day}，{_counts(digest, 'zh')}。"
    return f'"{name}" ({reader.uscc}), as of {digest.day}: {_counts(digest, "en")}.'


def _shown(one: DigestLine, day: date, language: Language) -> list[str]:
    late = (day - one.due_on).days
    if language == "zh":
        notes = [f"逾期 {late} 天"] * (late > 0) + ["工作日历未公布，暂算"] * one.provisional
        note = f"（{'；'.join(notes)}）" if notes else ""
        return [f"  {one.due_on}{note}  {one.what}  {one.about}".rstrip(), f"    {one.link}"]
    notes = [f"{late} day{'s' if late > 1 else ''} overdue"] * (late > 0) + ["calendar not official yet"] * one.provisional
    note = f" ({'; '.join(notes)})" if notes else ""
    return [f"  {one.due_on}{note}  {', '.join(filter(None, (one.what, one.about)))}", f"    {one.link}"]


def _end(reader: Addressee, digest: Digest, language: Language) -> list[str]:
    if language == "zh":
        return [
            f"以上链接须以贵单位的令牌打开；全部待办：{digest.work}，命令 liandan work",
            "本邮件只是提示，不是证据；以账本为准。刚刚办理的事项可能仍在其中。",
            f"账本 {reader.origin}；不再接收或查看本订阅：{reader.page}",
        ]
    return [
        f"The links ask for a token of your party; everything that waits for it: {digest.work}",
        "This mail is a hint and no evidence; the log decides. What was done a moment ago may still be listed.",
        f"Log {reader.origin}; to receive no more of these: {reader.page}",
    ]


def _short(reader: Addressee, digest: Digest, language: Language) -> Sequence[str]:
    """The same in two lines."""
    if language == "zh":
        return (_begin(reader, digest, "zh"), f"不再接收：{reader.page}")
    return (_begin(reader, digest, "en"), f"To receive no more of these: {reader.page}")


def confirm_mail(reader: Addressee, token: str) -> tuple[str, str]:
    """The one mail that an address gets before somebody at it has agreed."""
    name = plain_name(reader.name)
    zh = [
        f"“{name}”（{reader.uscc}）请求向本邮箱发送危险废物联单的到期提醒（账本 {reader.origin}）：每天至多一封，列出该单位已逾期、今日到期和即将到期的事项。",
        "同意的，请打开下面的网页并按“确认”，或把确认码告诉贵单位的系统管理员：",
        f"  {reader.page}",
        f"  确认码：{token}",
        f"与您无关的，不必理会：不会再有邮件，{UNCONFIRMED_DAYS} 天后本邮箱地址即被删除。",
    ]
    en = [
        f'"{name}" ({reader.uscc}) asks to send reminders about hazardous-waste manifests to this address (log {reader.origin}): at most one '
        "a day, of what is overdue, due today and due soon for that firm.",
        'If you agree, open this page and press "Confirm", or give the code to whoever runs your system:',
        f"  {reader.page}",
        f"  Code: {token}",
        f"If it is not for you, do nothing: no further mail comes, and the address is deleted after {UNCONFIRMED_DAYS} days.",
    ]
    first, second = (zh, en) if reader.language == "zh" else (en, zh)
    subject = (
        "【联单】请确认接收到期提醒 / Please confirm reminders"
        if reader.language == "zh"
        else "[liandan] Please confirm reminders / 请确认"
    )
    return subject, "\n".join([*first, "", "--", *second]) + "\n"


def test_mail(reader: Addressee) -> tuple[str, str]:
    """A mail that there is nothing to tell."""
    name = plain_name(reader.name)
    zh = f"“{name}”（{reader.uscc}）的到期提醒将发到本邮箱。这是应该单位要求发出的测试邮件。不再接收：{reader.page}"
    en = f'Reminders for "{name}" ({reader.uscc}) go to this address. That firm has asked for this test. To receive no more: {reader.page}'
    first, second = (zh, en) if reader.language == "zh" else (en, zh)
    return ("【联单】测试邮件 / Test", f"{first}\n\n--\n{second}\n")

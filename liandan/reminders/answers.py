"""What the routes answer about reminders. A reader of the party sees its own addresses; nobody ever sees the code that was mailed."""

from datetime import datetime

from msgspec import Struct

from ledger.problem import Language, ProblemError, problem_errors
from ledger.times import format_at
from liandan.reminders.model import Mail, Reminder
from liandan.wiring import RULES
from signing.refusal import Reason


class MailAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mail of a reminder, without its text."""

    kind: str  # confirm, test, digest.
    state: str  # pending, sent, dead (given up).
    attempts: int
    made_at: str
    day: str = ""  # Of a digest: the day of the log that it is about.
    last_at: str = ""  # Of the last attempt.
    next_at: str = ""  # When it is tried next, while it waits.
    said: ProblemError | None = None  # What was wrong with the last attempt.


class ReminderAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A mail reminder (邮件提醒) of the caller."""

    id: str
    address: str  # Empty once it has ended: then it is erased.
    language: str  # zh or en: which stands first, and whole.
    ahead_wd: int  # Working days before a due day from which on it is told.
    note: str
    state: str  # unconfirmed, active, paused (by its owner), disabled (by us), ended (by its reader).
    keyid: str  # Key whose token set it up, or was the last to set it active.
    created_at: str
    looked_on: str = ""  # Last day of the log that it was seen to for.
    refused: int = 0  # Mails in a row that the address was refused for.
    why: ProblemError | None = None  # Why it is disabled or has ended.
    mails: tuple[MailAnswer, ...] = ()  # The newest ones, newest first.


class ReminderList(Struct, frozen=True, kw_only=True):
    """The caller's reminders, oldest first."""

    reminders: tuple[ReminderAnswer, ...]


def reminder_answer(reminder: Reminder, language: Language, mails: list[Mail] | None = None) -> ReminderAnswer:
    """A reminder as its owner sees it."""
    return ReminderAnswer(
        id=reminder.id, address=reminder.address, language=reminder.language, ahead_wd=reminder.ahead_wd, note=reminder.note,
        state=reminder.state, keyid=reminder.keyid, created_at=_at(reminder.created_at),
        looked_on="" if reminder.looked_on is None else reminder.looked_on.isoformat(), refused=reminder.refused,
        why=_words(reminder.why, reminder.why_found, language), mails=tuple(_mail(mail, language) for mail in mails or ()),
    )  # fmt: skip


def _mail(mail: Mail, language: Language) -> MailAnswer:
    return MailAnswer(
        kind=mail.kind, state=mail.state, attempts=mail.attempts, made_at=_at(mail.made_at), day="" if mail.day is None else mail.day.isoformat(),
        last_at=_at(mail.last_at), next_at=_at(mail.next_at) if mail.state == "pending" else "", said=_words(mail.said, mail.found, language),
    )  # fmt: skip


def _words(code: str, found: str, language: Language) -> ProblemError | None:
    return problem_errors([Reason(code, found=found)], RULES, language)[0] if code in RULES else None


def _at(moment: datetime | None) -> str:
    return "" if moment is None else format_at(int(moment.timestamp()))

"""The nouns: a reminder, which is a party's standing order to be told by mail what is due, and a mail on its way.

An address is a person's. It stands in one column of one table, outside the log, is sent to nobody but the party that gave it, stands in no log
line and no error, and goes with its row, or at once when whoever reads it says so.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from typing import Literal

from msgspec import Struct

from liandan.webhooks.address import is_host_name
from signing.phrase import Phrase
from signing.refusal import refuse

ReminderState = Literal["unconfirmed", "active", "paused", "disabled", "ended"]
MailKind = Literal["confirm", "test", "digest"]
MailState = Literal["pending", "sent", "dead"]
ADDRESS_MAX = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3 less its brackets); 64 of them before the @ (§4.5.3.1.1)."""
LOCAL_MAX = 64
PER_PARTY_MAX = 8
AHEAD_WD, AHEAD_MAX_WD = 3, 20
"""Working days before a due day from which on it is told: unless a party says otherwise, and at most."""
ASKED_PER_DAY = 10
"""Confirmations and tests of one party a day: nobody at a new address has asked for them yet."""
SENT_UNASKED_PER_DAY = 3
"""The same to one address, whoever gives it, in whichever letters: no mail server tells ``Wang@`` from ``wang@`` (RFC 5321 §2.4 would let it)."""
NOT_ASKED_DAYS = 30
"""How long a party does not ask an address again that has said no to it before it ever agreed."""
UNCONFIRMED_DAYS = 3
"""After which an address that nobody confirmed is forgotten."""
ENDED_DAYS = 30
"""How long a party sees that whoever read its mails wants no more; the address itself is gone at once."""
REFUSED_MAX = 3
"""Mails in a row that the address was refused for, after which nothing more is sent to it."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


class Reminder(Struct, frozen=True, kw_only=True):
    """One order, as it is kept."""

    id: str
    uscc: str
    keyid: str
    """Key whose token set it up, or was the last to set it active."""
    address: str
    """Empty once it has ended."""
    language: Literal["zh", "en"]
    ahead_wd: int
    note: str
    state: ReminderState
    why: str
    """Code of why it is disabled or has ended; empty otherwise."""
    why_found: str
    token: str
    """Stands in every mail: with it whoever reads them confirms, and ends it. Only letters, so that it is never taken for a number of a person."""
    refused: int
    """Mails in a row for which the address was refused."""
    looked_on: date | None
    """Last day of the log for which it was seen to: nothing is due, or its digest is on its way."""
    created_at: datetime
    changed_at: datetime

    def __repr__(self) -> str:
        """Neither address nor token: what is shown ends up in logs."""
        return f"Reminder({self.id!r}, {self.state!r})"


class Mail(Struct, frozen=True, kw_only=True):
    """A mail to one address, as it is kept. Its text names no address; it is taken away once it was sent."""

    id: int
    reminder: str
    kind: MailKind
    day: date | None
    """Of a digest: the day of the log that it is about. There is one a day."""
    message_id: str
    """``Message-ID`` of every attempt (RFC 5322 §3.6.4), so that a mail that came twice is known as one."""
    subject: str
    body: str
    state: MailState
    attempts: int
    made_at: datetime
    last_at: datetime | None
    next_at: datetime
    said: str
    """Code of what the last attempt came to; empty for a success."""
    found: str

    def __repr__(self) -> str:
        """Not its text: the token stands in it."""
        return f"Mail({self.id}, {self.kind!r}, {self.state!r})"


def check_address(text: str) -> str:
    """An address in the form that is sent to: ASCII, ``name@host.domain``, nothing quoted, no comment, no display name (RFC 5321 §4.1.2
    Dot-string); Refusal MAIL_ADDRESS. What is wrong is said without the address. Domains in other scripts are written in punycode.
    """
    local, _, domain = text.rpartition("@")
    try:
        parsed = Address(addr_spec=text)
        is_one = (parsed.username, parsed.domain) == (local, domain)
    except (MessageError, ValueError, IndexError, AttributeError):  # the last of "0@[", a fault of the standard library
        is_one = False
    is_one = is_one and text.isascii() and not domain.endswith(".")
    if not is_one or len(text) > ADDRESS_MAX or len(local) > LOCAL_MAX or not _LOCAL.fullmatch(local) or not is_host_name(domain):
        raise refuse(
            "MAIL_ADDRESS",
            field="address",
            found=Phrase(f"{len(text)} 个字符", f"{len(text)} characters"),
            expected=Phrase("一个邮箱地址，如 diaodu@example.cn", "one mail address, such as dispatch@example.cn"),
        )
    return f"{local}@{domain.lower()}"


def masked(address: str) -> str:
    """An address as it is shown where it need not be whole: ``d…@example.cn``."""
    return address[:1] + "…" + address[address.rfind("@") :] if address else ""

"""Acts that the log of acts must refuse by the rules of lists in force (kinds §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import LIST
from acts_lists import letter
from refused import Case
from refused_acts import Posting, index_of
from story import clock, signers
from writer import Log

SICHUAN, CHONGQING = signers("sichuan"), signers("chongqing")
NEW = "list/2026-51-50-new"


def lists(log: Log) -> Iterator[Case]:
    """Stops of what cannot be stopped, confirmations of what does not wait."""
    yield from _stops(Posting(log, "list stop", index_of(log, "list.suspend"), clock("16:54:00")))
    yield from _confirms(Posting(log, "list confirmation", index_of(log, "list.confirm"), clock("16:54:00")))


def _act(kind: str, by: Any = SICHUAN, chain: str = LIST, **more: Any) -> Any:
    body = letter("川环函〔2026〕41号", reason="核查（虚构）", **more)
    return f"list.{kind}", chain, body, by


def _stops(post: Posting) -> Iterator[Case]:
    yield post("by a firm", "SIGNER_ROLE", _act("suspend", signers("receiver")))
    yield post("of a row that is not there", "ROW_UNKNOWN", _act("suspend", row=1))
    yield post("twice", "ROW_STATE", _act("suspend", row=0), _act("suspend", CHONGQING, row=0))
    yield post("of all rows, none of which goes on", "ROW_STATE", _act("suspend", row=0), _act("suspend"))
    yield post("resumed without a stop", "ROW_STATE", _act("resume", row=0))
    yield post(
        "of a list that is only announced", "LIST_STAGE", ("list.propose", NEW, bodies.propose(), SICHUAN), _act("suspend", chain=NEW)
    )
    yield post("by a letter of tomorrow", "DATE_ORDER", _act("suspend", row=0, letter_date="2026-11-03"), rules=True)


def _confirms(post: Posting) -> Iterator[Case]:
    def confirm(act: str, by: Any = SICHUAN) -> Any:
        return "list.confirm", LIST, letter("川环函〔2026〕42号", act=act), by

    yield post("of nothing", "LIST_ACT", confirm("00" * 32))
    waits = post.log.hashes[index_of(post.log, "list.resume")]
    yield post("of one's own act", "LIST_ACT", confirm(waits, CHONGQING))
    yield post("by a firm", "SIGNER_ROLE", confirm(waits, signers("carrier")))
    yield post("a second time", "LIST_ACT", confirm(waits), confirm(waits))
    yield post("of what was replaced", "LIST_ACT", _act("resume", CHONGQING, row=0), confirm(waits))

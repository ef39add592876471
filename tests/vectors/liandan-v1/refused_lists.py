"""Acts that the log of acts must refuse by the rules of lists in force (kinds §4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bodies
from acting import LIST, ULID
from acts_lists import letter
from refused import Case
from refused_acts import Posting, index_of
from story import RECEIVER, clock, signers
from writer import Log

SICHUAN, CHONGQING = signers("sichuan"), signers("chongqing")
NEW = "list/2026-51-50-new"


def lists(log: Log) -> Iterator[Case]:
    """Stops of what cannot be stopped, confirmations of what does not wait."""
    yield from _stops(Posting(log, "list stop", index_of(log, "list.suspend"), clock("16:54:00")))
    yield from _amendments(Posting(log, "list amendment", index_of(log, "list.amend"), clock("16:54:00")))
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


def _amendments(post: Posting) -> Iterator[Case]:
    def amend(by: Any = SICHUAN, **more: Any) -> Any:
        return "list.amend", LIST, letter("川环函〔2026〕43号", **({"effective_from": "2026-11-02"} | more)), by

    def consent(by: Any = CHONGQING, row: int = 0) -> Any:
        asked = {"asked_no": "川环函〔2026〕44号", "asked_date": "2026-11-01", "extra_t": "1.000000"}
        return "list.exceed_consent", LIST, letter("渝环函〔2026〕45号", row=row, **asked), by

    def report(by: Any = CHONGQING, *rows: int) -> Any:
        told = [{"row": row, "received_t": "1.000000"} for row in rows or (0,)]
        return "list.report", LIST, letter("渝环函〔2026〕46号", rows=told, environment="达标（虚构）"), by

    quota = [{"row": 0, "quota_t": "1.000000"}]
    ended = [{"row": 1, "on": "2026-11-30", "reason": "停产（虚构）"}]
    added = [bodies.row(RECEIVER, f"permit/{RECEIVER}/{ULID}11", waste=bodies.WASTE)]
    yield post("of nothing", "MISSING", amend())
    yield post("by a firm", "SIGNER_ROLE", amend(signers("receiver"), quota=quota))
    yield post("of a row that is not there", "ROW_UNKNOWN", amend(end=ended))
    yield post("of one row twice", "ROW_TWICE", amend(quota=[*quota, *quota]))
    yield post("by a row that is there", "ROW_TWICE", amend(add=added), rules=True)
    yield post("by rows of another digest", "LIST_DIGEST", amend(quota=quota, rows_hash="0" * 64))
    yield post("of another year", "WL_YEAR", amend(quota=quota, effective_from="2027-01-01"))
    yield post("more, by the sending side", "SIGNER_ROLE", consent(SICHUAN))
    yield post("more, of a row that is not there", "ROW_UNKNOWN", consent(row=1))
    yield post("a report by a firm", "SIGNER_ROLE", report(signers("receiver")))
    yield post("a report of a row that is not there", "ROW_UNKNOWN", report(CHONGQING, 1))
    yield post("a report of one row twice", "ROW_TWICE", report(CHONGQING, 0, 0))


def _confirms(post: Posting) -> Iterator[Case]:
    def confirm(act: str, by: Any = SICHUAN) -> Any:
        return "list.confirm", LIST, letter("川环函〔2026〕42号", act=act), by

    yield post("of nothing", "LIST_ACT", confirm("00" * 32))
    waits = post.log.hashes[index_of(post.log, "list.resume")]
    yield post("of one's own act", "LIST_ACT", confirm(waits, CHONGQING))
    yield post("by a firm", "SIGNER_ROLE", confirm(waits, signers("carrier")))
    yield post("a second time", "LIST_ACT", confirm(waits), confirm(waits))
    yield post("of what was replaced", "LIST_ACT", _act("resume", CHONGQING, row=0), confirm(waits))

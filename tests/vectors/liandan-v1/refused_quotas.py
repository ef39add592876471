"""Acts that the log of acts must refuse by the rules of opening balances (kinds §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acting import CONSULTED, LIST, LISTED, MANIFEST, PERMIT, REFUSED
from acts_cases import NEW_PERMIT
from acts_quotas import BOTH, HOLDERS_AND_ANOTHER, opening
from refused import Case
from refused_acts import Posting, index_of
from story import clock, signers
from writer import Log


def quotas(log: Log) -> Iterator[Case]:
    """By one hand, of what is not there, twice, of a day to come; on a chain without an account."""
    post = Posting(log, "opening balance", index_of(log, "quota.open"), clock("16:54:30"))

    def opens(chain: str = LIST, by: Any = BOTH, **more: Any) -> Any:
        return "quota.open", chain, opening(**more), by

    yield post("by the sending side alone", "SIGNER_MISSING", opens(by=signers("sichuan")))
    yield post("by the sides in the wrong order", "SIGNER_ROLE", opens(by=BOTH[::-1]))
    yield post("of a decision by its firm", "SIGNER_ROLE", opens(CONSULTED, signers("sichuan", "generator")))
    yield post("of a permit by another than the holder's", "SIGNER_ROLE", opens(NEW_PERMIT, BOTH, item=None))
    yield post("of a permit by the holder's alone", "SIGNER_MISSING", opens(NEW_PERMIT, signers("chongqing"), item=None))
    yield post("of a row that is not there", "ROW_UNKNOWN", opens(item=1))
    yield post("of no row", "MISSING", opens(item=None), rules=True)
    yield post("of a line that was not granted", "APPROVAL_LINE", opens(LISTED, item=1))
    yield post("of an application that was refused", "APPROVAL_LINE", opens(REFUSED))
    yield post("of a permit by a number", "FIELD_TYPE", opens(PERMIT, HOLDERS_AND_ANOTHER))
    yield post("of tomorrow", "DATE_ORDER", opens(as_of_on="2026-11-03"))
    yield post("a second time", "QUOTA_OPENED", opens(LISTED), opens(LISTED))
    yield post("on a manifest", "CHAIN_KIND", opens(MANIFEST))

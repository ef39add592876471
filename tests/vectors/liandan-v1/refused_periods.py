"""Acts that the log of acts must refuse by the rules of months (kinds §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import bytes_v1 as v1
from acting import MANIFEST
from acts_periods import BACK, CHONGQING, EARLIER, ITEM, MONTH, OPERATOR, SICHUAN, closing, digest, disputing
from refused import Case
from refused_acts import Posting, index_of
from story import GENERATOR, clock, signers
from writer import Log

FOR_SICHUAN = {"principal": SICHUAN[0][0]}


def months(log: Log) -> Iterator[Case]:
    """Closed too early, twice, out of order, at another root or without what it answers; spoken of twice, by others, of another statement."""
    first, last = index_of(log, "period.close"), len(log.entries)
    before, disputed = Posting(log, "period", first, clock("16:54:30")), index_of(log, "period.dispute") + 1
    over = Posting(log, "period", first, "2026-12-01T08:00:00+08:00")
    open_dispute, after = (
        Posting(log, "disputed period", disputed, clock("16:54:30")),
        Posting(log, "closed period", last, clock("16:54:30")),
    )

    def close(chain: str = MONTH, by: Any = OPERATOR, **more: Any) -> Any:
        return "period.close", chain, closing(log, more.pop("size", first), **more), by

    yield before("of a month that is not over", "PERIOD_MONTH", close("period/2026-11/51-50"))
    yield over("at a size at which the month was not over", "PERIOD_MONTH", close("period/2026-11/51-50"))
    yield before("that adjusts its own month", "PERIOD_MONTH", close(adjusts=["2026-09", "2026-10"]))
    yield before("of another root", "SEEN_MISMATCH", close(root=v1.b64(v1.sha256(b"another"))))
    yield before("of a size to come", "SEEN_MISMATCH", ("period.close", MONTH, {**closing(log, first), "size": first + 9}, OPERATOR))
    yield before("within one province", "FIELD_TYPE", close("period/2026-10/51-51"))
    yield before("by an authority", "SIGNER_ROLE", close(by=SICHUAN))
    yield before("for the operator", "DELEGATION_MISSING", (*close(by=SICHUAN), {"principal": OPERATOR[0][0]}))
    yield before("twice", "PERIOD_STATE", close(), close())
    yield before("before a month that is closed", "PERIOD_STATE", close(), close(EARLIER))
    yield before("of a month of thirteen", "CHAIN_FORM", close("period/2026-13/51-50"))
    yield before("a confirmation of nothing", "CHAIN_NOT_OPEN", ("period.confirm", MONTH, {"json": digest("x")}, SICHUAN))
    yield before("on a manifest", "CHAIN_KIND", close(MANIFEST))
    yield open_dispute("without the dispute that it answers", "PERIOD_STATE", close(size=disputed - 1))
    yield before("without the close that it opens with", "PERIOD_STATE", close(EARLIER), close())
    yield before("over a gap", "PERIOD_STATE", close("period/2026-08/51-50"), close())
    yield from _verdicts(log, after)


def _verdicts(log: Log, after: Posting) -> Iterator[Case]:
    newest = {"json": digest("重开 json")}
    yield after("confirmed a second time", "PERIOD_STATE", ("period.confirm", MONTH, newest, SICHUAN))
    yield after("disputed after it was confirmed", "PERIOD_STATE", ("period.dispute", MONTH, disputing("重开"), CHONGQING))
    back = {"json": digest("反向 json")}
    yield after(
        "confirmed by who has disputed",
        "PERIOD_STATE",
        ("period.dispute", BACK, disputing("反向"), SICHUAN),
        ("period.confirm", BACK, back, SICHUAN),
    )
    yield after("confirmed under another hash", "PERIOD_DIGEST", ("period.confirm", BACK, newest, SICHUAN))
    yield after("disputed under another hash", "PERIOD_DIGEST", ("period.dispute", BACK, disputing(), CHONGQING))
    yield after("confirmed by the operator", "SIGNER_ROLE", ("period.confirm", BACK, back, OPERATOR))
    yield after("disputed by a firm", "SIGNER_ROLE", ("period.dispute", BACK, disputing("反向"), signers("generator")))
    yield after("confirmed for an authority", "DELEGATION_MISSING", ("period.confirm", BACK, back, signers("generator"), FOR_SICHUAN))
    yield after("disputed without a line", "LIST_LENGTH", ("period.dispute", BACK, disputing("反向", items=[]), SICHUAN))
    strange = [{**ITEM, "key": f"{GENERATOR} 1"}]
    yield after("disputed by a line of no form", "FIELD_TYPE", ("period.dispute", BACK, disputing("反向", items=strange), SICHUAN))
    yield after("disputed without a reason", "MISSING", ("period.dispute", BACK, disputing("反向", reason=" "), SICHUAN))

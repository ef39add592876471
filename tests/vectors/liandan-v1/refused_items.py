"""Acts that the log of acts must refuse by the rules of threads about lines of a month (kinds §9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from acting import MANIFEST, ULID
from acts_amendments import CORRECTION, MISTYPED
from acts_emergencies import HURRIED
from acts_items import BOOK, BOOK_KEY, KEY, OPEN_KEY, OTHER, THREAD
from refused import Case
from refused_acts import Posting, index_of
from story import clock, signers
from writer import Log

NEW = f"item/2026-11/{ULID}91"
GENERATOR, RECEIVER, CARRIER = signers("generator"), signers("receiver"), signers("carrier")
SICHUAN, CHONGQING, OPERATOR = signers("sichuan"), signers("chongqing"), signers("operator")
BOTH = signers("generator", "receiver")


def items(log: Log) -> Iterator[Case]:
    """Said by strangers, about what is not there, on another's thread; settled alone, twice, with a case of another manifest."""
    yield from _comments(Posting(log, "item", index_of(log, "item.settle", 1) + 1, clock("16:54:30")))
    yield from _settles(Posting(log, "settled item", index_of(log, "item.settle", 1) + 1, clock("16:54:30")))


def _comments(post: Posting) -> Iterator[Case]:
    def comment(key: str = KEY, by: Any = GENERATOR, chain: str = NEW) -> Any:
        return "item.comment", chain, {"key": key, "text": "说明（虚构）"}, by

    yield post("about a load of others", "NOT_CONCERNED", comment(OPEN_KEY, CARRIER))
    yield post("by the operator", "NOT_CONCERNED", comment(by=OPERATOR))
    yield post("about a manifest that is not there", "NOT_CONCERNED", comment(f"M4 {MANIFEST[:-2]}99 0"))
    yield post("of an authority about a manifest that is not there", "NOT_CONCERNED", comment(f"M4 {MANIFEST[:-2]}99", CHONGQING))
    yield post("about books of others", "NOT_CONCERNED", comment(BOOK_KEY))
    yield post("of a firm about a whole direction", "NOT_CONCERNED", comment("M12 period/2026-11/51-50 3"))
    yield post("about a line that is not there", "LINE_UNKNOWN", comment(f"M4 {MISTYPED} 1"))
    yield post("about another item than the thread's", "ITEM_STATE", comment(OPEN_KEY, chain=THREAD))
    yield post("about another line than the thread's", "ITEM_STATE", comment(f"M4 {MISTYPED}", chain=THREAD))


def _settles(post: Posting) -> Iterator[Case]:
    def settle(by: Any = BOTH, chain: str = OTHER, **more: Any) -> Any:
        return "item.settle", chain, {"outcome": "agreed", **more}, by

    yield post("by one firm alone", "SIGNER_MISSING", settle(GENERATOR))
    yield post("by the receiver alone", "SIGNER_ROLE", settle(RECEIVER))
    yield post("by a firm and a carrier", "SIGNER_ROLE", settle(signers("generator", "carrier")))
    yield post("by both in the other order", "SIGNER_ROLE", settle(signers("receiver", "generator")))
    yield post("by two authorities", "SIGNER_ROLE", settle(signers("sichuan", "chongqing")))
    yield post("twice", "ITEM_STATE", settle(), settle(CHONGQING))
    yield post(
        "by who keeps the book",
        "SIGNER_ROLE",
        ("item.comment", NEW, {"key": BOOK_KEY, "text": "说明（虚构）"}, RECEIVER),
        settle(RECEIVER, NEW),
    )
    yield post("of a thread that was settled", "ITEM_STATE", settle(CHONGQING, BOOK))
    yield post("of a thread that nobody opened", "CHAIN_NOT_OPEN", settle(CHONGQING, NEW))
    yield post("with a case of another manifest", "TRUNK_UNKNOWN", settle(CHONGQING, case=CORRECTION))
    yield post(
        "with a case that is not there", "TRUNK_UNKNOWN", settle(CHONGQING, case=HURRIED.replace("manifest/", "case/") + f"/{ULID}99")
    )

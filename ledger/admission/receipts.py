"""Refusal receipts and refusal pages: nothing that was validly signed disappears silently (formats §8)."""

import json
from collections.abc import Iterator, Sequence

import msgspec

from ledger.kinds.refusal_pages import LogRefusals, RefusalItem, RefusalsState
from ledger.times import format_at
from signing.envelope import PAYLOAD_REFUSAL, freeze, seal
from signing.keys import PrivateKey

PAGE_BYTES = 20_000
"""Bytes of the items of a page: with the rest of the statement they stay below its 24 KiB, however many codes a refusal has."""
CODES_MAX = 12


class RefusedStatement(msgspec.Struct, frozen=True, kw_only=True):
    """A validly signed statement that was turned down."""

    statement: str
    by: tuple[str, ...]
    kind: str
    codes: list[str]


class RefusalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A refused statement with its signed receipt."""

    hour: str
    statement: str
    signers: list[str]
    kind: str
    codes: list[str]
    size: int
    at: str
    receipt: bytes


def make_receipt(refused: RefusedStatement, size: int, at_s: int, key: PrivateKey) -> RefusalRow:
    """The receipt, signed by a key of the operator, as a row to keep. ``size`` is the log's size when it was refused."""
    at = format_at(at_s)
    body = {"statement": refused.statement, "codes": refused.codes[:CODES_MAX], "size": size, "at": at}
    envelope = seal(PAYLOAD_REFUSAL, json.dumps(body, separators=(",", ":")).encode(), [key])
    return RefusalRow(
        hour=at[:13],
        statement=refused.statement,
        signers=list(refused.by),
        kind=refused.kind,
        codes=refused.codes[:CODES_MAX],
        size=size,
        at=at,
        receipt=freeze(envelope),
    )


def pages(hour: str, rows: Sequence[RefusalRow], begun: RefusalsState | None = None) -> Iterator[LogRefusals]:
    """Pages of an hour from rows sorted by time; of an hour that was ``begun``, as many as its first page has promised."""
    cut = list(_cut([_item(row) for row in rows]))
    done, of = (0, len(cut)) if begun is None else (begun.page + 1, begun.of)
    for page, part in enumerate(cut[: of - done], done):
        yield LogRefusals(hour=hour, page=page, of=of, items=tuple(part))


def _cut(items: Sequence[RefusalItem]) -> Iterator[list[RefusalItem]]:
    """Items in their order, as many to a part as fit a page."""
    part: list[RefusalItem] = []
    room = PAGE_BYTES
    for item in items:
        size = len(msgspec.json.encode(item)) + 1
        if size > room and part:
            yield part
            part, room = [], PAGE_BYTES
        part.append(item)
        room -= size
    yield part


def _item(row: RefusalRow) -> RefusalItem:
    return RefusalItem(statement=row.statement, by=tuple(row.signers), kind=row.kind, codes=tuple(row.codes), size=row.size, at=row.at)

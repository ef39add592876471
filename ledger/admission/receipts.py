"""Refusal receipts and refusal pages: nothing that was validly signed disappears silently (formats §8)."""

import json
from collections.abc import Iterator, Sequence

import msgspec

from ledger.admission.statement import ClaimedAct
from ledger.kinds.refusal_pages import LogRefusals, RefusalItem, RefusalsState
from ledger.times import format_at
from signing.envelope import PAYLOAD_REFUSAL, freeze, seal
from signing.keys import PrivateKey

PAGE_BYTES = 20_000
"""Bytes of the items of a page: with the rest of the statement they stay below its 24 KiB, however many codes a refusal has."""
CODES_MAX = 12


def make_receipt(act: ClaimedAct, codes: Sequence[str], size: int, at_s: int, key: PrivateKey) -> tuple[RefusalItem, bytes]:
    """What is kept of a validly signed act that was turned down, and its receipt, signed by a key of the operator.

    ``size`` is the log's size when it was refused.
    """
    item = RefusalItem(act.statement, act.by, act.kind, tuple(codes[:CODES_MAX]), size, format_at(at_s))
    body = {"statement": item.statement, "codes": item.codes, "size": size, "at": item.at}
    return item, freeze(seal(PAYLOAD_REFUSAL, json.dumps(body, separators=(",", ":")).encode(), [key]))


def pages(hour: str, items: Sequence[RefusalItem], begun: RefusalsState | None = None) -> Iterator[LogRefusals]:
    """Pages of an hour from refusals sorted by time; of an hour that was ``begun``, as many as its first page has promised."""
    cut = list(_cut(items))
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

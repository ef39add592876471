"""Notices about pending statements: they wait in the same queue as those about entries, and couriers bring them in the same way.

Queued in the transaction that makes it so, for the active webhooks of those concerned. There is no position to fall back to, as there is in the
feed: while a webhook is paused, unconfirmed or has too much waiting, nothing of this is queued for it. The list of what waits
(``GET /v1/pending``) is always whole.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import Struct

from ledger.admission.kind_table import Kinds
from ledger.pending.model import Told
from ledger.store import Conn, fetch_head
from liandan.webhooks import store
from liandan.webhooks.feed import is_entitled
from liandan.webhooks.model import QUEUED_MAX, pending_event_of, pending_subject


class PendingNotices(Struct, frozen=True):
    """What :class:`ledger.pending.posting.Posting` tells."""

    kinds: Kinds
    origin: str
    base_url: str
    """Address of the links in notices."""

    async def tell(self, conn: Conn, told: Sequence[Told]) -> None:
        """Let a notice wait for every webhook of the parties concerned that wants its type."""
        for one in told:
            kind = f"pending.{one.event}/1"
            for hook in await store.list_active(conn, one.parties):
                if not hook.wants(kind) or await store.count_pending(conn, hook.id) >= QUEUED_MAX:
                    continue
                head = await fetch_head(conn)
                size = 0 if head is None else head.size
                if await is_entitled(conn, self.kinds, hook, size, int(time.time())):
                    body = pending_event_of(one, self.origin, self.base_url)
                    await store.queue(conn, hook.id, [store.New(None, kind, pending_subject(one.row.statement), body)])

"""The projection that follows the feed: views of manifests, applied in the order of the log, each entry exactly once.

Ranges may overlap or come twice; what was applied already is passed over. A gap is never jumped.
"""

from collections.abc import Sequence

from ledger.admission.entry import Entry
from ledger.store import Conn
from manifests import store
from manifests.view import ManifestView, concerns, fold


class FeedGap(LookupError):
    """Entries were offered beyond the next position: the caller must fetch those between and offer them first."""


async def follow(conn: Conn, entries: Sequence[Entry]) -> int:
    """Apply a range of consecutive entries in one transaction; the position afterwards. Raises FeedGap, and then nothing is applied."""
    async with conn.transaction():
        at = await store.lock_position(conn)
        fresh = [entry for entry in entries if entry.index >= at]
        if not fresh:
            return at
        if [entry.index for entry in fresh] != list(range(at, at + len(fresh))):
            raise FeedGap(f"the projection stands at {at}, offered were {fresh[0].index} … {fresh[-1].index}")
        concerned = [(chain, entry) for entry in fresh if (chain := concerns(entry)) is not None]
        views = await store.fetch_views(conn, list({chain for chain, _ in concerned}))
        await store.upsert_views(conn, _folded(views, concerned).values())
        await store.set_position(conn, at + len(fresh))
        return at + len(fresh)


def _folded(views: dict[str, ManifestView], concerned: Sequence[tuple[str, Entry]]) -> dict[str, ManifestView]:
    """Views after the entries; those that no entry concerned are not among them."""
    changed: dict[str, ManifestView] = {}
    for chain, entry in concerned:
        changed[chain] = fold(changed.get(chain) or views.get(chain), entry)
    return changed

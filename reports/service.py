"""Reports on request: who may have which, drawn from the newest published checkpoint."""

from ledger.caller import Caller
from ledger.log import Log
from manifests.answers import may_read
from manifests.search import Search, scoped
from manifests.store import fetch_views, find_views, list_views
from reports.evidence import gather
from signing.refusal import refuse
from whitelist.transfer import NUMBER


async def bundle_of(log: Log, caller: Caller, name: str) -> tuple[str, bytes]:
    """(its national number, or its ULID where it has none, bundle) of the manifest that ``<generator>/<ULID>``, a ULID or a national number names.

    Only the first is its identity: ULIDs are chosen by issuers and numbers are fields, so either may come to stand for several.

    Refusal MANIFEST_UNKNOWN (none, or none the caller may read: the answer does not tell which), MANIFEST_AMBIGUOUS.
    """
    async with log.pool.acquire() as conn:
        if "/" in name:
            found = list((await fetch_views(conn, [f"manifest/{name}"])).values())
        elif NUMBER.fullmatch(name):  # those that the caller may read, newest first, so that voided or foreign ones hide nothing
            found = await list_views(conn, scoped(Search(number=name), caller))
        else:
            found = await find_views(conn, name)
    views = [view for view in found if may_read(caller, view)]
    if not views:
        raise refuse("MANIFEST_UNKNOWN", field="id", found=name)
    if len(views) > 1:
        raise refuse("MANIFEST_AMBIGUOUS", field="id", found=name, expected=" ".join(view.chain for view in views))
    return views[0].state.number or views[0].ulid, await gather(log, views[0].chain)

"""Reading what a text may become: firms by a part of their names, plates and numbers by how they begin. It costs the same, however large the log."""

from ledger.caller import Caller
from ledger.fields import normal
from ledger.log import Log
from ledger.parties.store import fetch_parties, search_parties
from manifests import store
from manifests.search import Search, scoped
from manifests.service import projection
from manifests.suggesting.answers import SORTS, SuggestedFirm, SuggestedTerm, Suggestions, may_begin, shown
from signing.uscc import check_uscc

EACH = 6
"""Of each sort."""


async def suggest(log: Log, caller: Caller, written: str) -> Suggestions:
    """Firms, plates and numbers for what has been typed so far; nothing for nothing. A party is shown plates and numbers of its own manifests."""
    text = " ".join(written.split())
    part = normal(text)
    async with projection(log) as now:
        conn = now.workspace.conn
        if not part or not part.isprintable():
            return Suggestions(size=now.size, text=text, firms=(), terms=(), more=False)
        visible = scoped(Search(), caller)
        among = None if visible.visible_to is None else visible.groups()[0]
        terms = list[SuggestedTerm]()
        more = False
        for sort in SORTS:
            beginning = text if sort == "provincial_number" else part  # which stands as it was given
            found = await store.list_beginning(conn, sort, beginning, among, limit=EACH + 1) if may_begin(sort, part) else []
            more |= len(found) > EACH
            terms += [SuggestedTerm(sort=sort, value=one, shown=shown(sort, one)) for one in found[:EACH]]
        rows, following = await search_parties(conn, part, since=0, after="", limit=EACH)
        if check_uscc(part):
            rows, following = await fetch_parties(conn, [part]), None
    firms = tuple(SuggestedFirm(uscc=row.uscc, name=row.name, closed_on=row.closed_on) for row in rows)
    return Suggestions(size=now.size, text=text, firms=firms, terms=tuple(terms), more=more or following is not None)

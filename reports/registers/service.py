"""Registers on request: a firm has its own, an authority those of the firms of its region; drawn where monthly statements are."""

from msgspec.structs import replace

from ledger.caller import Caller
from ledger.directory import LOG_MAIN, LogState, authorities_of_party
from ledger.log import Log
from ledger.model import chain_key
from ledger.store import fetch_facts
from reports.drawing import Drawer, File
from reports.registers.model import RegisterAsked, check_asked
from reports.registers.own_books import own_figures
from signing.refusal import refuse


async def check_reader(log: Log, caller: Caller, party: str) -> None:
    """Refusal REGISTER_SCOPE unless the firm is the caller's own (or one that it succeeds), or lies in a region of this authority."""
    if party in caller.parties:
        return
    if caller.role == "authority":
        async with log.pool.acquire() as conn:
            raw = (await fetch_facts(conn, [chain_key(LOG_MAIN)])).get(chain_key(LOG_MAIN))
        state = None if raw is None else log.kinds.decode(chain_key(LOG_MAIN), raw).state
        if isinstance(state, LogState) and caller.uscc in authorities_of_party(state, party)[0]:
            return
    raise refuse("REGISTER_SCOPE", field="party", found=party, expected=caller.uscc)


async def register_of(log: Log, drawer: Drawer, asked: RegisterAsked, *, with_books: bool = True) -> File:
    """Name and bytes as of the newest published checkpoint; C.1 ``with_books`` of the firm, where they were handed in.

    Refusals of :func:`check_asked`, REGISTER_TOO_LARGE; Busy where many others wait.
    """
    period = check_asked(asked)
    if asked.register == "c1" and with_books:
        async with log.pool.acquire() as conn:
            asked = replace(asked, own=await own_figures(conn, asked.party, period))
    published = log.publisher.published
    return await drawer.statement(asked, 0 if published is None else published.size)

"""Which entries a manifest's bundle holds, and fetching them: whatever is needed to read the manifest and to verify every signature.

The trunk and its cases; what settled a number that it has or had; the decision and the lists its lines were given on, or the emergency; the receiver's permit; ``log/main`` and ``log/issuers``; and the ``party/`` chains
of everybody who signed or is named, closed under "who registered these keys".
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from ledger.admission.entry import Entry
from ledger.bundle import make_bundle
from ledger.directory import LOG_MAIN, party_chain
from ledger.kinds.issuer import LOG_ISSUERS
from ledger.log import Log
from manifests.acts import AmendPropose, CaseNumber, Issue
from manifests.numbers import settles
from reports import store
from signing.refusal import refuse
from whitelist.acts.apply import ApprovalApply
from whitelist.acts.permit import PermitGrant

Chain = Callable[[str], Awaitable[list[Entry]]]
"""All entries of a chain, in order; empty for a chain the log does not have."""


async def collect(chain: Chain, trunk: str, cases: Iterable[str]) -> list[Entry]:
    """The entries of a manifest's bundle, by index; Refusal MANIFEST_UNKNOWN if the log has no such trunk."""
    entries = await chain(trunk)
    if not entries:
        raise refuse("MANIFEST_UNKNOWN", found=trunk)
    issue = entries[0].statement
    assert isinstance(issue.body, Issue), "a trunk begins with its issue"
    named = {issue.owner, issue.body.receiver, *issue.body.carriers}
    for case in cases:
        entries += await chain(case)
    for number in numbers_of(entries):
        settled = await chain(f"number/{number}")
        entries += settled if any(settles(entry, trunk) for entry in settled) else []
    entries += await permits_of(chain, issue.body.permit)
    if issue.body.approval is not None:
        decision = await chain(issue.body.approval)
        entries += decision
        for listed in lists_of(decision):
            entries += await chain(listed)
    if issue.body.emergency is not None:
        entries += await chain(issue.body.emergency)
    entries += [*await chain(LOG_MAIN), *await chain(LOG_ISSUERS)]
    entries += await parties_of(chain, entries, named)
    return sorted(entries, key=lambda entry: entry.index)


def numbers_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """National numbers that the acts and cases of a manifest name: a settlement of one of them may have taken it away."""
    found = dict[str, None]()
    for entry in entries:
        match entry.statement.body:
            case Issue(number=str() as number) | CaseNumber(number=str() as number):
                found[number] = None
            case AmendPropose(changes=changes):
                found |= dict.fromkeys(change.now.strip('"') for change in changes if change.path == "number")
    return tuple(found)


async def permits_of(chain: Chain, name: str | None) -> list[Entry]:
    """The permit and those that it renews, back to the first of its line, whose account it draws on."""
    found: list[Entry] = []
    while name is not None:
        entries = await chain(name)
        found += entries
        name = next((entry.statement.body.renews for entry in entries if isinstance(entry.statement.body, PermitGrant)), None)
    return found


def lists_of(decision: Iterable[Entry]) -> list[str]:
    """Lists that the application's lines name."""
    found = [
        line.listing.list
        for entry in decision
        if isinstance(entry.statement.body, ApprovalApply)
        for line in entry.statement.body.lines
        if line.listing is not None
    ]
    return list(dict.fromkeys(found))


async def parties_of(chain: Chain, entries: Iterable[Entry], named: set[str]) -> list[Entry]:
    """Party chains of signers and named parties; their entries may have signers of their own."""
    wanted = named | {uscc for entry in entries for uscc in entry.statement.by}
    seen: set[str] = set()
    found: list[Entry] = []
    while wanted - seen:
        uscc = min(wanted - seen)
        seen.add(uscc)
        more = await chain(party_chain(uscc))
        found += more
        wanted |= {signer for entry in more for signer in entry.statement.by}
    return found


async def gather(log: Log, trunk: str) -> bytes:
    """The bundle of a manifest as of the newest published checkpoint, which is archived because documents print it.

    Refusal MANIFEST_UNKNOWN, also while its issue is not published yet.
    """
    published = await asyncio.to_thread(log.publisher.archive_now)

    async def chain(name: str) -> list[Entry]:
        return [entry for entry in await log.chain_entries(name) if entry.index < published.size]

    async with log.pool.acquire() as conn:
        cases = await store.list_cases(conn, trunk)
    entries = await collect(chain, trunk, cases)
    return await asyncio.to_thread(
        make_bundle, published.note, trunk, entries, lambda index: log.publisher.inclusion(index, published.size)
    )

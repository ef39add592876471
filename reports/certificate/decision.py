"""The decision a manifest ran under, the listings it was given on, and how each act moved the quota accounts."""

from collections.abc import Iterable

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.times import day_at
from manifests.model import ManifestState
from reports.legal import Citation, basis
from reports.paper.tongue import say
from whitelist.acts.list_propose import ListCountersign
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.listing import ListState
from whitelist.permit import PermitState


class Listing(Struct, frozen=True, kw_only=True):
    """A row of a list, with the letters of both sides."""

    chain: str
    row: int
    state: ListState
    agreed: ListCountersign | None


class Approved(Struct, frozen=True, kw_only=True):
    """A decision, the lines that were used, and what it was given on."""

    state: ApprovalState
    lines: tuple[tuple[int, DecisionLine], ...]
    """The decision lines that the manifest used, by number."""
    listings: tuple[Listing, ...]
    citations: tuple[Citation, ...]


class Quota(Struct, frozen=True, kw_only=True):
    """How one entry changed one account; ``limit_g`` is what the account may hold, ``None`` where the bundle does not tell."""

    layer: str
    """``Q1``, ``Q2`` or ``Q3``."""
    subject: str
    kind: str
    index: int
    before_g: int
    after_g: int
    limit_g: int | None


STOPPED = {"SUSPENDED": ("已暂停", "suspended"), "REVOKED": ("已吊销、注销", "revoked")}
"""What a permit is called that is not in force."""


def term_text(no: str, valid_to: str, *remarks: str) -> str:
    """A decision or a permit by its number, its last day under it, and what else there is to say of it."""
    return "\n".join((no, say(f"有效期至 {valid_to}", f"valid to {valid_to}"), *(remark for remark in remarks if remark)))


def permit_text(bundle: Bundle, chain: str) -> str:
    """A permit, and that it is suspended or revoked as far as the bundle tells; empty where the bundle has none under this name."""
    found = bundle.facts.state(chain)
    if not isinstance(found, PermitState):
        return ""
    return term_text(found.no, found.valid_to, say(*STOPPED.get(found.history.now, ("", ""))))


def decision_of(bundle: Bundle, chain: str, decision_lines: Iterable[int | None]) -> Approved | None:
    """The decision, or ``None`` where the bundle has none under this name."""
    state = bundle.facts.state(chain)
    if not isinstance(state, ApprovalState):
        return None
    used = sorted({number for number in decision_lines if number is not None and 0 <= number < len(state.lines)})
    refs = {(ref.list, ref.row) for number in used if (ref := state.lines[number].listing) is not None}
    listings = tuple(found for name, row in sorted(refs) if (found := listing_of(bundle, name, row)) is not None)
    citations = basis("approval", state.decided_on) + (basis("listing", state.decided_on) if listings else ())
    lines = tuple((number, state.lines[number]) for number in used)
    return Approved(state=state, lines=lines, listings=listings, citations=tuple(dict.fromkeys(citations)))


def listing_of(bundle: Bundle, chain: str, number: int) -> Listing | None:
    """A row of a list that the bundle holds."""
    state = bundle.facts.state(chain)
    row = state.row(number) if isinstance(state, ListState) else None
    if row is None:
        return None
    bodies = (entry.statement.body for entry in bundle.chain(chain))
    agreed = next((body for body in bodies if isinstance(body, ListCountersign)), None)
    return Listing(chain=chain, row=number, state=state, agreed=agreed)


def quotas(bundle: Bundle, state: ManifestState) -> tuple[Quota, ...]:
    """Account rows of the decision (Q1), of the trunk and of its cases (Q2, Q3): corrections and gaps move them too. In the order of the log."""
    found, cases = [], bundle.subject.replace("manifest/", "case/", 1) + "/"
    for entry in bundle.entries:
        chain, kind = entry.statement.chain, entry.statement.kind
        is_own = chain == bundle.subject or chain.startswith(cases)
        if not is_own and chain != state.approval:
            continue
        for row in entry.admission.decision.accounts:
            if is_own and row.account not in state.drawn:
                continue
            layer, _, subject = row.account.partition(" ")
            limit_g = _limit(bundle, layer, subject, state, entry)
            before_g, after_g = row.before_g, row.after_g
            found.append(
                Quota(layer=layer, subject=subject, kind=kind, index=entry.index, before_g=before_g, after_g=after_g, limit_g=limit_g)
            )
    return tuple(sorted(found, key=lambda quota: (quota.index, quota.layer, len(quota.subject), quota.subject)))


def _limit(bundle: Bundle, layer: str, subject: str, manifest: ManifestState, entry: Entry) -> int | None:
    """What an account might hold at an entry, from the chain it belongs to; a site's yearly scale is that of the permit that the manifest names."""
    chain, _, number = subject.partition(" ")
    state = bundle.facts.state(manifest.permit if layer == "Q3" else chain)
    if layer == "Q3" and isinstance(state, PermitState):
        return state.scale_g
    if layer == "Q1" and isinstance(state, ListState) and number.isdecimal():
        if state.row(int(number)) is None:
            return None
        extras = state.row_life(int(number)).extras
        return state.quota_g(int(number), day_at(entry.admission.at)) + sum(extra.grams for extra in extras if extra.index < entry.index)
    if layer == "Q2" and isinstance(state, ApprovalState) and number.isdecimal() and int(number) < len(state.lines):
        return state.lines[int(number)].mass_g
    return None

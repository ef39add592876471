"""Where a waste could go instead: other receivers that may take it, with room for this mass, nearest first.

Three sorts, by what has to be done: a line of another decision of the generator or a permit inside the province, on which a load can be issued at
once, and a row of a list of the province, on which the generator applies and its authority decides without a consultation. Facilities of the
origin's district and those beside it come first (毗邻地区设施共建共享 [READ S44]), then the nearest by the centres of the divisions, then where
most is left [DESIGN]. Nothing is named beyond the yearly scale itself, though up to ``scale_limit_permille`` a load might still go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.admit import read_keys
from ledger.directory import PartyState, party_chain
from ledger.mass import parse_mass
from ledger.model import Facts, Findings, Moment, account_key, chain_key
from ledger.times import day_of, year_of_day
from whitelist.approval import ApprovalState, ListingRef, approval_at
from whitelist.balance import row_keys, row_room
from whitelist.centres import NOWHERE, are_neighbours, distance_km
from whitelist.check import check, reads
from whitelist.checked import Asked, approval_of
from whitelist.divisions import Divisions
from whitelist.fields import Place, group_of
from whitelist.listing import ListState, is_use_only, list_at
from whitelist.permit import PermitState, permit_at
from whitelist.quota import newest_permit, q1_account, q2_account, q3_account, q3_key, q3_used_g
from whitelist.rules import CheckRule
from whitelist.rules.exemption import judge_basis
from whitelist.rules.refused import RefusedLoads, refused_key
from whitelist.thresholds import thresholds_of
from whitelist.transfer import Transfer
from whitelist.workdays import is_late

LISTS_MAX, ROWS_MAX, PERMITS_MAX, APPROVALS_MAX = 100, 2000, 2000, 200
"""How many lists, rows of each, permits and decisions are looked at for one waste."""
_OF_RECEIVERS = ("APPROVAL_", "NO_APPROVAL", "PERMIT_", "EXEMPT_BASIS", "WL_", "RETURN_OPEN", "ISSUE_TYPE")
"""Reasons against a receiver or what a load to it stands on: of an alternative none is left, whatever was asked about."""


class WasteSource(Struct, frozen=True):
    """Whose waste of which code leaves which province (two digits); whether whoever asks may know of its other decisions."""

    generator: str
    home: str
    code: str
    with_decisions: bool


class PossibleChains(Struct, frozen=True, gc=False):
    """Chains in which alternatives may stand, as an index of the log has them; which of them serve is judged in their states."""

    lists: tuple[str, ...] = ()
    permits: tuple[str, ...] = ()
    approvals: tuple[str, ...] = ()


class FoundReceiver(Struct, frozen=True, gc=False, kw_only=True):
    """One alternative. ``left_g``: what could go there now; ``until``: the last day."""

    sort: str  # ``decision``, ``permit`` or ``listing``.
    permit: str
    state: PermitState
    methods: tuple[str, ...]
    left_g: int
    until: str
    listing: ListingRef | None = None
    approval: str | None = None
    line: int | None = None
    is_neighbour: bool = False
    km: int | None = None

    @property
    def receiver(self) -> str:
        """USCC."""
        return self.permit.split("/")[1]

    @property
    def rank(self) -> tuple[bool, int, int, str, str]:
        """Neighbours first, then the nearest, then where most is left."""
        return not self.is_neighbour, 40_000 if self.km is None else self.km, -self.left_g, self.permit, self.sort


def keys_of(source: WasteSource, transfer: Transfer, named: PossibleChains, at_s: int, facts: Facts) -> Iterator[str]:
    """Overlay keys that :func:`receivers` and :func:`decisions` read for any transfer of a source; ask again once they are loaded."""
    yield from (chain_key(chain) for chain in (*named.lists, *named.permits, *named.approvals))
    for chain in named.lists:
        if facts.holds(chain_key(chain)) and (listed := list_at(facts, chain)) is not None:
            for number in _rows(source, listed, at_s):
                yield from row_keys(facts, q1_account(chain, number), day_of(at_s))
                yield from _keys_of_permit(source, listed.rows[number].permit, facts)
    for chain in named.permits:
        yield from _keys_of_permit(source, chain, facts)
    for chain in named.approvals:
        approval = approval_at(facts, chain) if facts.holds(chain_key(chain)) else None
        if approval is not None:
            yield from _keys_of_permit(source, approval.permit, facts)
            for number in _lines(source, approval):
                yield from read_keys(reads(_asked_on(transfer, 0, chain, approval, number, None), source.generator, at_s, facts))


def _keys_of_permit(source: WasteSource, chain: str, facts: Facts) -> Iterator[str]:
    yield from (chain_key(chain), chain_key(party_chain(receiver := chain.split("/")[1])), refused_key(source.generator, receiver))
    permit = permit_at(facts, chain) if facts.holds(chain_key(chain)) else None
    if permit is not None:
        yield from (q3_key(permit.root), account_key(q3_account(permit.root)))
        if facts.holds(q3_key(permit.root)):
            yield chain_key(newest_permit(facts, permit.root))


def receivers(source: WasteSource, named: PossibleChains, moment: Moment, facts: Facts) -> tuple[FoundReceiver, ...]:
    """Rows of lists and permits inside the province that may take the waste at a moment; everything of :func:`keys_of` is loaded."""
    return (*_of_permits(source, named, moment, facts), *_of_lists(source, named, moment, facts))


def decisions(
    source: WasteSource, transfer: Transfer, number: int, named: PossibleChains, moment: Moment, facts: Facts, rules: Sequence[CheckRule]
) -> Iterator[FoundReceiver]:
    """Lines of the generator's other decisions, for one line of a transfer: asked as it would be issued on them, nothing speaks against them that
    does not speak against any other receiver too."""
    if transfer.returns is not None or transfer.type == "in_transfer":
        return
    before: set[tuple[str, str]] | None = None
    for chain in named.approvals:
        approval = approval_at(facts, chain)
        for other in () if approval is None else _lines(source, approval):
            usable = None if approval is None else _standing(source, approval.permit, moment, facts)
            if approval is None or usable is None or (chain, other) == (transfer.approval, transfer.lines[number].decision_line):
                continue
            if before is None:
                alone = replace(transfer, lines=transfer.lines[number : number + 1], plan=None)
                before = {one for one in _reasons(source, alone, moment, facts, rules) if not one[0].startswith(_OF_RECEIVERS)}
            if _reasons(source, _asked_on(transfer, number, chain, approval, other, usable), moment, facts, rules) - before:
                continue
            line = approval.lines[other]
            left_g = min(line.mass_g - facts.used_g(q2_account(chain, other)), _scale_left_g(usable[1], moment, facts))
            until = min(line.valid_to, usable[1].valid_to)
            found = FoundReceiver(
                sort="decision",
                permit=usable[0],
                state=usable[1],
                methods=(line.method,),
                left_g=left_g,
                until=until,
                approval=chain,
                line=other,
            )
            yield found


def nearest(transfer: Transfer, number: int, found: Iterable[FoundReceiver], facts: Facts, limit: int) -> list[FoundReceiver]:
    """The best ``limit`` of alternatives for one line: with room for its mass, others than what it stands on, in their order."""
    line, grams = transfer.lines[number], parse_mass(transfer.lines[number].mass_t)
    own = _own_listing(transfer, line.decision_line, facts)
    asked = None if transfer.permit is None else permit_at(facts, transfer.permit)
    divisions: Divisions = facts.data("divisions") or NOWHERE
    origin, fit = transfer.origin.division, list[FoundReceiver]()
    for one in found:
        is_asked = one.sort == "permit" and asked is not None and asked.root == one.state.root
        if one.left_g >= grams and not is_asked and (one.listing is None or one.listing != own):
            there = one.state.division
            methods = tuple(sorted(one.methods, key=lambda way: (way != line.method, way)))
            place = {"is_neighbour": are_neighbours(origin, there, divisions), "km": distance_km(origin, there, divisions)}
            fit.append(replace(one, methods=methods, **place))
    return sorted(fit, key=lambda one: one.rank)[:limit]


def _of_lists(source: WasteSource, named: PossibleChains, moment: Moment, facts: Facts) -> Iterator[FoundReceiver]:
    for chain in named.lists:
        if (listed := list_at(facts, chain)) is None:
            continue
        for number in _rows(source, listed, moment.at_s):
            row = listed.rows[number]
            if (usable := _standing(source, row.permit, moment, facts)) is None:
                continue
            use_only = is_use_only((listed.conditions, row.conditions))
            allowed = [way for way in row.methods if not use_only or group_of(way) == "use"]
            limit_g, used_g = row_room(facts, q1_account(chain, number), listed, number, day_of(moment.at_s))
            yield from _with_methods(
                source,
                moment,
                facts,
                allowed,
                FoundReceiver(
                    sort="listing",
                    permit=usable[0],
                    state=usable[1],
                    methods=(),
                    left_g=min(limit_g - used_g, _scale_left_g(usable[1], moment, facts)),
                    until=min(listed.last_day(number), usable[1].valid_to),
                    listing=ListingRef(list=chain, row=number),
                ),
            )


def _of_permits(source: WasteSource, named: PossibleChains, moment: Moment, facts: Facts) -> Iterator[FoundReceiver]:
    seen: set[str] = set()
    for chain in named.permits:
        permit = permit_at(facts, chain)
        if permit is None or permit.root in seen or permit.division[:2] != source.home:
            continue
        if (usable := _standing(source, chain, moment, facts)) is not None:
            seen.add(permit.root)
            name, state = usable
            left_g = _scale_left_g(state, moment, facts)
            found = FoundReceiver(sort="permit", permit=name, state=state, methods=(), left_g=left_g, until=state.valid_to)
            yield from _with_methods(source, moment, facts, None, found)


def _with_methods(
    source: WasteSource, moment: Moment, facts: Facts, allowed: Iterable[str] | None, found: FoundReceiver
) -> Iterator[FoundReceiver]:
    """An alternative with the methods of its permit, and of its row; none where none is left."""
    own, basis, day = found.state.methods_for(source.code), found.state.basis, day_of(moment.at_s)
    methods = own if allowed is None else [way for way in own if way in allowed]
    if basis is not None:
        methods = [way for way in methods if judge_basis(Findings(), "", facts, basis, (source.code, way), day, source.generator)]
    if methods:
        yield replace(found, methods=tuple(methods))


def _rows(source: WasteSource, listed: ListState, at_s: int) -> Iterator[int]:
    """Rows of a list in force that lead out of the province and cover the code."""
    if not listed.serves_decisions or listed.to_province == source.home or not listed.leads((source.home, listed.to_province)):
        return
    day, count = day_of(at_s), 0
    for number, row in enumerate(listed.rows):
        if not row.waste.covers(source.code) or listed.status_at(number, at_s) != "ACTIVE":
            continue
        if listed.first_day(number) <= day <= listed.last_day(number):
            yield number
            if (count := count + 1) == ROWS_MAX:
                return


def _lines(source: WasteSource, approval: ApprovalState) -> list[int]:
    """Lines that a decision grants for the code."""
    return [number for number, line in enumerate(approval.lines) if line.code == source.code and approval.line(number) is not None]


def _asked_on(
    transfer: Transfer, number: int, chain: str, approval: ApprovalState, other: int, usable: tuple[str, PermitState] | None
) -> Transfer:
    """One line as it would be issued on a line of another decision; its plan is told by the plan's own check."""
    decided = approval.lines[other]
    place = Place(division=approval.destination if usable is None else usable[1].division, address=transfer.destination.address)
    own = {"name": decided.name, "method": decided.method, "purpose": None, "decision_line": other}
    return replace(
        transfer,
        receiver=approval.receiver,
        permit=approval.permit if usable is None else usable[0],
        approval=chain,
        decision=None,
        plan=None,
        planned_at=None,
        destination=place,
        lines=(replace(transfer.lines[number], **own),),
    )


def _reasons(source: WasteSource, transfer: Transfer, moment: Moment, facts: Facts, rules: Sequence[CheckRule]) -> set[tuple[str, str]]:
    """What speaks against a transfer: codes and fields."""
    asked = Asked(generator=source.generator, transfer=transfer, at_s=moment.at_s, moment=moment)
    return {(reason.code, reason.field) for reason in check(asked, facts, rules).reasons}


def _own_listing(transfer: Transfer, line: int | None, facts: Facts) -> ListingRef | None:
    """The listing on which the decision line that was asked about was given."""
    chain = approval_of(transfer, facts)
    approval = None if chain is None else approval_at(facts, chain)
    decided = None if approval is None else approval.line(line)
    return None if decided is None else decided.listing


def _standing(source: WasteSource, chain: str, moment: Moment, facts: Facts) -> tuple[str, PermitState] | None:
    """A permit or its renewal, whichever stands and covers the waste, of a receiver that is open and keeps nothing of the generator's."""
    permit, day = permit_at(facts, chain), day_of(moment.at_s)
    if permit is None or _is_barred(source, chain.split("/")[1], day, facts):
        return None
    for name in dict.fromkeys((newest_permit(facts, permit.root), chain)):
        known = permit_at(facts, name)
        if known is not None and known.stands(day, moment.at_s) and known.items_for(source.code):
            return name, known
    return None


def _is_barred(source: WasteSource, receiver: str, day: str, facts: Facts) -> bool:
    """Whether a receiver is closed, or holds refused waste of the generator beyond its term (RETURN_OPEN)."""
    party: PartyState | None = facts.state(party_chain(receiver))
    if isinstance(party, PartyState) and party.closed_on:
        return True
    known: RefusedLoads | None = facts.get(refused_key(source.generator, receiver))
    limits = thresholds_of(facts)
    if known is None or limits is None:
        return False
    return any(is_late(facts, Findings(), load.refused_on, limits.return_block_wd, day) for load in known.loads)


def _scale_left_g(permit: PermitState, moment: Moment, facts: Facts) -> int:
    """What the site may still take within its scale in the year of the moment."""
    return permit.scale_g - q3_used_g(facts, permit.root, year_of_day(day_of(moment.at_s)))

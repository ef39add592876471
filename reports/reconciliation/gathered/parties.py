"""What registers of one firm (台账) are drawn from, filed while the log is gathered: which manifests concern it in a year, what their acts were, and
by which methods it treated what it had received. Pure.

In the map of the gathering:

* ``=of:<firm>:<year>:<manifest>``: every manifest of the firm, as generator, receiver or carrier, under every year that it concerns; of those still
  under way, or waiting, under ``open``;
* ``=told:<manifest>``: its acts and cases by kind and entry, alerts, and where it is filed;
* ``=at:<chain>:<index>``: where the entries of every other chain stand, for the dossier of a firm;
* ``=treated:<firm>:<month>:<code>:<method>``: grams that ``stocks`` books as treated, by method.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.times import year_of
from manifests.model import ManifestState, trunk_of
from reports.reconciliation.gathered.filing import FiledManifest, day_of_fate
from reports.reconciliation.gathered.pages import PagedMap

OPEN = "open"
OF, TOLD, TREATED, AT = "=of", "=told", "=treated", "=at"
YEARS = 4
"""Years under which one manifest is filed at most; what took longer is looked at with what is open."""


class ToldManifest(Struct, frozen=True, omit_defaults=True):
    """What is remembered of a manifest for registers, beside its state."""

    acts: tuple[tuple[str, int], ...] = ()
    """Kind (without version) and entry of each act and case."""
    alerts: tuple[tuple[str, str, int], ...] = ()
    """(level, code, entry) as they were raised at admission."""
    firms: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    """Under which firms, and under which years of each, it is filed."""
    treated: tuple[tuple[str, int], ...] = ()
    """What it adds to ``=treated``, by name."""

    def places(self, trunk: str) -> tuple[str, ...]:
        """The names under which it is filed."""
        return tuple(f"{OF}:{firm}:{year}:{trunk}" for firm in self.firms for year in self.years)

    def entry_of(self, kind: str) -> int | None:
        """The first act of a kind, by its entry."""
        return next((index for name, index in self.acts if name == kind), None)


FORMS: dict[str, Callable[[bytes], object]] = {
    name: msgspec.msgpack.Decoder(form).decode for name, form in ((OF, bool), (TOLD, ToldManifest), (TREATED, int), (AT, bool))
}
"""How values of these names are decoded."""


def file_place(held: PagedMap, entry: Entry) -> None:
    """Where an entry stands whose chain is not of a manifest: few are, and a firm's evidence is found by them."""
    if entry.statement.chain_type not in ("manifest", "case"):
        held.put(f"{AT}:{entry.statement.chain}:{entry.index:012d}", True)


def places_of_chain(held: PagedMap, chain: str) -> Iterator[int]:
    """The entries of a chain that is not of a manifest, in order."""
    prefix = f"{AT}:{chain}:"
    for name, _ in held.walk(prefix):
        yield int(name.removeprefix(prefix))


def told_of(held: PagedMap, trunk: str) -> ToldManifest:
    """What is remembered of a manifest."""
    return held.get(f"{TOLD}:{trunk}") or ToldManifest()


def file_for_firms(held: PagedMap, trunk: str, state: ManifestState, filed: FiledManifest, entry: Entry) -> None:
    """After an entry that touches a manifest: ``state`` in force, ``filed`` as the gathering has it now."""
    before, statement = told_of(held, trunk), entry.statement
    acts, alerts = before.acts, before.alerts
    if statement.chain_type in ("manifest", "case") and trunk_of(statement.chain) == trunk:
        acts = (*acts, (statement.kind.partition("/")[0], entry.index))
        alerts = (*alerts, *[(level, code, entry.index) for level, code in entry.admission.decision.alerts])
    firms = tuple(dict.fromkeys((state.generator, state.receiver, *[leg.carrier for leg in state.legs])))
    treated = tuple(sorted(_treated(state, filed).items()))
    after = ToldManifest(acts=acts, alerts=alerts, firms=firms, years=tuple(_years(state)), treated=treated)
    if (before.firms, before.years) != (after.firms, after.years):
        was, now = before.places(trunk), after.places(trunk)
        for place in dict.fromkeys((*was, *now)):
            if (place in was) != (place in now):
                held.put(place, True if place in now else None)  # a value as any other
    if before.treated != treated:
        change = Counter(dict(treated))
        change.subtract(dict(before.treated))
        for name, more_g in change.items():
            if more_g:
                held.put(name, ((held.get(name) or 0) + more_g) or None)
    held.put(f"{TOLD}:{trunk}", after)


def _years(state: ManifestState) -> Iterable[str]:
    times = state.times
    ended = [at for at in (times.received_s, times.voided_s, times.closed_gap_s) if at is not None]
    if not ended:
        return (OPEN,)
    known = [times.issued_s, *ended, *[at for at in (times.departed_s, *[leg.ended_s for leg in state.legs]) if at is not None]]
    first, last = year_of(min(known)), year_of(max(known))
    return (OPEN,) if last - first >= YEARS else map(str, range(first, last + 1))


def _treated(state: ManifestState, filed: FiledManifest) -> Counter[str]:
    found: Counter[str] = Counter()
    if not state.fates:  # as nearly always
        return found
    accepted: Sequence[str] = [move.day for move in filed.stock if move.term == "accepted"]
    if accepted:
        for fate, told_s in zip(state.fates, filed.fated, strict=True):
            if fate.onward is None:
                month = day_of_fate(fate, told_s, accepted[0])[:7]
                found[f"{TREATED}:{state.receiver}:{month}:{state.lines[fate.line].code}:{fate.method}"] += fate.mass_g
    return found

"""The manifest as readers want it: its state, the entries that made it, what was flagged. Folded from entries alone, one after another.

The same functions run as in the log, without facts: what only other chains know (the listing of a decision line, the last days of the
decision and its lists) is not here. The audit of a live database folds them too, and compares every row of the projection.
"""

from contextlib import suppress
from functools import cached_property, lru_cache
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.auditing.disk_map import DiskMap
from ledger.auditing.report import Finding
from ledger.evidence.named import files_in, signers_of
from ledger.fields import normal
from ledger.model import Level
from ledger.times import parse_at, to_datetime
from manifests.act import Ends
from manifests.acts import ACTS_BY_KIND
from manifests.correction import Correction, followed
from manifests.deadlines import clock_rows
from manifests.labels import read_labels
from manifests.model import ManifestState, Stage, standing, trunk_of


class Record(Struct, frozen=True, gc=False, kw_only=True):
    """One entry about the manifest, on its trunk or in a case."""

    kind: str
    chain: str
    seq: int
    index: int
    hash: str
    by: tuple[str, ...]
    at: str
    admitted_at: str
    tags: tuple[tuple[str | int, ...], ...] = ()
    """As in the admission: ``(code,)`` or ``(code, integer)``; a union of the two is more than a decoder can tell apart."""


class Flag(Struct, frozen=True, gc=False, omit_defaults=True):
    """An alert, and the entry that raised it."""

    level: Level
    code: str
    index: int
    ended: int | None = None
    """The entry of the case that settled it."""


class NamedFile(Struct, frozen=True, gc=False):
    """An attachment, as the first entry about the manifest that names it says; whether it is in the store is not in the log."""

    sha256: str
    size: int
    media_type: str
    name: str
    index: int
    signers: tuple[str, ...] = ()
    """Who signed the entries that name it, and for whom: what one of them has brought is the file, what another has is none of theirs."""
    handed_in: int | None = None
    """The report with which who owed it handed in another."""


class ManifestView(Struct, frozen=True, kw_only=True, dict=True):
    """A manifest with its history, as of entry ``updated_idx``."""

    chain: str
    state: ManifestState
    records: tuple[Record, ...]
    flags: tuple[Flag, ...] = ()
    corrections: tuple[Correction, ...] = ()
    """更正, in the order in which they were proposed; ``state`` has those in force."""
    issued_s: int
    """Admission of the issue, Unix seconds: the order in which manifests are listed."""
    updated_idx: int
    files: tuple[NamedFile, ...] = ()
    """Attachments that its acts and cases name, each hash once."""
    marks: tuple[str, ...] = ()
    """Terms of what only its acts tell: batches of the labels that it loaded (manifests.labels), numbers of its weighing tickets."""

    @property
    def ulid(self) -> str:
        """The manifest's own identity within its generator."""
        return self.chain.rpartition("/")[2]

    @property
    def carriers(self) -> tuple[str, ...]:
        """Everybody who is named to carry or carried."""
        return tuple(dict.fromkeys([*self.state.carriers, *[leg.carrier for leg in self.state.legs]]))

    @property
    def codes(self) -> tuple[str, ...]:
        """Waste codes on the manifest."""
        return tuple(dict.fromkeys([line.code for line in self.state.lines]))

    @property
    def plates(self) -> tuple[str, ...]:
        """Plates of vehicles and trailers that carried it, in normal form."""
        worn = [plate for leg in self.state.legs for plate in (leg.vehicle.plate, leg.vehicle.trailer) if plate]
        return tuple(dict.fromkeys(map(normal, worn)))

    @cached_property
    def way(self) -> "Way":
        """Who and where, which an act seldom changes."""
        state = self.state
        return _way(state.generator, state.receiver, self.carriers, state.origin.division, state.destination.division, self.codes)

    @property
    def parties(self) -> tuple[str, ...]:
        """Everybody who is named in it: generator, receiver, carriers; the consignor is one of the first two."""
        return self.way.parties

    @property
    def places(self) -> tuple[str, ...]:
        """Divisions that it touches: where it leaves from and leads to, and where its parties are registered."""
        return self.way.places

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that one of its places lies in: prefixes of 2, 4 and 6 digits, sorted."""
        return self.way.regions

    @cached_property
    def terms(self) -> tuple[str, ...]:
        """Everything that it is looked for by (manifests.search), sorted."""
        state = self.state
        own = [f"plate:{plate}" for plate in self.plates]
        names = {"number": state.number, "provincial_number": state.provincial_number, "trip_id": state.trip_id}
        own += [f"{name}:{value}" for name, value in names.items() if value]
        own += {f"waybill_no:{normal(leg.waybill_no)}" for leg in state.legs if leg.waybill_no}
        own += {f"alert:{flag.code}" for flag in self.flags if flag.ended is None}
        own += {f"tag:{tag[0]}" for record in self.records for tag in record.tags}
        own += [f"{how}:{chain.removeprefix('manifest/')}" for how, chain in state.sources]
        ends = ((state.generator, state.origin), (state.receiver, state.destination))
        own += [f"site:{party}/{place.site}" for party, place in ends if place.site is not None]
        own += self.marks
        own += [f"plan:{state.plan.chain.removeprefix('plan/')}"] if state.plan is not None and state.plan.chain else []
        own += [f"emergency:{state.emergency.chain.removeprefix('emergency/')}"] if state.emergency is not None else []
        own += [f"approval:{state.approval}"] if state.approval else []
        own += ["held"] if any(hold.released_s is None for hold in state.holds) else []
        own += ["contested"] if any(contest.released_s is None for contest in state.contests) else []
        own += ["incident"] if any(note.closed is None for note in state.incidents) else []
        common = _terms_at(self.way, self.state.stage)
        return tuple(sorted([*common, *own])) if own else common

    @cached_property
    def clocks(self) -> tuple[str, ...]:
        """Terms that run on it, as rows of the index by which what is due is found (manifests.deadlines)."""
        return clock_rows(self)


class Way(Struct, frozen=True, gc=False, eq=False):
    """What many manifests have in common, and one has from act to act: who moves which waste from where to where."""

    parties: tuple[str, ...]
    places: tuple[str, ...]
    regions: tuple[str, ...]
    carriers: tuple[str, ...]
    codes: tuple[str, ...]
    terms: tuple[str, ...]
    """Those that hang on neither the stage nor the load itself."""


@lru_cache(4096)
def _way(generator: str, receiver: str, carriers: tuple[str, ...], origin: str, destination: str, codes: tuple[str, ...]) -> Way:
    """Kept for a moment: the next act of a load asks for the same, and so does the next load on its way."""
    parties = tuple(dict.fromkeys((generator, receiver, *carriers)))
    places = tuple(dict.fromkeys((origin, destination, *(party[2:8] for party in parties))))
    regions = tuple(sorted({place[:digits] for place in places for digits in (2, 4, 6)}))
    here, there = origin[:2], destination[:2]
    terms = ["any", f"generator:{generator}", f"receiver:{receiver}", f"from:{here}", f"to:{there}", f"way:{here}-{there}"]
    for name, values in {"carrier": carriers, "code": codes, "region": regions, "party": parties}.items():
        terms += [f"{name}:{value}" for value in values]
    return Way(parties, places, regions, carriers, codes, tuple(terms))


@lru_cache(8192)
def _terms_at(way: Way, stage: Stage) -> tuple[str, ...]:
    """What a manifest on some way is looked for by at a stage, sorted."""
    return tuple(sorted([*way.terms, f"stage:{stage.value}", *[f"party:{party} {standing(stage)}" for party in way.parties]]))


DECODE = msgspec.msgpack.Decoder(ManifestView).decode


def columns(view: ManifestView) -> dict[str, Any]:
    """The row of a view in ``manifest_view``: what is searched by, and the view itself."""
    state, way = view.state, view.way
    return {
        "chain": view.chain,
        "generator": state.generator,
        "ulid": view.ulid,
        "number": state.number,
        "stage": state.stage.value,
        "from_province": state.origin.division[:2],
        "to_province": state.destination.division[:2],
        "receiver": state.receiver,
        "carriers": list(way.carriers),
        "regions": list(way.regions),
        "codes": list(way.codes),
        "terms": list(view.terms),
        "issued_at": to_datetime(view.issued_s),
        "updated_idx": view.updated_idx,
        "clocks": list(view.clocks),
        "view": msgspec.msgpack.encode(view),
    }


def concerns(entry: Entry) -> str | None:
    """Chain of the manifest that an entry on its trunk or on one of its cases is about, or ``None``."""
    statement = entry.statement
    if statement.chain_type == "manifest":
        return statement.chain
    return trunk_of(statement.chain) if statement.chain_type == "case" else None


def fold(view: ManifestView | None, entry: Entry) -> ManifestView:
    """The view after an entry that concerns its manifest; ``None`` before the issue. Entries come in the order of the log."""
    statement, admission = entry.statement, entry.admission
    flags = tuple(Flag(level, code, entry.index) for level, code in admission.decision.alerts)
    record = Record(
        kind=statement.kind, chain=statement.chain, seq=statement.seq, index=entry.index, hash=statement.hash, by=statement.by,
        at=statement.at, admitted_at=admission.at, tags=admission.decision.tags,
    )  # fmt: skip
    # An act without a value in ACTS is an error said aloud here: no default may pretend that nothing happened.
    act = ACTS_BY_KIND[statement.kind]
    state = act.follow(None if view is None else view.state, statement, admission)
    files = _with_files((), (), entry) if view is None else _with_files(view.files, view.records, entry)
    if view is None:
        issued_s = parse_at(admission.at)
        return ManifestView(
            chain=statement.chain, state=state, records=(record,), flags=flags, issued_s=issued_s, updated_idx=entry.index, files=files
        )
    if statement.chain_type == "case":
        corrections, state = followed(view.corrections, state, entry)
        view = replace(view, corrections=corrections)
    raised = view.flags if act.ends is None or not view.flags else _settled(view, act.ends, entry)
    marks = tuple(dict.fromkeys((*view.marks, *marks_of(statement.body)))) if statement.chain_type == "manifest" else view.marks
    return replace(
        view, state=state, records=(*view.records, record), flags=(*raised, *flags), updated_idx=entry.index, files=files, marks=marks
    )


def marks_of(body: Any) -> tuple[str, ...]:
    """Terms by which an act is found that another contradicts: of a departure its labels' batches, of weighings the numbers of the tickets."""
    gate, weighing = getattr(body, "gate", None), getattr(body, "weighing", body)
    batches = (f"batch:{label.batch}" for label in read_labels(getattr(gate, "labels", ())))
    tickets = (f"ticket:{normal(ticket.no)}" for ticket in getattr(weighing, "tickets", ()) if ticket.no is not None)
    return tuple(dict.fromkeys((*batches, *tickets)))


def named_in_entry(view: ManifestView, entry: Entry, state: ManifestState, *, ends: str = "") -> ManifestView:
    """The view after an entry of another chain that names the manifest: what it changes, and that it stands in the history; ``ends`` is the
    code of alerts that it settles."""
    flags = tuple([replace(flag, ended=entry.index) if flag.code == ends and flag.ended is None else flag for flag in view.flags])
    return replace(view, state=replace(state, beside=(*state.beside, entry.index)), flags=flags, updated_idx=entry.index)


def _with_files(files: tuple[NamedFile, ...], records: tuple[Record, ...], entry: Entry) -> tuple[NamedFile, ...]:
    if not (named := files_in(entry.statement.body)):
        return files
    if getattr(entry.statement.body, "about", "") == "attachment":  # case.report: instead of what these signers owed
        owed = {record.index for record in records if not set(record.by).isdisjoint(entry.statement.by)}
        files = tuple(replace(file, handed_in=entry.index) if file.index in owed else file for file in files)
    known, signers, again = {file.sha256 for file in files}, signers_of(entry.statement), {one.sha256 for one in named}
    files = tuple([replace(file, signers=tuple(sorted({*file.signers, *signers}))) if file.sha256 in again else file for file in files])
    fresh = [NamedFile(one.sha256, one.size, one.media_type, one.name, entry.index, signers) for one in named if one.sha256 not in known]
    return (*files, *fresh)


def _settled(view: ManifestView, ends: Ends, entry: Entry) -> tuple[Flag, ...]:
    """The alerts of a view after a case that settles some."""
    chains = {record.index: record.chain for record in view.records}
    return tuple(
        replace(flag, ended=entry.index) if flag.ended is None and ends(entry.statement, flag.code, chains[flag.index]) else flag
        for flag in view.flags
    )


class ViewFold:
    """Views of all manifests, folded while the audit reads; most of them wait in a file."""

    def __init__(self) -> None:
        self.views = DiskMap(None, msgspec.msgpack.Encoder().encode, lambda _, raw: DECODE(raw), hot=4_000)

    def watch(self, entry: Entry) -> None:
        """Give this to the audit; entries of other chains that name a manifest are noted by who knows them (manifests.feed_audit)."""
        chain = concerns(entry)
        if chain is None:
            return
        # What a fold may raise over entries that should not be in the log; the audit has named them.
        with suppress(LookupError, ValueError, TypeError, AttributeError, AssertionError):
            self.views.put(chain, fold(self.views.get(chain), entry))

    def compare(self, row: dict[str, Any]) -> list[Finding]:
        """Findings VIEW_DIFFERS of one row of ``manifest_view``: the view and every column made from it."""
        expected: ManifestView | None = self.views.get(row["chain"])
        if expected is None:
            return [_differs(row["chain"], "view", "a row", "no such manifest")]
        return [_differs(expected.chain, name, row[name], value) for name, value in columns(expected).items() if row[name] != value]

    def close(self) -> None:
        """Forget everything."""
        self.views.close()


def missing(chain: str) -> Finding:
    """A manifest of the log that has no row."""
    return _differs(chain, "view", "no row", "a row")


def position(found: int, expected: str, chain: str = "") -> Finding:
    """A projection that does not stand where its rows and the log say."""
    return Finding(code="VIEW_DIFFERS", chain=chain, field="projection_position.idx", found=str(found), expected=expected)


def wrong_terms(chain: str, table: str = "manifest_term", expected: str = "the terms of its view") -> Finding:
    """A manifest that is found by other terms or clocks than it has."""
    return Finding(code="VIEW_DIFFERS", chain=chain, field=table, found="other rows", expected=expected)


def _differs(chain: str, column: str, found: object, expected: object) -> Finding:
    return Finding(code="VIEW_DIFFERS", chain=chain, field=f"manifest_view.{column}", found=str(found)[:300], expected=str(expected)[:300])

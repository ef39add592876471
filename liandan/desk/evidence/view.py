"""What the page of evidence lists: a party's newest entries, its manifests with their papers, what was refused. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.kinds.refusal_pages import RefusalItem
from ledger.problem import Language
from ledger.times import parse_at
from liandan.wiring import RULES
from manifests.model import ManifestState
from signing import b64

PAPERS_MAX = 10


class EvidenceEntry(Struct, frozen=True):
    """An entry of the party."""

    index: int
    title: str
    chain: str
    manifest: str  # ``<generator>/<ULID>`` where it is about one, else empty.
    at_s: int
    is_own: bool  # Signed by the party itself.
    number: str = ""  # National number of the manifest, where it has one.


class EvidencePapers(Struct, frozen=True):
    """A manifest whose papers can be had."""

    manifest: str
    title: str
    at_s: int
    number: str = ""
    is_received: bool = False  # Then there is a certificate.
    is_void: bool = False  # Then there is no in-transit extract.


class EvidenceRefusal(Struct, frozen=True):
    """A refusal with the operator's signed receipt."""

    title: str
    at_s: int
    reasons: tuple[str, ...]
    codes: tuple[str, ...]
    statement: str
    receipt: str  # Frozen DSSE envelope, base64.
    name: str  # Of the file, as the client keeps it.


def entries_shown(entries: Sequence[Entry], kinds: Kinds, lang: Language, uscc: str) -> tuple[EvidenceEntry, ...]:
    """Entries as they are listed."""
    return tuple(
        EvidenceEntry(
            entry.index, _title(entry.statement.kind, kinds, lang), entry.statement.chain, manifest_of(entry.statement.chain),
            entry.statement.at_s, uscc in entry.statement.by,
        )
        for entry in entries
    )  # fmt: skip


def papers_shown(entries: Sequence[EvidenceEntry]) -> tuple[EvidencePapers, ...]:
    """Manifests of these entries, the one that moved last first."""
    found: dict[str, EvidencePapers] = {}
    for entry in entries:
        if entry.manifest and entry.manifest not in found:
            found[entry.manifest] = EvidencePapers(entry.manifest, entry.title, entry.at_s)
    return tuple(found.values())[:PAPERS_MAX]


def with_states(papers: Sequence[EvidencePapers], states: Mapping[str, ManifestState]) -> tuple[EvidencePapers, ...]:
    """Which papers there are, by the states of the trunks; ``states`` by ``<generator>/<ULID>``."""
    found = [(paper, states.get(paper.manifest)) for paper in papers]
    return tuple(
        paper
        if state is None
        else replace(
            paper, number=state.number or "", is_received=state.times.received_s is not None, is_void=state.times.voided_s is not None
        )
        for paper, state in found
    )


def with_numbers(entries: Sequence[EvidenceEntry], states: Mapping[str, ManifestState]) -> tuple[EvidenceEntry, ...]:
    """Entries with the numbers of their manifests; ``states`` by ``<generator>/<ULID>``."""
    return tuple(replace(one, number=states[one.manifest].number or "") if one.manifest in states else one for one in entries)


def refusals_shown(refusals: Sequence[tuple[int, RefusalItem, bytes]], kinds: Kinds, lang: Language) -> tuple[EvidenceRefusal, ...]:
    """Refusals with why, in words."""
    return tuple(
        EvidenceRefusal(
            _title(item.kind, kinds, lang), parse_at(item.at), tuple(_reason(code, lang) for code in item.codes), item.codes, item.statement,
            b64.encode(raw), f"{item.statement}.{'+'.join(item.codes)[:80]}.refusal",
        )
        for _, item, raw in refusals
    )  # fmt: skip


def manifest_of(chain: str) -> str:
    """``<generator>/<ULID>`` of a chain about a manifest."""
    sort, *rest = chain.split("/")
    return "/".join(rest[:2]) if sort in ("manifest", "case") else ""


def _title(kind: str, kinds: Kinds, lang: Language) -> str:
    known = kinds.by_name.get(kind)
    return kind if known is None else known.zh if lang == "zh" else known.en


def _reason(code: str, lang: Language) -> str:
    rule = RULES.get(code)
    return code if rule is None else rule.zh if lang == "zh" else rule.en

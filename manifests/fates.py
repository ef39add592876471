"""What is told of where grams ended and where they came from: :mod:`manifests.tracing` over the views that hang together, as wire Structs."""

from __future__ import annotations

from msgspec import Struct, field

from ledger.answers import ChangedParty
from ledger.mass import format_mass
from ledger.problem import Language
from manifests.tracing import ENDS, GramFlow, Graph, Node
from manifests.view import ManifestView

_PROOFS = {
    "treated": ("manifest.dispose/1",),
    "under_way": ("manifest.issue/1", "manifest.depart/1"),
    "void": ("manifest.void/1",),
    "gap": ("case.close_with_gap/1",),
}
"""Which acts say what became of grams; of whatever is not here the receipt. Corrections of masses stand beside them."""


class ProofAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An entry that says so: its index, the hash of its statement, when it was claimed."""

    index: int
    hash: str
    kind: str
    at: str


class EndAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """What became of grams: ``how`` (treated, stock, waiting, home, under_way, difference, gap, void), by which method, on which manifest."""

    how: str
    how_text: str
    method: str | None
    mass_t: str
    manifest: str
    """``<generator>/<ULID>`` of the manifest on which they came to that."""
    line: int
    generator: str
    receiver: str
    stage: str
    proofs: tuple[ProofAnswer, ...]


class LineFates(Struct, frozen=True, gc=False, kw_only=True):
    """A line and all that became of it; the masses sum up to ``total_t``, what was declared, or weighed if that was more."""

    line: int
    name: str
    code: str
    declared_t: str
    total_t: str
    ends: tuple[EndAnswer, ...]


class ManifestFates(Struct, frozen=True, gc=False, kw_only=True):
    """Where the grams of a manifest ended, as of ``size`` entries (利用处置结果)."""

    size: int
    id: str
    lines: tuple[LineFates, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


class OriginAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """Grams that a first generator declared on a line of its own manifest."""

    manifest: str
    line: int
    generator: str
    mass_t: str


class LineOrigins(Struct, frozen=True, gc=False, kw_only=True):
    """A line and what it is made of; the masses sum up to ``total_t``."""

    line: int
    name: str
    code: str
    declared_t: str
    total_t: str
    origins: tuple[OriginAnswer, ...]


class ManifestOrigins(Struct, frozen=True, gc=False, kw_only=True):
    """Where the grams of a manifest first came from, as of ``size`` entries."""

    size: int
    id: str
    lines: tuple[LineOrigins, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def origins_of(views: dict[str, ManifestView], chain: str) -> tuple[LineOrigins, ...]:
    """By line of a manifest; ``views`` are it, all from which its grams came, and whatever else went on from each of these."""
    graph, lines = Graph({name: view.state for name, view in views.items()}), list[LineOrigins]()
    for number, line in enumerate(views[chain].state.lines):
        found = sorted(graph.origins((chain, number)).items())
        origins = tuple(
            OriginAnswer(manifest=id_of(name), line=at, generator=name.split("/")[1], mass_t=format_mass(mass_g))
            for (name, at), mass_g in found
        )
        total_t, declared_t = format_mass(sum(mass_g for _, mass_g in found)), format_mass(line.declared_g)
        lines.append(LineOrigins(line=number, name=line.name, code=line.code, declared_t=declared_t, total_t=total_t, origins=origins))
    return tuple(lines)


def fates_of(views: dict[str, ManifestView], chain: str, language: Language) -> tuple[LineFates, ...]:
    """By line of a manifest; ``views`` are it and all that carries its grams on."""
    graph = Graph({name: view.state for name, view in views.items()}, first=(chain,))
    flows: dict[Node, list[GramFlow]] = {node: [] for node in graph.nodes(chain)}
    for node in graph.reached(chain):
        for flow in graph.flows(node):
            if flow.origin in flows:
                flows[flow.origin].append(flow)
    return tuple(
        LineFates(
            line=number,
            name=line.name,
            code=line.code,
            declared_t=format_mass(line.declared_g),
            total_t=format_mass(sum(flow.mass_g for flow in flows[chain, number])),
            ends=tuple(_end(flow, views[flow.node[0]], language) for flow in flows[chain, number]),
        )
        for number, line in enumerate(views[chain].state.lines)
    )


def _end(flow: GramFlow, view: ManifestView, language: Language) -> EndAnswer:
    kinds = _PROOFS.get(flow.end.how, ("manifest.receive/1",))
    # Where a mass was corrected, the act alone says another one: the entry that brought the correction into force belongs to the proof.
    corrected = {
        one.ended_index for one in view.corrections if one.ended == "in_force" and any(path.endswith("_t") for path, _, _ in one.changes)
    }
    return EndAnswer(
        how=flow.end.how,
        how_text=ENDS[flow.end.how] if language == "zh" else flow.end.how.replace("_", " "),
        method=flow.end.method or None,
        mass_t=format_mass(flow.mass_g),
        manifest=id_of(view.chain),
        line=flow.node[1],
        generator=view.state.generator,
        receiver=view.state.receiver,
        stage=view.state.stage.value,
        proofs=tuple(
            ProofAnswer(index=record.index, hash=record.hash, kind=record.kind, at=record.at)
            for record in view.records
            if record.kind in kinds or record.index in corrected
        ),
    )


def id_of(chain: str) -> str:
    """``<generator>/<ULID>``."""
    return chain.removeprefix("manifest/")

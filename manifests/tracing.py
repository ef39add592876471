"""Where grams came from and where they ended, through any chain of lots, returns and redirects: whole, in integer grams (利用处置结果).

A line of a manifest is a node. Its grams come in by *sources*: each lot, the refused line that a return carries, and what is the generator's
own. They come to *ends*: treated by a method, in stock, waiting at the gate that refused them, home, on the way, the difference between two
scales; or they go on, each lot and each return being an end here and a source there. What was poured together cannot be told apart, so every
source has its share of every end, in proportion; :func:`shared` makes whole grams of it whose rows and columns sum up exactly. A source that
is itself composed is divided among what it is composed of by the same rule, from the first generators on. So the answer is the same whoever
asks, each gram is told once, and nothing is rounded away. Source: kinds §5, §6; Order 23 Art. 10(5), 12(4) [READ]; shares [DESIGN].
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from manifests.model import LineState, ManifestState
from manifests.returned import has_left, stands
from signing.refusal import texts

Node = tuple[str, int]
"""Chain of a manifest and a line of it."""


class End(Struct, frozen=True, gc=False, kw_only=True):
    """What became of grams of a node: ``how``, by which method, or to which source of which node they went on."""

    how: str
    method: str = ""
    to: Node | None = None
    source: int = -1
    """Of what went on: its place among the sources of that node."""


ENDS: Mapping[str, str] = {
    "treated": "已利用处置", "stock": "接受人库存", "waiting": "被拒收，尚未退回", "home": "已退回移出人", "under_way": "尚未接受",
    "difference": "称重差异", "gap": "去向不明（带缺口办结）", "void": "没有转移", "onward": "转入另一联单",
}  # fmt: skip
"""``how`` in words: what can become of grams."""


class Inflow(Struct, frozen=True, gc=False):
    """Where grams of a node come from: another node, or its own generator (``None``); grams by the node's ends."""

    node: Node | None
    grams: tuple[int, ...]


class GramShare(Struct, frozen=True, gc=False):
    """Grams in a node that come from ``origin``, by the node's ends; ``parts`` are the shares of what they are composed of, where known."""

    origin: Node
    grams: tuple[int, ...]
    parts: tuple[GramShare, ...] = ()

    def leaves(self) -> Iterator[GramShare]:
        """The shares that are composed of nothing else."""
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


class GramFlow(Struct, frozen=True, gc=False, kw_only=True):
    """Grams of ``origin`` that came to an end of a node."""

    origin: Node
    node: Node
    end: End
    mass_g: int


class Graph:
    """Manifests that are known, and what went on from each to others that are known.

    Of every manifest that is asked for, all that carries its grams on must be there, else these count as its stock.
    """

    def __init__(self, states: Mapping[str, ManifestState], first: Iterable[str] = ()) -> None:
        """``states`` by chain; ``first`` are manifests that count as where grams begin, whatever they are composed of."""
        self.states, self._first = states, frozenset(first)
        self._onward = defaultdict[Node, list[tuple[Node, int, int]]](list)
        self._ends: dict[Node, tuple[tuple[End, int], ...]] = {}
        self._inflows: dict[Node, tuple[Inflow, ...]] = {}
        self._shares: dict[Node, tuple[GramShare, ...]] = {}
        for chain in sorted(states):
            if goes_on(states[chain]):
                for number, line in enumerate(states[chain].lines):
                    for place, (node, mass_g) in enumerate(sources_of(states[chain], number, line)):
                        if node is not None:
                            self._onward[node].append(((chain, number), place, mass_g))

    def nodes(self, chain: str) -> tuple[Node, ...]:
        """The lines of a manifest."""
        return tuple((chain, number) for number in range(len(self.states[chain].lines)))

    def reached(self, chain: str) -> tuple[Node, ...]:
        """The lines of a manifest and all to which grams of theirs went on, in the order in which they are reached."""
        found = dict.fromkeys(self.nodes(chain))
        waiting = list(found)
        while waiting:
            fresh = [to for node in waiting for to, _, _ in self._onward[node] if to not in found]
            waiting = list(dict.fromkeys(fresh))
            found |= dict.fromkeys(waiting)
        return tuple(found)

    def ends(self, node: Node) -> tuple[tuple[End, int], ...]:
        """What became of a node's grams, each above 0."""
        if node not in self._ends:
            self._ends[node] = tuple([(end, mass_g) for end, mass_g in self._find_ends(node) if mass_g > 0])
        return self._ends[node]

    def _find_ends(self, node: Node) -> Iterator[tuple[End, int]]:
        state = self.states[node[0]]
        line = state.lines[node[1]]
        came_g = sum(mass_g for _, mass_g in sources_of(state, node[1], line))
        if not stands(state):
            yield End(how="void"), came_g
            return
        if line.accepted_g is None or line.refused_g is None:
            yield End(how="under_way" if state.gap is None else "gap"), came_g
            return
        gone_g = {True: 0, False: 0}
        for to, place, mass_g in self._onward[node]:
            gone_g[self.states[to[0]].returns is not None] += mass_g
            yield End(how="onward", to=to, source=place), mass_g
        for method, mass_g in treated_here(line):
            yield End(how="treated", method=method), mass_g
        kept = "home" if state.route == "RETURN" else "stock"
        yield End(how=kept if state.gap is None else "gap"), line.accepted_g - line.treated_g - gone_g[False]
        yield End(how="waiting" if state.gap is None else "gap"), line.refused_g - gone_g[True]
        yield End(how="difference"), came_g - line.accepted_g - line.refused_g

    def inflows(self, node: Node) -> tuple[Inflow, ...]:
        """Where a node's grams come from, each with its share of every end. What was weighed beyond all that came is its generator's."""
        if node not in self._inflows:
            state, ends = self.states[node[0]], [mass_g for _, mass_g in self.ends(node)]
            came = [*sources_of(state, node[1], state.lines[node[1]])]
            came.append((None, max(0, sum(ends) - sum(mass_g for _, mass_g in came))))
            rows = shared([mass_g for _, mass_g in came], ends)
            self._inflows[node] = tuple([Inflow(source, row) for (source, _), row in zip(came, rows, strict=True)])
        return self._inflows[node]

    def shares(self, node: Node) -> tuple[GramShare, ...]:
        """A node's grams by what they come from, divided as far as the graph reaches."""
        if node not in self._shares:
            self._shares[node] = tuple([self._share(node, place, inflow) for place, inflow in enumerate(self.inflows(node))])
        return self._shares[node]

    def _share(self, node: Node, place: int, inflow: Inflow) -> GramShare:
        source = inflow.node
        if node[0] in self._first or source is None:
            return GramShare(node, inflow.grams)
        ends = self.ends(source) if source[0] in self.states else ()
        column = next((at for at, (end, _) in enumerate(ends) if (end.to, end.source) == (node, place)), None)
        if column is None or source[0] in self._first:  # not known, or it has not left there
            return GramShare(source, inflow.grams)
        return GramShare(source, inflow.grams, divided(self.shares(source), column, inflow.grams))

    def flows(self, node: Node) -> Iterator[GramFlow]:
        """Grams of the first lines that came to an end of this node and went no further."""
        ends = self.ends(node)
        sums: dict[tuple[Node, End], int] = defaultdict(int)
        for share in self.shares(node):
            for leaf in share.leaves():
                for (end, _), mass_g in zip(ends, leaf.grams, strict=True):
                    if mass_g and end.how != "onward":
                        sums[leaf.origin, end] += mass_g
        for (origin, end), mass_g in sums.items():
            yield GramFlow(origin=origin, node=node, end=end, mass_g=mass_g)

    def origins(self, node: Node) -> dict[Node, int]:
        """The lines that a node's grams were first declared on, and how many came from each."""
        found: dict[Node, int] = defaultdict(int)
        for share in self.shares(node):
            for leaf in share.leaves():
                if mass_g := sum(leaf.grams):
                    found[leaf.origin] += mass_g
        return dict(found)


def goes_on(state: ManifestState) -> bool:
    """Whether a manifest carries grams of others on: it holds them, and refused ones have left the gate."""
    return stands(state) and (state.returns is None or has_left(state))


def sources_of(state: ManifestState, number: int, line: LineState) -> Iterator[tuple[Node | None, int]]:
    """Where the declared grams of a line come from: the refused line that it returns, or its lots and what is the generator's own."""
    if state.returns is not None:
        yield (state.returns.manifest, state.returns.lines[number]), line.declared_g
        return
    for lot in line.lots:
        yield (lot.manifest, lot.line), lot.mass_g
    yield None, max(0, line.declared_g - sum(lot.mass_g for lot in line.lots))


def treated_here(line: LineState) -> Iterator[tuple[str, int]]:
    """Method and grams that were used or disposed of at this receiver's, not sent on."""
    sent: dict[str, int] = defaultdict(int)
    for one in line.onward:
        sent[one.method] += one.mass_g
    for fate in line.fates:
        yield fate.method, fate.mass_g - sent[fate.method]


def divided(shares: Sequence[GramShare], column: int, grams: Sequence[int]) -> tuple[GramShare, ...]:
    """Grams that went on by one end of a node, given by the ends where they came to, among the shares that the node is composed of."""
    if not shares:
        return ()
    rows = shared([share.grams[column] for share in shares], grams)
    return tuple([GramShare(share.origin, row, divided(share.parts, column, row)) for share, row in zip(shares, rows, strict=True)])


def shared(rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, ...]]:
    """Whole grams by row and column, in proportion: each row sums up to its own figure, each column to its own. Both sums are the same.

    Row by row by largest remainders of what the columns have left; of equal remainders the first. No cell is below 0.
    """
    assert sum(rows) == sum(columns), "what comes in goes out"
    left, found = list(columns), list[tuple[int, ...]]()
    for row in rows:
        total = sum(left) or 1
        parts = [divmod(row * mass_g, total) for mass_g in left]
        cells = [part for part, _ in parts]
        for place in sorted(range(len(left)), key=lambda at: -parts[at][1])[: row - sum(cells)]:
            cells[place] += 1
        left = [mass_g - cell for mass_g, cell in zip(left, cells, strict=True)]
        found.append(tuple(cells))
    return found


TEXTS = texts("""
TRACE_LARGE | - | operator | [DESIGN]
来源和去向涉及的联单过多（2000 份以上，或经手 64 次以上），服务器不在线汇总。 || 从其中一份转出联单查起；全部去向请导出账本后汇总。
The grams hang together with too many manifests (more than 2,000, or 64 steps) to be told at once. || Ask about one of the onward manifests; for all of it work on an export.
""")

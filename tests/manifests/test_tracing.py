"""Where grams came from and where they ended: proportions in whole grams, through chains of lots and returns, whatever their shape."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from manifests.model import Fate, LineState, LotPart, ManifestState, ReturnLink, SentOn, Stage, Times
from manifests.tracing import Graph, shared
from tests.manifests.bodies import a_state

DAY = 86_400


def chain(name: str, owner: str = "G") -> str:
    """A chain of a made-up owner: what is traced reads no names."""
    return f"manifest/{owner}/{name}"


def a_line(declared_g: int, **changes: Any) -> LineState:
    """A line of so many grams."""
    return replace(a_state().lines[0], declared_g=declared_g, **changes)


def a_load(*lines: LineState, stage: Stage = Stage.ACCEPTED, **changes: Any) -> ManifestState:
    """A manifest whose receipt is in."""
    times = Times(issued_s=0, departed_s=1, accepted_s=2, received_s=2, latest_s=2)
    return a_state(lines=lines, stage=stage, times=times, **changes)


def told(states: dict[str, ManifestState], name: str) -> dict[tuple[str, str, str], int]:
    """What became of a manifest's grams: (manifest, how, method) → grams."""
    graph = Graph(states, first=(name,))
    found: Counter[tuple[str, str, str]] = Counter()
    for node in graph.reached(name):
        for flow in graph.flows(node):
            if flow.origin[0] == name:
                found[flow.node[0].rpartition("/")[2], flow.end.how, flow.end.method] += flow.mass_g
    return dict(found)


@given(st.lists(st.integers(0, 10**11), min_size=1, max_size=8), st.lists(st.integers(0, 10**6), min_size=1, max_size=8))
def test_shares_are_whole_and_sum_up_both_ways(rows: list[int], weights: list[int]) -> None:
    total = sum(rows)
    columns = shared([total], [*weights, max(0, total - sum(weights))])[0] if sum(weights) <= total else (total,)
    cells = shared(rows, columns)
    assert [sum(row) for row in cells] == rows
    assert [sum(column) for column in zip(*cells, strict=True)] == list(columns)
    assert all(cell >= 0 for row in cells for cell in row)


def test_shares_are_in_proportion() -> None:
    assert shared([6, 4], [5, 5]) == [(3, 3), (2, 2)]
    assert shared([1, 1, 1], [2, 1]) == [(1, 0), (1, 0), (0, 1)]


def test_a_load_that_was_treated_where_it_went() -> None:
    line = a_line(5_600, accepted_g=5_580, refused_g=0, fates=(Fate("D10", 80), Fate("R4", 5_000)))
    assert told({chain("a"): a_load(line)}, chain("a")) == {
        ("a", "treated", "D10"): 80, ("a", "treated", "R4"): 5_000, ("a", "stock", ""): 500, ("a", "difference", ""): 20,
    }  # fmt: skip


def test_three_generators_and_one_furnace() -> None:
    """1, 2 and 3 t go on together; 0.6 t of slag, the rest is lead: each has its tenth of slag."""
    states = {
        chain(name): a_load(
            a_line(mass_g, accepted_g=mass_g, refused_g=0, fates=(Fate("S", mass_g),), onward=(SentOn(chain("x"), "S", mass_g),))
        )
        for name, mass_g in (("a", 1_000_000), ("b", 2_000_000), ("c", 3_000_000))
    }
    lots = tuple(LotPart(chain(name), 0, mass_g) for name, mass_g in (("a", 1_000_000), ("b", 2_000_000), ("c", 3_000_000)))
    line = a_line(6_000_000, lots=lots, accepted_g=6_000_000, refused_g=0, fates=(Fate("D1", 600_000), Fate("R4", 5_400_000)))
    states[chain("x")] = a_load(line)
    assert told(states, chain("b")) == {("x", "treated", "D1"): 200_000, ("x", "treated", "R4"): 1_800_000}
    assert Graph(states).origins((chain("x"), 0)) == {
        (chain(name), 0): mass_g for name, mass_g in zip("abc", (10**6, 2 * 10**6, 3 * 10**6), strict=True)
    }


def test_refused_grams_are_followed_home_and_elsewhere() -> None:
    refused = a_line(1_000, accepted_g=400, refused_g=600, fates=(Fate("R4", 400),))
    home = ReturnLink(manifest=chain("a"), how="back", lines=(0,))
    states = {
        chain("a"): a_load(refused, stage=Stage.PARTLY_ACCEPTED),
        chain("h"): a_load(a_line(250, accepted_g=250, refused_g=0), route="RETURN", stage=Stage.DISPOSED, returns=home),
        chain("r"): a_load(a_line(300, accepted_g=300, refused_g=0, fates=(Fate("D10", 300),)), returns=replace(home, how="redirect")),
    }
    assert told(states, chain("a")) == {
        ("a", "treated", "R4"): 400, ("h", "home", ""): 250, ("r", "treated", "D10"): 300, ("a", "waiting", ""): 50,
    }  # fmt: skip


def test_a_void_and_a_return_that_has_not_left_carry_nothing_on() -> None:
    line = a_line(1_000, accepted_g=1_000, refused_g=0)
    lots = (LotPart(chain("a"), 0, 1_000),)
    states = {chain("a"): a_load(line), chain("x"): replace(a_load(a_line(1_000, lots=lots)), stage=Stage.VOIDED)}
    assert told(states, chain("a")) == {("a", "stock", ""): 1_000}
    waiting = replace(a_load(a_line(5)), stage=Stage.ISSUED, times=Times(issued_s=0, latest_s=0))
    back = replace(waiting, returns=ReturnLink(manifest=chain("r"), how="back", lines=(0,)))
    states = {chain("r"): a_load(a_line(5, accepted_g=0, refused_g=5), stage=Stage.REJECTED), chain("h"): back}
    assert told(states, chain("r")) == {("r", "waiting", ""): 5}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, ManifestState]:
    """Manifests one after the other: fresh, of lots of earlier ones, or returns of what these refused; each ends somehow. At most 12, and
    so up to 11 deep."""
    states: dict[str, ManifestState] = {}
    stock, kept = Counter[tuple[str, int]](), Counter[tuple[str, int]]()
    for number in range(draw(st.integers(1, 12))):
        name, returns, lots = chain(f"{number:02d}"), None, list[LotPart]()
        refused = sorted(node for node in kept if kept[node] > 0)
        if refused and draw(st.booleans()):
            source, line = draw(st.sampled_from(refused))
            mass_g = draw(st.integers(1, kept[source, line]))
            kept[source, line] -= mass_g
            returns = ReturnLink(manifest=source, how=draw(st.sampled_from(("back", "redirect"))), lines=(line,))
        else:
            held = sorted(node for node in stock if stock[node] > 0)
            for source, line in draw(st.lists(st.sampled_from(held), max_size=4)) if held else ():
                if stock[source, line] > 0:
                    lots.append(LotPart(source, line, draw(st.integers(1, stock[source, line]))))
                    stock[source, line] -= lots[-1].mass_g
            mass_g = max(1, sum(lot.mass_g for lot in lots) + draw(st.integers(-3, 50)))
        came_g = max(0, mass_g + draw(st.integers(-5, 5)))
        refused_g = 0 if returns is not None and returns.how == "back" else draw(st.integers(0, came_g))
        accepted_g = came_g - refused_g
        treated_g = 0 if returns is not None and returns.how == "back" else draw(st.integers(0, accepted_g))
        line_state = a_line(mass_g, lots=tuple(lots), accepted_g=accepted_g, refused_g=refused_g, fates=(Fate("R4", treated_g),))
        route = "RETURN" if returns is not None and returns.how == "back" else "INTRA"
        states[name] = a_load(line_state, returns=returns, route=route)
        stock[name, 0], kept[name, 0] = accepted_g - treated_g, refused_g
    return states


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_gram_is_told_once(states: dict[str, ManifestState]) -> None:
    """Over all first manifests together what ended at a node is what ended there; no answer hangs on who asks; sums hold to the gram."""
    graph = Graph(states)
    by_end: Counter[tuple[Any, Any]] = Counter()
    by_origin: dict[Any, Counter[tuple[Any, Any]]] = {}
    for name in states:
        node = (name, 0)
        assert sum(graph.origins(node).values()) == sum(mass_g for _, mass_g in graph.ends(node))
        for flow in graph.flows(node):
            assert flow.mass_g > 0
            by_end[flow.node, flow.end] += flow.mass_g
            by_origin.setdefault(flow.origin, Counter())[flow.node, flow.end] += flow.mass_g
        for end, mass_g in graph.ends(node):
            if end.how != "onward":
                assert by_end[node, end] == mass_g
    for name, state in states.items():
        alone = Graph(states, first=(name,))
        own = Counter(
            {(flow.node, flow.end): flow.mass_g for node in alone.reached(name) for flow in alone.flows(node) if flow.origin == (name, 0)}
        )
        assert sum(own.values()) == sum(mass_g for _, mass_g in alone.ends((name, 0)))
        if not state.sources:
            assert own == by_origin.get((name, 0), Counter()), "what somebody is told of his own grams is his part of the whole"

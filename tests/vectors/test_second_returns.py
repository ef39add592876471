"""Refused grams as the second reader follows them: home or elsewhere, once, under the labels of the load that was refused (kinds §5)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.forger import bodies, story
from tests.vectors.test_second_custody import GENERATOR, OTHER, RECEIVER, Bench, trunk

pytestmark = pytest.mark.usefixtures("every_kind")


def _refused(opinion: str = "reject", refused: str = "5.6", accepted: str = "0") -> tuple[Bench, str]:
    """A load of which something was refused."""
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    bench.receive(chain, accepted, round(float(accepted) * 1e6) - 5_600_000, opinion, refused, tags=[["NO_ARRIVAL"]])
    return bench, chain


def test_refused_grams_come_home_once() -> None:
    bench, chain = _refused()
    bench.back(trunk(2), chain, "3")
    bench.post("manifest.void", trunk(2), {"reason": "x"}, GENERATOR)
    bench.back(trunk(3), chain)
    bench.depart(trunk(3), body={"place": bodies.PLANT, "waybill_no": "W-9"})
    bench.post("manifest.verify", chain, {}, GENERATOR)
    received = {"accepted_at": story.clock("09:00:00"), "weighing": {"method": "weighbridge"}}
    received["lines"] = [{"line": 0, "opinion": "accept", "accepted_t": "5.6", "method": "R4"}]
    bench.post("manifest.receive", trunk(3), received, GENERATOR, tags=[["NO_ARRIVAL"]])
    bench.post("manifest.verify", trunk(3), {}, GENERATOR)
    assert bench.codes() == []


@pytest.mark.parametrize(
    ("mass", "more", "codes"),
    [
        ("5.600001", {}, ["RETURN_LINK"]),
        ("5.6", {"route": "INTRA", "alerts": []}, ["DECISION_WRONG"]),
        ("5.6", {"alerts": []}, ["DECISION_WRONG"]),
        ("5.6", {"returns": {"manifest": trunk(9), "how": "back", "lines": [0]}}, ["RETURN_LINK"]),
        ("5.6", {"returns": {"manifest": trunk(1), "how": "back", "lines": [1]}}, ["RETURN_LINK"]),
        ("5.6", {"returns": {"manifest": trunk(1), "how": "back", "lines": [0, 0]}}, ["RETURN_LINK"]),
        ("5.6", {"receiver": RECEIVER[0]}, ["RETURN_LINK"]),
        ("5.6", {"lines": [bodies.line("5.6", form="SS")]}, ["RETURN_LINK"]),
    ],
)
def test_a_return_that_does_not_fit(mass: str, more: dict[str, Any], codes: list[str]) -> None:
    bench, chain = _refused()
    bench.back(trunk(2), chain, mass, **more)
    assert bench.codes() == codes


def test_two_returns_of_the_same_grams() -> None:
    bench, chain = _refused("partly", "0.6", "5")
    bench.back(trunk(2), chain, "0.4")
    bench.back(trunk(3), chain, "0.3")
    assert bench.codes() == ["RETURN_LINK"]


def test_labels_of_a_refused_load_travel_with_it_and_a_strangers_do_not() -> None:
    bench, chain = _refused()
    bench.back(trunk(2), chain)
    bench.depart(trunk(2), body={"place": bodies.PLANT, "waybill_no": "W-9"})
    bench.issue(trunk(3))
    bench.depart(trunk(3), body={"waybill_no": "W-10"}, alerts=[["H", "LABEL_USED"]])
    assert bench.codes() == ["DECISION_WRONG"], "held by a return: no alert"
    strange = bodies.depart(OTHER[0], {"line": 0, "mass_t": "5.6"})["gate"]
    bench.issue(trunk(4))
    bench.depart(trunk(4), body={"gate": strange, "waybill_no": "W-11"})
    assert bench.codes() == ["DECISION_WRONG", "LOAD_LABEL"]


# --- lots


def _collected() -> tuple[Bench, str]:
    """A load of 5.6 t at the collector's."""
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    bench.receive(chain, "5.6", 0, tags=[["NO_ARRIVAL"]])
    return bench, chain


def _onward(bench: Bench, last: int, *lots: tuple[str, int, str], by: Any = RECEIVER) -> str:
    """The collector sends on what it received."""
    line = bodies.line("5.6", lots=[{"manifest": manifest, "line": line, "mass_t": mass} for manifest, line, mass in lots])
    body = bodies.issue(OTHER[0], story.PERMIT, [line])
    bench.post("manifest.issue", trunk(last, by), body, by, route="INTRA", moves=5_600_000)
    return trunk(last, by)


def _fate(bench: Bench, chain: str, mass: str, **more: Any) -> None:
    bench.post("manifest.dispose", chain, {"fates": [{"line": 0, "method": "R4", "mass_t": mass, **more}]}, RECEIVER)


def test_lots_go_on_and_a_void_gives_them_back() -> None:
    bench, chain = _collected()
    first = _onward(bench, 2, (chain, 0, "5.6"))
    bench.post("manifest.void", first, {"reason": "x"}, RECEIVER, moves=-5_600_000)
    second = _onward(bench, 3, (chain, 0, "5"))
    _fate(bench, chain, "5", onward=second)
    _fate(bench, chain, "0.6")
    assert bench.codes() == []


@pytest.mark.parametrize(
    ("lots", "codes"),
    [
        ([(trunk(1), 0, "5.600001")], ["LOT_EXCEEDS"]),
        ([(trunk(1), 0, "3"), (trunk(1), 0, "2.7")], ["LOT_EXCEEDS"]),
        ([(trunk(9), 0, "1")], ["LOT_HOLDER"]),
        ([(trunk(2, RECEIVER), 0, "1")], ["LOT_HOLDER"]),
        ([(trunk(1), 1, "1")], ["LINE_UNKNOWN"]),
    ],
)
def test_a_lot_that_is_not_there(lots: list[tuple[str, int, str]], codes: list[str]) -> None:
    bench, _ = _collected()
    _onward(bench, 2, *lots)
    assert bench.codes() == codes


def test_lots_of_a_load_that_another_received() -> None:
    bench, chain = _collected()
    _onward(bench, 2, (chain, 0, "1"), by=OTHER)
    assert bench.codes() == ["LOT_HOLDER"]


@pytest.mark.parametrize(
    ("fates", "codes"),
    [
        ([("2", {"onward": trunk(2, RECEIVER)})], []),
        ([("2.1", {"onward": trunk(2, RECEIVER)})], ["FATE_EXCEEDS"]),
        ([("1", {"onward": trunk(3, RECEIVER)})], ["FATE_EXCEEDS"]),
        ([("3.6", {})], []),
        ([("3.7", {})], ["FATE_EXCEEDS"]),
    ],
)
def test_fates_beside_lots(fates: list[tuple[str, dict[str, str]]], codes: list[str]) -> None:
    bench, chain = _collected()
    _onward(bench, 2, (chain, 0, "2"))
    for mass, more in fates:
        _fate(bench, chain, mass, **more)
    assert bench.codes() == codes


@pytest.mark.parametrize(("now", "codes"), [(trunk(2, RECEIVER), []), (trunk(3, RECEIVER), ["AMEND_IMPOSSIBLE"])])
def test_where_a_fate_was_sent_on_is_corrected(now: str, codes: list[str]) -> None:
    bench, chain = _collected()
    _onward(bench, 2, (chain, 0, "2"))
    _fate(bench, chain, "1")
    case = chain.replace("manifest/", "case/") + "/01KB2Z8Q6V0000000000000AMN"
    (seq, digest, _), change = bench.log.heads[chain], {"path": "fates.0.onward", "was": "", "now": f'"{now}"'}
    body = {"trunk": {"seq": seq, "hash": digest}, "changes": [change], "reason": "漏填（虚构）"}
    bench.post("case.amend_propose", case, body, RECEIVER)
    bench.post("case.amend_consent", case, {"trunk": body["trunk"]}, GENERATOR, tags=[["AMENDED"]])
    assert bench.codes() == codes

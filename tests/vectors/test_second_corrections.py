"""Corrections as the second reader follows them into force: what a finished manifest must stay, and how much a rejection refuses (kinds §7, §8)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors.test_second_custody import CHONGQING, GENERATOR, RECEIVER, Bench, _dispose, trunk

pytestmark = pytest.mark.usefixtures("every_kind")
Change = tuple[str, str, str]
ACCEPTED, FATE = ("received.0.accepted_t", '"5.6"', '"5.5"'), ("fates.0.mass_t", '"5.6"', '"5.5"')
PARTLY = (("received.0.opinion", '"accept"', '"partly"'), ("received.0.refused_t", "", '"0.1"'), ("received.0.reason_code", "", '"label"'))
REJECTED = (
    ("received.0.opinion", '"accept"', '"reject"'),
    ("received.0.accepted_t", '"5.6"', '"0"'),
    ("received.0.reason_code", "", '"label"'),
)


def _received(closed: bool) -> Bench:
    bench, chain = Bench(), trunk(1)
    bench.issue(chain)
    bench.depart(chain)
    bench.receive(chain, "5.6", 0, tags=[["NO_ARRIVAL"]])
    if closed:
        _dispose(bench, chain, "5.6")
        bench.post("manifest.verify", chain, {}, GENERATOR)
    return bench


def _corrected(bench: Bench, moves: int, *changes: Change) -> list[str]:
    """Proposed by the receiver, agreed by the generator and the authority of the destination."""
    chain = trunk(1)
    seq, digest, _ = bench.log.heads[chain]
    case, known = f"{chain.replace('manifest', 'case', 1)}/01KB2Z8Q6V{9:016}", {"trunk": {"seq": seq, "hash": digest}}
    told: list[Any] = [{"path": path, "was": was, "now": now} for path, was, now in changes]
    bench.post("case.amend_propose", case, {**known, "changes": told, "reason": "误填（虚构）"}, RECEIVER)
    bench.post("case.amend_consent", case, known, GENERATOR)
    bench.post("case.amend_consent", case, known, CHONGQING, moves=moves, tags=[["AMENDED"]], alerts=[["M", "MASS_AMENDED"]])
    return bench.codes()


@pytest.mark.parametrize(
    ("changes", "moves", "codes"),
    [
        ((ACCEPTED, FATE), -100_000, []),
        ((ACCEPTED,), -100_000, ["AMEND_IMPOSSIBLE"]),
        ((ACCEPTED, FATE, *PARTLY), -100_000, ["AMEND_IMPOSSIBLE"]),
    ],
    ids=["mass and fate together", "less than its fates", "refused and kept"],
)
def test_a_closed_manifest_stays_one(changes: tuple[Change, ...], moves: int, codes: list[str]) -> None:
    assert _corrected(_received(closed=True), moves, *changes) == codes


@pytest.mark.parametrize(
    ("more", "codes"), [((("received.0.refused_t", "", '"5.6"'),), []), ((), ["AMEND_VALUE"])], ids=["said", "not said"]
)
def test_what_becomes_a_rejection_says_how_much_was_refused(more: tuple[Change, ...], codes: list[str]) -> None:
    assert _corrected(_received(closed=False), -5_600_000, *REJECTED, *more) == codes


def test_times_stay_in_order() -> None:
    """Departed after it was received."""
    bench, chain = _received(closed=False), trunk(1)
    seq, digest, _ = bench.log.heads[chain]
    change = {"path": "times.departed_at", "was": '"2026-11-02T09:00:00+08:00"', "now": '"2026-11-02T10:00:00+08:00"'}
    body = {"trunk": {"seq": seq, "hash": digest}, "changes": [change], "reason": "误填（虚构）"}
    bench.post("case.amend_propose", f"{chain.replace('manifest', 'case', 1)}/01KB2Z8Q6V{9:016}", body, GENERATOR)
    assert bench.codes() == ["AMEND_VALUE"]

"""Corrections on the small log of these tests: proposing, consenting, refusing, and the view that readers fold."""

from __future__ import annotations

from typing import Any

from ledger.admission.entry import Entry
from manifests import acts
from manifests.acts import FieldChange
from manifests.view import ManifestView, concerns, fold
from tests.manifests.driver import GENERATOR, MANIFEST, RECEIVER, Driver, accepted
from tests.workbench import AUTHORITY_50

PROPOSE, CONSENT, REFUSE = "case.amend_propose/1", "case.amend_consent/1", "case.amend_refuse/1"
ULID = MANIFEST.rpartition("/")[2]


def case(number: int = 1) -> str:
    return f"case/{GENERATOR}/{ULID}/01K90000000000000000AMEN{number:02d}"


def trunk(log: Driver) -> acts.Trunk:
    hashes = log.state().acts
    return acts.Trunk(seq=len(hashes) - 1, hash=hashes[-1])


def a_change(path: str, was: str, now: str) -> FieldChange:
    return FieldChange(path=path, was=was, now=now)


def a_proposal(log: Driver, *changes: tuple[str, str, str]) -> acts.AmendPropose:
    return acts.AmendPropose(trunk=trunk(log), changes=tuple(a_change(*change) for change in changes), reason="误填（虚构）")


def propose(log: Driver, by: str, *changes: tuple[str, str, str], number: int = 1, **more: Any) -> Entry:
    return log.post(PROPOSE, (by,), a_proposal(log, *changes), chain=case(number), **more)


def not_proposed(log: Driver, by: str, *changes: tuple[str, str, str], number: int = 1) -> list[str]:
    return log.refused(PROPOSE, (by,), a_proposal(log, *changes), chain=case(number))


def consent(log: Driver, by: str, *, number: int = 1, **more: Any) -> Entry:
    return log.post(CONSENT, (by,), acts.AmendConsent(trunk=trunk(log)), chain=case(number), **more)


def not_consented(log: Driver, by: str, *, number: int = 1) -> list[str]:
    return log.refused(CONSENT, (by,), acts.AmendConsent(trunk=trunk(log)), chain=case(number))


def refuse(log: Driver, by: str, *, number: int = 1) -> Entry:
    return log.post(REFUSE, (by,), acts.AmendRefuse(reason="数据无误（虚构）"), chain=case(number))


def viewed(log: Driver) -> ManifestView:
    view: ManifestView | None = None
    for entry in log.entries:
        if concerns(entry) == MANIFEST:
            view = fold(view, entry)
    assert view is not None
    return view


def received(mass_t: str = "200", *lines: acts.ReceivedLine) -> Driver:
    log = Driver()
    log.issue()
    log.depart()
    log.arrive()
    log.receive(*(lines or (accepted(0, mass_t),)))
    return log


MISTYPED = ("received.0.accepted_t", '"200"', '"2.000000"')


def in_force(log: Driver, *changes: tuple[str, str, str], number: int = 1) -> Entry:
    propose(log, RECEIVER, *changes, number=number)
    consent(log, GENERATOR, number=number)
    return consent(log, AUTHORITY_50, number=number)

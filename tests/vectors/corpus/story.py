"""The whole corpus, scene by scene."""

from __future__ import annotations

from tests.vectors.corpus import (
    cases,
    corrections,
    emergencies,
    full_forms,
    incidents,
    items,
    lists,
    months,
    openings,
    parties,
    permissions,
    returns,
    trips,
)
from tests.vectors.corpus.admitted import AdmittedLog
from tests.vectors.corpus.people import CHONGQING, GUIZHOU, OPERATOR, SICHUAN
from tests.vectors.corpus.scene import Scene


def corpus_log() -> AdmittedLog:
    """About two hundred entries on two days, cosigned after each scene."""
    scene = Scene()
    parties.found(scene)
    for act in (
        parties.grow,
        parties.keys,
        parties.lives,
        parties.issuers,
        permissions.permits,
        permissions.lists,
        permissions.approvals,
        full_forms.permissions,
        trips.whole_life,
        full_forms.manifest,
        trips.stages,
        trips.doubts,
        trips.kinds,
        trips.end,
        parties.late_comer,
        returns.homecoming,
        cases.holds,
        cases.gaps,
        cases.contests,
        cases.reports,
        corrections.corrections,
        returns.regrouping,
        trips.crews,
        trips.plans,
        corrections.of_plans,
        incidents.incidents,
        incidents.numbers,
        openings.openings,
        lists.in_force,
        emergencies.emergencies,
        lists.amended,
        permissions.lives,
        lists.reported,
        lists.piloted,
        items.items,
        months.closed,
    ):
        act(scene)
        scene.checkpoint()
    scene.go_to("2026-12-01T09:00:05")  # scenes of later kinds have November
    body = {"successor_origin": "liandan.example/vectors-corpus-2"}
    scene.post("log.close", "log/main", body, OPERATOR, SICHUAN, CHONGQING, GUIZHOU)
    scene.checkpoint()
    return scene.log

"""Corrections: a mistyped receipt, own words at once, a refused one, a lapsed one, one that a silent firm's authority consents to."""

from __future__ import annotations

from typing import Any

from tests.vectors.corpus import bodies
from tests.vectors.corpus.full_forms import HANDLER
from tests.vectors.corpus.people import CARRIER, CHONGQING, GENERATOR, RECEIVER, RECEIVER_51, SICHUAN, Person
from tests.vectors.corpus.permissions import LISTED
from tests.vectors.corpus.scene import Scene
from tests.vectors.corpus.trips import Trip

MASS = "received.0.accepted_t"


class Correction:
    """A case about a manifest."""

    def __init__(self, trip: Trip, last: int) -> None:
        self.scene, self.trip = trip.scene, trip
        self.chain = trip.chain.replace("manifest/", "case/") + f"/01KB2Z8Q6V{last:016}"

    def propose(self, by: Person, *changes: tuple[str, str, str], **more: Any) -> Correction:
        """(path, was, now)."""
        told = [{"path": path, "was": was, "now": now} for path, was, now in changes]
        body = {"trunk": self.scene.head(self.trip.chain), "changes": told, "reason": "录入错误（虚构）", **more}
        self.scene.post("case.amend_propose", self.chain, body, by)
        return self

    def consent(self, *parties: Person, **more: Any) -> Correction:
        """One after the other."""
        for party in parties:
            self.scene.post("case.amend_consent", self.chain, {"trunk": self.scene.head(self.trip.chain), **more}, party)
        return self

    def refuse(self, by: Person, **more: Any) -> Correction:
        """By one who is asked, or by who proposed."""
        self.scene.post("case.amend_refuse", self.chain, {"reason": "磅单无误（虚构）", **more}, by)
        return self


def of_plans(scene: Scene) -> None:
    """A load that goes to another line of its plan, to the plan of a site, and to that of a site that filed none."""
    trip = Trip(scene, 415, receiver=RECEIVER_51).inside(line={"plan_line": 1})
    Correction(trip, 481).propose(GENERATOR, ("lines.0.plan_line", "1", "0"))
    number = ("plan.filing_no", '"川危管计〔2026〕001（虚构）"', '"川危管计〔2026〕003（虚构）"')
    Correction(trip, 482).propose(GENERATOR, number, ("plan.site", "", '"east"'))
    Correction(trip, 483).propose(GENERATOR, ("plan.site", '"east"', ""), (number[0], number[2], number[1]))


def corrections(scene: Scene) -> None:
    """From a receipt of 55.8 t for 5.58 t to its disposal; a rejection that was an acceptance; words; the closed manifest."""
    scene.go_to("2026-11-12T08:00:05")
    trip = Trip(scene, 361).across(insurance_no="保单1号（虚构）").depart(via=["500107"]).arrive().receive(bodies.received("55.8"))
    Correction(trip, 461).propose(
        GENERATOR, ("insurance_no", '"保单1号（虚构）"', '"保单2号（虚构）"'), ("lines.0.note", "", '"补记（虚构）"')
    )
    Correction(trip, 462).propose(CARRIER, ("legs.0.via", '["500107"]', '["500107","500112"]'))
    mistyped = Correction(trip, 463).propose(RECEIVER, (MASS, '"55.8"', '"5.580000"'), files=[bodies.file("磅单.jpg")], **HANDLER)
    mistyped.consent(GENERATOR, note="属实（虚构）", **HANDLER).consent(CHONGQING)
    Correction(trip, 464).propose(GENERATOR, (MASS, '"5.58"', '"5.5"')).refuse(RECEIVER, **HANDLER)
    Correction(trip, 465).propose(RECEIVER, ("received.0.method", '"R4"', '"R9"')).refuse(RECEIVER)
    trip.dispose("5.58").verify()
    Correction(trip, 466).propose(RECEIVER, ("received.0.note", "", '"补记（虚构）"')).consent(GENERATOR)
    trip = Trip(scene, 362).across().depart().arrive().receive(bodies.received("5.58"))
    changes = (
        ("received.0.opinion", '"accept"', '"reject"'), (MASS, '"5.58"', '"0"'), ("received.0.refused_t", "", '"5.58"'),
        ("received.0.reason_code", "", '"label"'),
    )  # fmt: skip
    Correction(trip, 467).propose(RECEIVER, *changes).consent(CHONGQING, GENERATOR)
    trip = Trip(scene, 363).across().depart().arrive().receive(bodies.received("5.58"))
    silent = Correction(trip, 468).propose(RECEIVER, (MASS, '"5.58"', '"5.57"'))
    Correction(trip, 469).propose(RECEIVER, ("received.0.method", '"R4"', '"R9"'))
    classes(scene)
    scene.go_to("2026-11-28T08:00:05")
    silent.consent(SICHUAN).consent(CHONGQING)


def classes(scene: Scene) -> None:
    """One field of every class: words and masses on the road, times, plate and waybill, waste, place, number, fates; mass and fate of a closed one."""
    number = "20265101000364"
    trip = Trip(scene, 364).across(approval=LISTED, number=number, carriers=[CARRIER.uscc])
    moved = ("origin.address", f'"{bodies.SITE["address"]}"', '"成都市龙泉驿区虚构路10号"')
    Correction(trip, 470).propose(GENERATOR, moved).consent(SICHUAN)
    Correction(trip, 471).propose(SICHUAN, ("number", f'"{number}"', '"20265101000365"'))
    trip.depart("5.6", seals=["S-1"])
    Correction(trip, 472).propose(CARRIER, ("loaded.0.mass_t", '"5.6"', '"5.7"')).consent(GENERATOR)
    declared = Correction(trip, 473).propose(GENERATOR, ("lines.0.mass_t", '"5.6"', '"5.7"'))
    declared.consent(RECEIVER, CARRIER, SICHUAN)
    scene.wait_a_minute()  # of a consent that nobody asks for: what comes after keeps its time, and so its bytes
    plate = ("legs.0.vehicle.plate", '"渝A00364"', '"渝A00463"')
    Correction(trip, 474).propose(
        CARRIER, plate, ("legs.0.waybill_no", '"W-364"', '"W-463"'), ("legs.0.seals", '["S-1"]', '["S-2"]')
    ).consent(GENERATOR)
    Correction(trip, 475).propose(RECEIVER, ("lines.0.packs", "8", "9")).consent(GENERATOR, SICHUAN, CHONGQING)
    earlier, arrived = scene.clock(minutes=1), scene.clock(seconds=5)
    trip.arrive().receive(bodies.received("57"))
    Correction(trip, 476).propose(CARRIER, ("times.arrived_at", f'"{arrived}"', f'"{earlier}"')).consent(GENERATOR)
    trip.dispose("57")
    Correction(trip, 477).propose(RECEIVER, ("fates.0.done_on", "", '"2026-11-12"')).consent(GENERATOR)
    trip.verify()
    both = (("received.0.accepted_t", '"57"', '"5.7"'), ("fates.0.mass_t", '"57"', '"5.7"'))
    Correction(trip, 478).propose(RECEIVER, *both).consent(CHONGQING, GENERATOR)

"""Names, places and bodies of the tests of manifests: complete and right, so that a test changes only what it is about."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from ledger.fields import File
from ledger.mass import parse_mass
from ledger.times import parse_at
from manifests import acts
from manifests.model import LineState, ManifestState, Stage, Times, Vehicle
from tests.workbench import AUTHORITY_50
from whitelist.adopted import data_files
from whitelist.approval import ApprovalState, DecisionLine
from whitelist.fields import PermitItem, Place, Return
from whitelist.permit import PermitState
from whitelist.thresholds import parse_thresholds
from whitelist.transfer import Contract, DangerousGoods, PaperManifest, PlanRef, WasteLine

GENERATOR = "915101120000FX029E"
RECEIVER = "915001160000FX0107"
CARRIER = "915101000000FX037W"
SECOND_CARRIER = "915105000000FX0537"
STRANGER = "915117000000FX061Q"
PARTIES = {
    GENERATOR: "成都锦川蓄能回收有限公司（虚构）",
    RECEIVER: "重庆江津再生铅有限公司（虚构）",
    CARRIER: "四川蜀安危货运输有限公司（虚构）",
    SECOND_CARRIER: "泸州长航危货运输有限公司（虚构）",
    STRANGER: "达州绿焰环保科技有限公司（虚构）",
}
PERMIT = f"permit/{RECEIVER}/01K9000000000000000000PERM"
APPROVAL = f"approval/{GENERATOR}/01K9000000000000000000APPR"
MANIFEST = f"manifest/{GENERATOR}/01K9000000000000000000MAN1"
BACK = f"manifest/{GENERATOR}/01K9000000000000000000BACK"
NUMBER = "20265101000123"
Q2 = f"Q2 {APPROVAL} 0"
Q3 = f"Q3 {PERMIT}"
ORIGIN = Place(division="510112", address="成都市龙泉驿区桃都大道88号（虚构）")
DESTINATION = Place(division="500116", address="重庆市江津区德感工业园12号（虚构）")
TRUCK = Vehicle(kind="truck", plate="川A·F1234", licence_no="510100012345")
OTHER_TRUCK = Vehicle(kind="truck", plate="川E·G5678", licence_no="510500067890")
LIMITS = parse_thresholds(next(file.path for file in data_files() if file.name == "thresholds").read_bytes())
"""First values of the thresholds, as adopted in every log of these tests."""
START = parse_at("2026-11-05T08:30:00+08:00")
ALL_CHECKS = ("carrier", "vehicle", "crew", "labels")


def permit(scale_t: str = "60000") -> PermitState:
    """The receiver's permit."""
    item = PermitItem(category="HW31", scope="INCLUDE", codes=("900-052-31",), methods=("R4",))
    return PermitState(
        no="CQ5001160043",
        authority=AUTHORITY_50,
        permit_class="permit",
        valid_from="2022-07-01",
        valid_to="2027-06-30",
        division=DESTINATION.division,
        address=DESTINATION.address,
        root=PERMIT,
        items=(item,),
        scale_g=parse_mass(scale_t),
    )


def approval(decided_t: str = "3000", line_count: int = 1) -> ApprovalState:
    """The decision, with ``line_count`` lines of the same waste under different names."""
    line = DecisionLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        method="R4",
        applied_g=parse_mass(decided_t),
        mass_g=parse_mass(decided_t),
        valid_to="2026-12-31",
    )
    return ApprovalState(
        stage="approved",
        receiver=RECEIVER,
        permit=PERMIT,
        root=PERMIT,
        origin=ORIGIN.division,
        destination=DESTINATION.division,
        applied_on="2026-02-02",
        applied_to="2026-12-31",
        lines=(line,) * line_count,
        no="川环危转〔2026〕15号（虚构）",
        route="APPROVED",
        decided_on="2026-02-09",
        valid_to="2026-12-31",
    )


def a_state(**changes: Any) -> ManifestState:
    """A manifest that was just issued, for tests of what reads no log."""
    line = LineState(
        name=WASTE_NAME, code="900-052-31", category="HW31", form="S", packing="box", packs=14, method="R4", declared_g=5_600_000
    )
    state = ManifestState(
        generator=GENERATOR,
        receiver=RECEIVER,
        consignor=GENERATOR,
        carriers=(CARRIER,),
        origin=ORIGIN,
        destination=DESTINATION,
        mode="road",
        route="APPROVED",
        permit=PERMIT,
        approval=APPROVAL,
        lines=(line,),
        drawn={},
        reserved_year=2026,
        stage=Stage.ISSUED,
        times=Times(issued_s=START, latest_s=START),
        acts=("0" * 64,),
    )
    return replace(state, **changes)


WASTE_NAME = "废铅蓄电池"


def a_line(**changes: Any) -> WasteLine:
    """Lead batteries, 5.6 t in 14 boxes."""
    line = WasteLine(
        name=WASTE_NAME,
        code="900-052-31",
        category="HW31",
        hazards=("T", "C"),
        components="铅、硫酸",
        form="S",
        packing="box",
        packs=14,
        mass_t="5.600000",
        method="R4",
        decision_line=0,
        dg=DangerousGoods(un_no="2794", dg_class="8"),
    )
    return replace(line, **changes)


def an_issue(**changes: Any) -> acts.Issue:
    """Part 1 of the form, complete."""
    body = acts.Issue(
        lines=(a_line(),),
        receiver=RECEIVER,
        permit=PERMIT,
        approval=APPROVAL,
        origin=ORIGIN,
        destination=DESTINATION,
        consignor="generator",
        carriers=(CARRIER,),
        emergency_measures="配备防酸手套、耐酸围堰和碱性吸附材料；泄漏时先围堵、后中和，并报告当地生态环境部门。",
        plan=PlanRef(filing_no="GL-510112-2026-001"),
        contract=Contract(no="HT-2026-001", valid_to="2027-12-31"),
    )
    return replace(body, **changes)


def a_return(manifest: str = MANIFEST, mass_t: str = "5.600000", **changes: Any) -> acts.Issue:
    """Part 1 of the form for what the receiver refused: from its gate back to the generator."""
    named = Return(manifest=manifest, how="back", lines=(0,))
    way = {"receiver": GENERATOR, "permit": None, "approval": None, "origin": DESTINATION, "destination": ORIGIN}
    line = a_line(mass_t=mass_t, decision_line=None)
    return an_issue(**{**way, "returns": named, "plan": None, "contract": None, "lines": (line,), **changes})


def backfilled(departed_at: str, completed_at: str) -> dict[str, Any]:
    """What makes an issue a backfill of a trip that ran on paper between two times."""
    scan = File(sha256="ab" * 32, size=1, media_type="application/pdf", name="纸质联单.pdf")
    paper = PaperManifest(reason="平台故障", departed_at=departed_at, completed_at=completed_at, scan=scan)
    return {"type": "backfill_ordinary", "paper": paper}


def labels(count: int = 14, unit: str = GENERATOR, code: str = "90005231", day: str = "20261105") -> tuple[str, ...]:
    """Labels of 37 characters."""
    return tuple(f"{unit}{code}{day}{serial:03d}" for serial in range(1, count + 1))


def a_gate(count: int = 14) -> acts.Gate:
    """All checks attested, ``count`` labels scanned."""
    return acts.Gate(labels=labels(count), checks=ALL_CHECKS)


def labels_of(day: str, count: int = 14) -> acts.Gate:
    """A gate with labels of another day."""
    return acts.Gate(labels=labels(count, day=day), checks=ALL_CHECKS)


def a_departure(**changes: Any) -> acts.Depart:
    """Part 2 of the form, first leg."""
    return replace(acts.Depart(vehicle=TRUCK, waybill_no="510100202611050001", gate=a_gate(), place=ORIGIN), **changes)


def accepted(line: int, mass_t: str, **changes: Any) -> acts.ReceivedLine:
    """A line accepted wholly."""
    return replace(acts.ReceivedLine(line=line, opinion="accept", accepted_t=mass_t, method="R4"), **changes)


def rejected(line: int, **changes: Any) -> acts.ReceivedLine:
    """A line refused wholly."""
    body = acts.ReceivedLine(line=line, opinion="reject", accepted_t="0", reason_code="packing", reason="外壳破损、电解液泄漏")
    return replace(body, **changes)


def partly(line: int, accepted_t: str, refused_t: str, **changes: Any) -> acts.ReceivedLine:
    """A line accepted in part."""
    body = acts.ReceivedLine(
        line=line, opinion="partly", accepted_t=accepted_t, refused_t=refused_t, method="R4", reason_code="packing", reason="部分外壳破损"
    )
    return replace(body, **changes)


def reported(at: str) -> dict[str, acts.Report]:
    """Both duties of Art. 18.2 done."""
    return {"reported_to_authority": acts.Report(at=at, ref="津环告〔2026〕11号（虚构）"), "notified_generator": acts.Report(at=at)}

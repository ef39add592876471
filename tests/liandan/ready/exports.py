"""Exports of a fictitious platform and what the log of the tests knows beside them."""

from __future__ import annotations

from typing import Any

import msgspec

from ledger.mass import format_mass
from liandan.books.mapping import BookMapping
from liandan.books.reading import read_book
from liandan.ready.model import LoggedManifest, Readiness, ReadyGround, name_key
from liandan.ready.preparing import prepare
from tests.manifests.bodies import APPROVAL, CARRIER, DESTINATION, GENERATOR, ORIGIN, PARTIES, PERMIT, RECEIVER, approval, permit
from whitelist.answers import ApprovalAnswer, ApprovalLineAnswer, PermitAnswer

MAPPING = BookMapping(
    sender="示例平台", kind="platform",
    columns={
        "联单号": "manifest_no", "移出人": "generator", "接受人": "receiver_name", "承运人": "carrier_name", "废物": "waste", "代码": "code", "量": "mass",
        "单位": "unit", "形态": "form", "包装": "packing", "件数": "packs", "起运": "departed_at", "接受": "received_at", "接受量": "accepted", "司机": "drop",
    },
    issue={
        "origin": msgspec.to_builtins(ORIGIN), "plan": {"filing_no": "GL-510112-2026-001"}, "contract": {"no": "HT-2026-001", "valid_to": "2027-12-31"},
        "emergency_measures": "配备防酸手套、耐酸围堰和碱性吸附材料；泄漏时先围堵、后中和，并报告当地生态环境部门。",
    },
    wastes={"900-052-31": {"components": "铅、硫酸", "dg": {"un_no": "2794", "dg_class": "8"}}},
)  # fmt: skip


def row(number: int, **changes: Any) -> dict[str, Any]:
    """A load that is over."""
    return {
        "联单号": f"20265101{number:06d}", "移出人": GENERATOR, "接受人": PARTIES[RECEIVER], "承运人": PARTIES[CARRIER], "废物": "废铅蓄电池",
        "代码": "900-052-31", "量": "5.6", "单位": "吨", "形态": "固态", "包装": "箱", "件数": 14, "起运": "2026-11-03 08:10", "接受": "2026-11-03 15:40",
        "接受量": "5.6", "司机": "王某",
    } | changes  # fmt: skip


def export(*rows: dict[str, Any]) -> bytes:
    """Rows as CSV."""
    lines = [",".join(MAPPING.columns), *(",".join(str(one[head]) for head in MAPPING.columns) for one in rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def permit_answer() -> PermitAnswer:
    """The receiver's permit, as the registry answers it."""
    state = permit()
    return PermitAnswer(
        permit=PERMIT, receiver=RECEIVER, no=state.no, permit_class="permit", root=PERMIT, authority=state.authority, status="ACTIVE",
        valid_from=state.valid_from, valid_to=state.valid_to, division=DESTINATION.division, address=DESTINATION.address, site=None, items=state.items,
        basis=None, scale_t=format_mass(state.scale_g), index=1,
    )  # fmt: skip


def approval_answer() -> ApprovalAnswer:
    """The decision, as the registry answers it."""
    state = approval()
    lines = tuple(
        ApprovalLineAnswer(
            line=number, name=line.name, code=line.code, category=line.category, hazards=line.hazards, method=line.method, applied_t="3000.000000",
            decided_t="3000.000000", status="ACTIVE", valid_to=line.valid_to, listing=None, conditions=(), used_t="0.000000", left_t="3000.000000",
        )
        for number, line in enumerate(state.lines)
    )  # fmt: skip
    return ApprovalAnswer(
        approval=APPROVAL, generator=GENERATOR, receiver=RECEIVER, permit=PERMIT, root=PERMIT, stage=state.stage, origin=state.origin,
        destination=state.destination, applied_to=state.applied_to, letter_no="", reply_no="", no=state.no, route=state.route, decided_on=state.decided_on,
        valid_to=state.valid_to, lines=lines, index=1,
    )  # fmt: skip


def logged(number: int, mass_g: int = 5_600_000, codes: tuple[str, ...] = ("900-052-31",)) -> dict[str, LoggedManifest]:
    """A manifest of the log under the number of a row."""
    name = f"20265101{number:06d}"
    return {
        name: LoggedManifest(
            id=f"{GENERATOR}/01K9{number:022d}", number=name, generator=GENERATOR, receiver=RECEIVER, codes=codes, declared_g=mass_g
        )
    }


def ground(**changes: Any) -> ReadyGround:
    """What the log of the tests knows."""
    names = {name_key(name): code for code, name in PARTIES.items()}
    return msgspec.structs.replace(ReadyGround(permits=[permit_answer()], approvals=[approval_answer()], parties=names), **changes)


def prepared(*rows: dict[str, Any], known: ReadyGround | None = None, mapping: BookMapping = MAPPING, holder: str = GENERATOR) -> Readiness:
    """What an export comes to."""
    return prepare(read_book("导出.csv", export(*rows), mapping), holder, mapping, ground() if known is None else known)

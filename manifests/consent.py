"""The consent matrix of corrections (更正), as a table: which fields, who proposes, who must consent, what is judged anew (kinds §8).

A correction names fields by path: those of the issue as they stand, ``legs.<n>.…``, ``loaded.<n>.…``, ``received.<n>.…``, ``fates.<n>.…`` (n from
0, in order of record) and ``times.…``. A path ends at a scalar or at a list of words. Everybody in ``consents`` has to agree; whoever proposes
has agreed, so "the other of two" is the one of both who did not propose. What stands in no row is never corrected: void and issue anew, send it
back, or close it with a gap. docs/amendments.md prints this table.

Roles: G generator, R receiver, K consignor, C0 carrier of leg 0, CL of the last, C of the leg that the path names; AO and AD authority of
origin and destination; ``×P``: only between two provinces, ``×Y``: only into another year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

from msgspec import Struct

from ledger.directory import LogState, authorities_of_division
from ledger.times import parse_at, year_of
from manifests.model import FINISHED, Capacity, ManifestState, Stage
from manifests.sides import DESTINATION, ORIGIN
from signing.refusal import Refusal

WORDS: Mapping[str, tuple[str, str]] = {
    "G": ("移出人", "generator"),
    "R": ("接受人", "receiver"),
    "K": ("托运人", "consignor"),
    "C0": ("首段承运人", "carrier of leg 0"),
    "C": ("该段承运人", "carrier of that leg"),
    "CL": ("末段承运人", "carrier of the last leg"),
    "AO": ("移出地主管部门", "authority of the origin"),
    "AD": ("接受地主管部门", "authority of the destination"),
    "R after receipt": ("接受人（接受后）", "receiver (after the receipt)"),
    "AD×Y": ("接受地主管部门（改到另一年的）", "authority of the destination (into another year)"),
    "AO×P": ("移出地主管部门（跨省的）", "authority of the origin (between provinces)"),
    "AD×P": ("接受地主管部门（跨省的）", "authority of the destination (between provinces)"),
}


class AmendmentClass(Struct, frozen=True, kw_only=True):
    """One class of corrections. ``paths`` are patterns in which ``*`` stands for a number."""

    name: str
    zh: str
    en: str
    paths: tuple[str, ...]
    proposes: tuple[str, ...]
    consents: tuple[str, ...] = ()
    then: tuple[str, str]
    """What it brings about, in Chinese and in English."""
    before_depart: bool = False
    """Whether it is open while the manifest has not departed: else the gate of the departure would be walked round."""


_QUOTA = ("额度随之变动，阶段按处理意见和数量重新确定", "quotas follow; the stage is that of opinions and sums now in force")
_TERMS = ("期限重新计算", "deadlines anew")
_NOTHING = ("记入联单", "stands on the manifest")
_WASTE = ("name", "code", "category", "hazards", "components", "form", "packing", "packs", "dg.un_no", "dg.dg_class", "dg.packing_group", "dg_none", "identification", "method", "purpose")  # fmt: skip
MATRIX: tuple[AmendmentClass, ...] = (
    AmendmentClass(
        name="own_words", zh="本单位填写的说明", en="own words", proposes=("G",), before_depart=True,
        paths=(
            "planned_at", "insurance_no", "contract.no", "contract.valid_to", "emergency_measures", "provincial_number",
            "pre_notice.given_at", "pre_notice.ref", "plan.filing_no", "plan.site", "trip_id", "lines.*.internal_name",
            "lines.*.source_stage", "lines.*.precautions", "lines.*.note", "lines.*.pieces.count", "lines.*.pieces.unit", "lines.*.plan_line",
        ),
        then=("重新核对管理计划、合同", "plan and contract (R-14 to R-16) are judged anew"),
    ),
    AmendmentClass(name="carriers_words", zh="承运人填写的说明", en="words of a carrier", proposes=("C",), paths=("legs.*.via", "legs.*.crew"), then=_NOTHING),
    AmendmentClass(
        name="receivers_words", zh="接受人填写的说明", en="words of the receiver", proposes=("R",), then=_NOTHING,
        paths=(
            "received.*.found.name", "received.*.found.code", "received.*.found.form", "received.*.found.packing", "received.*.note",
            "received.*.major_difference_note",
        ),
    ),
    AmendmentClass(
        name="origin", zh="移出地", en="place of origin", proposes=("G",), consents=("G", "AO"), before_depart=True,
        paths=("origin.division", "origin.address", "origin.site"), then=("重新核对编号、场所", "number (R-02) and site are judged anew"),
    ),
    AmendmentClass(
        name="destination", zh="接受地址", en="address of the destination", proposes=("G", "R"), consents=("G", "R"), before_depart=True,
        paths=("destination.address",), then=_NOTHING,
    ),
    AmendmentClass(
        name="waste", zh="废物和方式", en="waste and method", proposes=("G", "R"), consents=("G", "R", "AO×P", "AD×P"),
        paths=tuple(f"lines.*.{name}" for name in _WASTE),
        then=("重新核对批准、许可范围和方式", "decision line (AMEND_OFF_DECISION), R-18 and R-19 anew as alerts; method: METHOD_CHANGED"),
    ),
    AmendmentClass(
        name="declared", zh="计划转移量", en="declared mass", proposes=("G",), consents=("G", "R", "C0", "AO×P"),
        paths=("lines.*.mass_t",), then=("接受前重新占用额度，接受后不动额度", "before the receipt quotas need room; after it no account moves"),
    ),
    AmendmentClass(
        name="loaded", zh="移出量", en="loaded mass", proposes=("K", "C0"), consents=("K", "C0", "R after receipt"),
        paths=("loaded.*.mass_t",), then=("重量比对以更正后的为准", "baseline of R-62"),
    ),
    AmendmentClass(
        name="received", zh="接受情况", en="what was received", proposes=("R", "G"), consents=("R", "G", "AD"),
        paths=("received.*.accepted_t", "received.*.refused_t", "received.*.opinion", "received.*.reason_code", "received.*.method"),
        then=_QUOTA,
    ),
    AmendmentClass(
        name="fates", zh="利用处置情况", en="fates", proposes=("R",), consents=("R", "G"),
        paths=("fates.*.mass_t", "fates.*.method", "fates.*.done_on", "fates.*.onward"),
        then=("阶段、来源批次按数量重新核对", "stage and lots by the sums now in force"),
    ),
    AmendmentClass(
        name="departed", zh="起运时间", en="time of departure", proposes=("K", "C0"), consents=("K", "C0"), paths=("times.departed_at",),
        then=_TERMS,
    ),
    AmendmentClass(
        name="arrived", zh="运抵时间", en="time of arrival", proposes=("CL",), consents=("CL", "K"), paths=("times.arrived_at",), then=_TERMS
    ),
    AmendmentClass(
        name="accepted", zh="接受之日", en="time of acceptance", proposes=("R",), consents=("R", "G", "AD×Y"), paths=("times.accepted_at",),
        then=("期限、额度年度重新计算", "deadlines, and the year of the quota, anew"),
    ),
    AmendmentClass(
        name="vehicle", zh="车辆和单证", en="vehicle and papers", proposes=("C",), consents=("C", "K"),
        paths=(
            "legs.*.vehicle.kind", "legs.*.vehicle.plate", "legs.*.vehicle.trailer", "legs.*.vehicle.licence_no",
            "legs.*.vehicle.trailer_licence_no", "legs.*.waybill_no", "legs.*.seals",
        ),
        then=("车次、运单登记随之改正", "registers of trips and waybills follow"),
    ),
    AmendmentClass(
        name="number", zh="国家联单编号", en="national number", proposes=("AO", "G"), consents=("AO",), before_depart=True,
        paths=("number",), then=("重新核对编号", "R-01 to R-04"),
    ),
)  # fmt: skip
"""In the order of kinds §8."""
NEVER = (
    "receiver", "permit", "approval", "decision", "pilot", "emergency", "returns", "type", "paper", "meters", "consignor", "carriers", "mode",
    "files", "contract.file", "destination.division", "destination.site", "lines.*.lots", "lines.*.exemptions", "lines.*.decision_line",
)  # fmt: skip
"""Never corrected, said by name: parties, permit, approval, type, lots, returns, paper, emergency, meters, exemptions."""


class AskedConsent(Struct, frozen=True, gc=False):
    """A consent that a correction needs: a role, and who may give it."""

    role: str
    holders: tuple[str, ...]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], AmendmentClass], ...]:
    return tuple((re.compile(re.escape(path).replace(r"\*", "(0|[1-9][0-9]{0,3})")), row) for row in MATRIX for path in row.paths)


@lru_cache(2048)
def row_of(path: str) -> AmendmentClass | None:
    """The class of a path, or ``None`` for what is never corrected."""
    return next((row for pattern, row in _patterns() if pattern.fullmatch(path)), None)


def number_in(path: str) -> int:
    """The number that a path names (``legs.1.via``)."""
    return int(path.split(".")[1])


def holders_of(role: str, path: str, state: ManifestState, log: LogState | None, to_year: int = 0) -> tuple[str, ...]:
    """Who may speak for a role; of an authority any that covers the place, else any but the other side's, else that one (kinds §1.7).
    Without the directory (``log``) an authority is named by its side (manifests.sides)."""
    here, there = state.origin.division, state.destination.division
    match role:
        case "G" | "R" | "K":
            return state.holder_of({"G": Capacity.GENERATOR, "R": Capacity.RECEIVER, "K": Capacity.CONSIGNOR}[role])
        case "C0" | "C" | "CL":
            number = {"C0": 0, "CL": len(state.legs) - 1}.get(role, -1) if role != "C" else number_in(path)
            return (state.legs[number].carrier,) if 0 <= number < len(state.legs) else ()
        case "AO":
            return (ORIGIN,) if log is None else _authorities(log, here, there)
        case "AD":
            return (DESTINATION,) if log is None else _authorities(log, there, here)
        case "AD×Y":
            return holders_of("AD", path, state, log) if to_year != year_of(state.times.accepted_s or 0) else ()
        case "AO×P" | "AD×P":
            return holders_of(role[:2], path, state, log) if state.is_between_provinces else ()
        case "R after receipt":
            return holders_of("R", path, state, log) if state.times.received_s is not None else ()
    return ()


def _authorities(log: LogState, division: str, other: str) -> tuple[str, ...]:
    near, far = authorities_of_division(log, division), authorities_of_division(log, other)
    return near or tuple(authority.uscc for authority in log.authorities if authority.uscc not in far) or far


def may_propose(path: str, state: ManifestState, log: LogState) -> tuple[str, ...]:
    """Who may propose a correction of a path; nobody where it is never corrected."""
    row = row_of(path)
    return () if row is None else tuple(dict.fromkeys(party for role in row.proposes for party in holders_of(role, path, state, log)))


def consents(changes: Iterable[tuple[str, str, str]], state: ManifestState, log: LogState | None) -> tuple[AskedConsent, ...]:
    """Whose consent a correction of these fields needs, as the manifest stands. Who closed a manifest by verifying it did not consent to what
    comes after, so then G is asked too."""
    found: dict[str, AskedConsent] = {}
    for path, _, now in changes:
        row = row_of(path)
        roles = () if row is None else row.consents
        for role in (*roles, *(("G",) if state.stage in _VERIFIED else ())):
            if holders := holders_of(role, path, state, log, _year_of(now) if role == "AD×Y" else 0):
                found.setdefault(f"{role}{path if role == 'C' else ''}".partition("×")[0], AskedConsent(role, holders))
    return tuple(found.values())


def _year_of(now: str) -> int:
    """The year of a moment that travels as a text of JSON; 0 where it is none, which is refused for that."""
    try:
        return year_of(parse_at(now.strip('"')))
    except Refusal:
        return 0


def missing(asked: Iterable[AskedConsent], given: Iterable[str]) -> tuple[AskedConsent, ...]:
    """Those that nobody who may give them has given yet."""
    agreed = set(given)
    return tuple(one for one in asked if agreed.isdisjoint(one.holders))


_VERIFIED = FINISHED - {Stage.VOIDED}

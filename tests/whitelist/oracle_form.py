"""Form of bodies: type, enumeration, pattern, presence, length; each defect its own code, all at once (kinds.md §0, §15 Form).

A check is a function (value, codes) that adds the codes of what is wrong with the value. Unknown fields give FIELD_UNKNOWN here, a
code that the text leaves to the schemas; the worlds never make one.
"""

import re
from collections.abc import Callable
from typing import Any

from .oracle_data import METHODS, date_of, grams, moment_of, uscc_ok

Check = Callable[[Any, set[str]], None]

_BLANK = re.compile("[\u0020\u00a0\u115f\u1160\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\ufe00-\ufe0f\uffa0]*")
_MASS = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?")
_ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
_PROVINCE = "1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|81|82"
CODE = re.compile(r"[0-9]{3}-[0-9]{3}-[0-9]{2}")
CATEGORY = re.compile(r"HW(0[1-9]|[123][0-9]|40|4[5-9]|50)")
TYPES = frozenset(
    ["normal", "backfill_ordinary", "backfill_emergency", "backfill_special", "backfill_border", "in_transfer", "pipeline", "emergency"]
)


def text(limit: int = 200) -> Check:
    """T, T40, T2k: not blank (MISSING), at most `limit` characters (TEXT_LONG)."""

    def check(value: Any, codes: set[str]) -> None:
        if not isinstance(value, str):
            codes.add("FIELD_TYPE")
        elif _BLANK.fullmatch(value):
            codes.add("MISSING")
        elif len(value) > limit:
            codes.add("TEXT_LONG")

    return check


def like(pattern: str | re.Pattern[str], code: str = "FIELD_TYPE") -> Check:
    """A string that matches as a whole."""
    compiled = re.compile(pattern)

    def check(value: Any, codes: set[str]) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            codes.add(code)

    return check


def one_of(values: str | frozenset[str], code: str = "FIELD_TYPE") -> Check:
    """An enumeration; its values in one text or a set."""
    allowed = frozenset(values.split()) if isinstance(values, str) else values

    def check(value: Any, codes: set[str]) -> None:
        if not isinstance(value, str) or value not in allowed:
            codes.add(code)

    return check


def number(value: Any, codes: set[str]) -> None:
    """Int: 0 … 10^9."""
    if type(value) is not int or not 0 <= value <= 10**9:
        codes.add("FIELD_TYPE")


def between(low: int, high: int, code: str = "FIELD_TYPE") -> Check:
    """An integer of a range."""

    def check(value: Any, codes: set[str]) -> None:
        if type(value) is not int or not low <= value <= high:
            codes.add(code)

    return check


def truth(value: Any, codes: set[str]) -> None:
    """true or false."""
    if type(value) is not bool:
        codes.add("FIELD_TYPE")


def mass(*, above: bool = True, cap_t: int | None = None) -> Check:
    """Mass in tonnes; `above` zero where the name ends in +; `cap_t` for manifest lines (R-09)."""

    def check(value: Any, codes: set[str]) -> None:
        fits = isinstance(value, str) and _MASS.fullmatch(value) is not None
        if not fits or (above and grams(value) == 0) or (cap_t is not None and grams(value) > cap_t * 1_000_000):
            codes.add("QTY")

    return check


def when(value: Any, codes: set[str]) -> None:
    """The form of `at`."""
    if not isinstance(value, str) or moment_of(value) is None:
        codes.add("AT_FORM")


def day(value: Any, codes: set[str]) -> None:
    """A real date."""
    if date_of(value) is None:
        codes.add("DATE_FORM")


def party(value: Any, codes: set[str]) -> None:
    """A USCC with its check character (R-05)."""
    if not uscc_ok(value):
        codes.add("USCC")


def ref(kind: str, code: str = "FIELD_TYPE") -> Check:
    """The name of a chain `<kind>/<USCC>/<ULID>`."""
    shape = re.compile(f"{kind}/([0-9A-Z]{{18}})/{_ULID}")

    def check(value: Any, codes: set[str]) -> None:
        match = shape.fullmatch(value) if isinstance(value, str) else None
        if match is None or not uscc_ok(match[1]):
            codes.add(code)

    return check


def array(item: Check, low: int, high: int, code: str = "LIST_LENGTH", *, once: str | None = None) -> Check:
    """A list of `low` … `high` items, each once by the field `once` ("" the item itself): "each hash once" stands in §0, so it is form."""

    def check(value: Any, codes: set[str]) -> None:
        if not isinstance(value, list):
            codes.add("FIELD_TYPE")
            return
        if not low <= len(value) <= high:
            codes.add(code)
        keys = [part.get(once) if once and isinstance(part, dict) else part for part in value]
        if once is not None and any(key in keys[:place] for place, key in enumerate(keys)):
            codes.add(code)
        for part in value:
            item(part, codes)

    return check


def record(code: str = "FIELD_TYPE", /, **fields: Check) -> Check:
    """An object; a field whose keyword ends in `_` is optional (the name is what stands before)."""
    known = {name.removesuffix("_"): (check, name.endswith("_")) for name, check in fields.items()}

    def check(value: Any, codes: set[str]) -> None:
        if not isinstance(value, dict):
            codes.add(code)
            return
        if not value.keys() <= known.keys():
            codes.add("FIELD_UNKNOWN")
        for name, (inner, optional) in known.items():
            if name in value:
                inner(value[name], codes)
            elif not optional:
                codes.add("MISSING")

    return check


def later(value: Any, codes: set[str]) -> None:
    """A field whose rules come later."""
    codes.add("NOT_YET")


def _mode(value: Any, codes: set[str]) -> None:
    if value == "sea":
        codes.add("SEA")
    else:
        one_of("road rail water pipeline other", "MODE")(value, codes)


def scope(value: Any, codes: set[str]) -> None:
    """Scope {category, scope, codes?}: codes absent for ALL, all of the category (SCOPE_FORM)."""
    _scope(value, codes)
    if isinstance(value, dict):
        named = value.get("codes")
        if ("codes" in value) == (value.get("scope") == "ALL"):
            codes.add("SCOPE_FORM")
        if isinstance(named, list) and any(str(c)[-2:] != str(value.get("category"))[2:] for c in named):
            codes.add("SCOPE_FORM")


code_ = like(CODE, "CODE_CATEGORY")
category = like(CATEGORY, "CODE_CATEGORY")
method = one_of(METHODS, "METHOD")
division = like(r"[1-8][0-9]{5}", "DIVISION")
site_id = like(r"[0-9A-Za-z._-]{1,32}", "SITE_UNKNOWN")
place = record(division=division, address=text(), site_=site_id)
file = record(sha256=like("[0-9a-f]{64}"), size=between(1, 50_000_000), media_type=like(r"[a-z]+/[a-z0-9.+-]{1,64}"), name=text())
files = array(file, 0, 8, once="sha256")
province = like(_PROVINCE)
list_name = like(r"list/[0-9]{4}-[0-9]{2}-[0-9]{2}-[a-z0-9]{1,16}", "WL_UNKNOWN")
conditions = record(
    pre_notice_days_=between(0, 60),
    complete_within_days_=between(1, 366),
    use_only_=truth,
    transit_=array(province, 0, 8),
    note_=text(2000),
)
_scope = record(category=category, scope=one_of("ALL INCLUDE EXCEPT", "SCOPE_FORM"), codes_=array(code_, 1, 500, "SCOPE_FORM"))
hazards = array(one_of("T C I R In", "HAZARD"), 1, 8)
number14 = like(rf"20[0-9]{{2}}({_PROVINCE})[0-9]{{8}}", "NO_FORMAT")

_LINE = record(
    name=text(),
    internal_name_=text(),
    code=code_,
    category=category,
    hazards=hazards,
    components=text(),
    form=one_of("S SS L G", "FORM_PACK"),
    packing=one_of("bag drum tank box other none", "FORM_PACK"),
    packs=number,
    mass_t=mass(cap_t=100_000),
    pieces_=record(count=number, unit=text(40)),
    method=method,
    purpose_=one_of("store use dispose", "METHOD"),
    decision_line_=number,
    plan_line_=number,
    source_stage_=text(),
    precautions_=text(2000),
    note_=text(),
    dg_=record(
        "DG_DATA",
        un_no=like("[0-9]{4}", "DG_DATA"),
        dg_class=like(r"[1-9](\.[1-6])?", "DG_DATA"),
        packing_group_=one_of("I II III", "DG_DATA"),
    ),
    dg_none_=text(),
    identification_=text(),
    exemptions_=array(record(edition=between(0, 9999, "EXEMPTION_ITEM"), item=number, ref_=text()), 0, 3),
    lots_=later,
)

ISSUE = record(
    type_=one_of(TYPES, "ISSUE_TYPE"),
    receiver=party,
    permit=ref("permit"),
    approval_=ref("approval"),
    decision_=record(no=text(), authority=text(), decided_on=day, valid_to=day, file_=file),
    pilot_=record(list=list_name, row=number),
    emergency_=ref("emergency"),
    returns_=later,
    number_=number14,
    provincial_number_=text(40),
    origin=place,
    destination=place,
    consignor=one_of("generator receiver", "CONSIGNOR"),
    carriers_=array(party, 0, 8, once=""),
    mode_=_mode,
    planned_at_=when,
    trip_id_=like(r"[0-9A-Za-z._-]{1,64}", "TRIP_ID"),
    pre_notice_=record(given_at=when, ref_=text()),
    plan_=record(filing_no=text(), site_=site_id),
    contract_=record(no=text(), valid_to=day, file_=file),
    insurance_no_=text(),
    emergency_measures_=text(2000),
    paper_=record(no_=text(40), reason=text(), departed_at=when, completed_at=when, scan=file),
    meters_=record(out_no=text(), in_no=text(), period_from=day, period_to=day),
    lines=array(_LINE, 1, 16, "LINES"),
    files_=files,
    commit_=record(),
)
"""manifest.issue/1 (§5); `commit` is never made here."""

_ITEM_FIELDS: dict[str, Check] = {"methods": array(method, 1, 32, "METHOD")}


def item(value: Any, codes: set[str]) -> None:
    """One of a permit's `items`: a Scope with `methods`."""
    if not isinstance(value, dict):
        codes.add("FIELD_TYPE")
        return
    scope({k: v for k, v in value.items() if k != "methods"}, codes)
    record(**_ITEM_FIELDS)({k: v for k, v in value.items() if k == "methods"}, codes)


BASIS = record("EXEMPT_BASIS", edition=between(0, 9999, "EXEMPT_BASIS"), item=number, plan_no=text(), generator_=party)
_GRANT: dict[str, Check] = {
    "no": text(),
    "class": one_of("permit collection exempt_use"),
    "valid_from": day,
    "valid_to": day,
    "division": division,
    "address": text(),
    "site_": site_id,
    "items": array(item, 1, 64, "ITEMS"),
    "scale_t": mass(),
    "renews_": ref("permit"),
    "basis_": BASIS,
    "file_": file,
}
GRANT = record(**_GRANT)
AMEND = record(reason=text(), **{n.removesuffix("_") + "_": c for n, c in _GRANT.items() if n not in ("class", "renews_")})
REASON = record(reason=text(), file_=file)
USAGE = record(month=like(r"[0-9]{4}-(0[1-9]|1[0-2])"), received_t=mass(above=False), source=text())
LETTER: dict[str, Check] = {"letter_no": text(), "letter_date": day, "letter_": file}
PROPOSE = record(
    effective_from=day,
    effective_to=day,
    kind=one_of("mutual unilateral pilot"),
    suspension_stops=one_of("decide issue depart"),
    rows=between(1, 2000, "LIST_SIZE"),
    pages=between(1, 2000, "LIST_SIZE"),
    conditions_=conditions,
    **LETTER,
)
LISTED_ROW = record(
    receiver=party,
    permit=ref("permit"),
    waste=scope,
    methods=array(method, 1, 32, "METHOD"),
    quota_t=mass(),
    conditions_=conditions,
)
ROWS = record(page=number, rows=array(LISTED_ROW, 1, 2000, "LIST_SIZE"))
COUNTERSIGN = record(rows_hash=lambda value, codes: None, **LETTER)
APPLY = record(
    receiver=party,
    permit=ref("permit"),
    origin=place,
    applied_from_=day,
    applied_to=day,
    lines=array(
        record(
            name=text(),
            internal_name_=text(),
            code=code_,
            category=category,
            hazards=hazards,
            form_=one_of("S SS L G", "FORM_PACK"),
            mass_t=mass(),
            method=method,
            listing_=record(list=list_name, row=number),
            identification_=text(),
        ),
        1,
        64,
    ),
    contract_=record(no=text(), valid_to_=day, file_=file),
    carriers_=array(party, 0, 8, once=""),
    transit_=array(province, 0, 8),
    materials_=array(
        record(about=one_of("method_statement agreement permit_copy route emergency_plan identification other"), file=file), 0, 16
    ),
    replaces_=ref("approval"),
)
CONSULT = record(files_=files, **LETTER)
REPLY = record(
    agree=truth,
    reason_=text(),
    lines_=array(record(line=number, mass_t=mass(above=False)), 0, 64),
    conditions_=conditions,
    files_=files,
    **LETTER,
)
DECIDE = record(
    approve=truth,
    no=text(),
    decided_on_=day,
    valid_to_=day,
    lines_=array(record(line=number, mass_t=mass(), valid_to_=day), 1, 64),
    conditions_=conditions,
    outcome_=one_of("not_qualified disagreed no_reply incomplete other"),
    reason_=text(),
    files_=files,
)

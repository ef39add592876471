"""人员 of a carrier: 驾驶员, 押运员, 装卸管理人员, as ``crew.register/1`` names them and ``crew.retire/1`` ends them (kinds §2, R-26).

The log knows an id, a role and how long the qualification holds. Who that is, the carrier knows: name and certificate are commitments.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.dates import judge_after
from ledger.directory import PartyState
from ledger.fields import Commitments, Day, Text, form, label, words
from ledger.kinds.roles import act_of_party
from ledger.model import Admission, Facts, Findings, Statement
from ledger.times import day_of
from signing.phrase import Phrase
from signing.refusal import texts

CrewId = Annotated[
    str,
    form("^[0-9A-Z]{1,24}$", "FIELD_TYPE", Phrase("人员编号，如 D01", "the id of a person of the crew, e.g. D01")),
    label("人员编号", "crew id"),
]
CrewRole = Annotated[
    Literal["driver", "escort", "loader"],
    label("岗位", "role"),
    words({"driver": "驾驶员", "escort": "押运员", "loader": "装卸管理人员"}),
]


class CrewRecord(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Register ``crew:<carrier> <id>``: what the last ``crew.register`` of this id said."""

    role: str
    valid_to: str | None = None  # Last day of the qualification, YYYY-MM-DD.
    retired: bool = False


class CrewRegister(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``crew.register/1``: the last statement of an id holds, a retired one comes back with it."""

    crew: CrewId
    role: CrewRole
    valid_to: Annotated[Day, label("资格有效期至", "qualified until")] | None = None
    commit: Commitments


class CrewRetire(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Body of ``crew.retire/1``."""

    crew: CrewId
    reason: Annotated[Text, label("理由", "reason")]


def crew_key(carrier: str, crew: str) -> str:
    """Key of the register of one person of a carrier."""
    return f"crew:{carrier} {crew}"


def person_is_committed_to(judged: Judged, out: Findings) -> None:
    """MISSING without commitments: nobody could ever tell who an id was."""
    if not judged.statement.body.commit:
        what = ("姓名、资格证号的承诺值", "the commitments to name and certificate")
        how = ('（例如 "driver.name"）', ', e.g. "driver.name"')
        out.refuse("MISSING", "body.commit", "", "", "WHAT", what=what, where="body.commit", how=how)


def qualification_is_not_over(judged: Judged, out: Findings) -> None:
    """DATE_ORDER for a qualification that ended before today."""
    valid_to, today = judged.statement.body.valid_to, day_of(judged.moment.at_s)
    if valid_to is not None:
        judge_after(out, "body.valid_to", ("资格有效期至", "the last day of the qualification"), valid_to, today)


def crew_is_known(judged: Judged, out: Findings) -> None:
    """CREW_UNKNOWN unless the carrier registered the id and has not retired it."""
    owner, crew = judged.statement.owner, judged.statement.body.crew
    known: CrewRecord | None = judged.facts.get(crew_key(owner, crew))
    if known is None or known.retired:
        what = ("没有登记", "not registered") if known is None else ("已经停用", "retired already")
        out.refuse("CREW_UNKNOWN", "body.crew", crew, "", "NONE", party=owner, crew=crew, what=what)


def _reads(statement: Statement, facts: Facts) -> Reads:
    return Reads(registers=(crew_key(statement.owner, statement.body.crew),))


def _kept(statement: Statement, facts: Facts, record: CrewRecord) -> Changes:
    """The party's own state stays as it is."""
    state: PartyState = facts.state(statement.chain) or PartyState(name="")
    return Changes(state=state, registers={crew_key(statement.owner, statement.body.crew): record})


def _register(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: CrewRegister = statement.body
    return _kept(statement, facts, CrewRecord(role=body.role, valid_to=body.valid_to))


def _retire(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    known: CrewRecord | None = facts.get(crew_key(statement.owner, statement.body.crew))
    assert known is not None, "CREW_UNKNOWN refuses what was never registered"
    return _kept(statement, facts, replace(known, retired=True))


REGISTER = act_of_party(
    name="crew.register/1",
    zh="登记运输人员",
    en="registration of a crew member",
    body=CrewRegister,
    reads=_reads,
    rules=(person_is_committed_to, qualification_is_not_over),
    evolve=_register,
    effect=(
        "该编号的人员可以填写在起运、交接、换装中；同一编号的前一次登记被取代。",
        "The id may be named by acts on a load; it replaces what was registered of it.",
    ),
)
RETIRE = act_of_party(
    name="crew.retire/1",
    zh="停用运输人员",
    en="retirement of a crew member",
    body=CrewRetire,
    reads=_reads,
    rules=(crew_is_known,),
    evolve=_retire,
    effect=("此后填写该编号的行为带有提示 CREW。", "Acts that name the id from now on carry the alert CREW."),
    texts=texts("""
CREW_UNKNOWN | R-26 | sender | kinds §2 [DESIGN]
该单位没有登记这一人员编号，或者它已停用。 || 核对人员编号。
The party has no crew member of this id, or retired it. || Check the id.

CREW_UNKNOWN:NONE
{party}的人员编号“{crew}”{what}，不能停用。 || 核对 body.crew；编号见本单位的登记（crew.register）。
Crew id "{crew}" of {party} is {what}, so it cannot be retired. || Check body.crew; ids are those of its registrations (crew.register).
"""),
)

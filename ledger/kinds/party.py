"""``party.register/1``: a party enters the log with its first keys. ``party.amend/1`` renames it, closes it (注销) with or without a
successor, or reopens it. Both are signed by the authority of its region (formats §3, kinds §1.2).

Who may sign in the place of a closed party is judged at admission, for every kind alike (ledger.admission.signers).
"""

from typing import Annotated

from msgspec import Struct
from msgspec.structs import replace

from ledger.admission.personality import Changes, Judged, Reads
from ledger.admission.signers import SUCCESSORS_MAX
from ledger.dates import judge_not_to_come
from ledger.directory import PartyState, is_founder, is_registered, party_chain
from ledger.fields import Day, File, Flag, Text, Uscc, items, label
from ledger.kinds.registration import KEYS_MAX, added_keys, brings_keys, key_registers, reads_new_keys
from ledger.kinds.roles import act_of_party, guardians
from ledger.model import Admission, Facts, Findings, Statement, chain_key
from ledger.times import day_of
from signing.phrase import Phrase
from signing.possession import KeyRegistration
from signing.refusal import texts

TEXTS = texts("""
PARTY_STATE | - | sender | kinds §2 [DESIGN]
与该单位的登记状态不符：承继单位须在登记注销时一并指定，已注销的不能再次注销，未注销的不能恢复，承继关系不得成环。 || 读取该单位的当前状态后改正。
This does not fit the party's state: a successor is named with the closing, a closed party is not closed again nor an open one reopened, and nobody succeeds himself. || Read the party's state and correct it.

PARTY_STATE:CLOSED
{party}已于{day}登记注销，不能再次注销。 || 不必再提交；日期登记有误的，先恢复（reopen），再按正确的日期注销。
{party} was closed on {day} and is not closed again. || Nothing is left to do; a wrong day is corrected by reopening it (reopen) and closing it anew.

PARTY_STATE:OPEN
{party}没有注销，无可恢复。 || 核对单位代码；不必恢复的，去掉 body.reopen。
{party} is open: there is nothing to reopen. || Check the party; leave body.reopen out if there is nothing to reopen.

PARTY_STATE:BOTH
恢复（reopen）和注销（closed_on）不能在同一声明中。 || 只保留一项，分两次提交。
reopen and closed_on do not stand in one statement. || Keep one and submit the other afterwards.

PARTY_STATE:NO_DAY
填写了承继单位{successor}，却没有注销日期。 || 同时填写 body.closed_on；不注销的，去掉 body.successor。
A successor, {successor}, is named without the day of closing. || Give body.closed_on too, or leave body.successor out.

PARTY_STATE:CIRCLE
{successor}的承继单位又是{party}，承继关系成环。 || 把 body.successor 改为实际的承继单位。
{successor} is itself succeeded by {party}: a circle. || Name the real successor in body.successor.
""")


class PartyRegister(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Body of ``party.register/1``."""

    name: Annotated[Text, label("单位名称", "name of the party")]
    keys: Annotated[tuple[KeyRegistration, ...], items(1, KEYS_MAX, "FIELD_TYPE"), label("密钥", "first keys")]


class PartyAmend(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Body of ``party.amend/1``: one at least of name, successor, closed_on, reopen."""

    name: Annotated[Text, label("单位名称", "new name")] | None = None
    successor: Annotated[Uscc, label("承继单位", "successor")] | None = None
    closed_on: Annotated[Day, label("注销日期", "day of closing")] | None = None
    reopen: Annotated[Flag, label("恢复", "reopened")] | None = None
    reason: Annotated[Text, label("原因", "reason")]
    file: Annotated[File, label("附件", "attachment")] | None = None


def is_no_founder(judged: Judged, out: Findings) -> None:
    """Founders are registered at the founding, and are what ``log/main`` says."""
    if is_founder(judged.facts, judged.statement.owner):
        out.refuse("CHAIN_OWNER", "chain", judged.statement.owner, Phrase("既非运营单位也非主管部门", "neither operator nor authority"))


def _line(facts: Facts, successor: str) -> list[str]:
    """A successor and who succeeds it, as far as it is loaded and anybody follows it."""
    line = [successor]
    while len(line) <= SUCCESSORS_MAX and not facts.missing([chain_key(party_chain(line[-1]))]):
        state: PartyState | None = facts.state(party_chain(line[-1]))
        if state is None or not state.successor:
            break
        line.append(state.successor)
    return line


def says_something(judged: Judged, out: Findings) -> None:
    """One change at least."""
    body: PartyAmend = judged.statement.body
    if not (body.name or body.successor or body.closed_on or body.reopen):
        what = ("要变更的内容", "what is to change")
        how = ("（name、successor、closed_on、reopen 中至少一项）", " (one of name, successor, closed_on, reopen at least)")
        out.refuse("MISSING", "body", "", "", "WHAT", what=what, where="body", how=how)


def fits_the_state(judged: Judged, out: Findings) -> None:
    """Closed once, not in the future, and reopened only when closed."""
    body: PartyAmend = judged.statement.body
    state: PartyState | None = judged.state
    closed_on = "" if state is None else state.closed_on
    today = day_of(judged.moment.at_s)
    if body.closed_on is not None:
        judge_not_to_come(out, "body.closed_on", ("注销日期", "the day of closing"), body.closed_on, today)
    if body.closed_on is not None and closed_on:
        out.refuse("PARTY_STATE", "body.closed_on", closed_on, "", "CLOSED", party=judged.statement.owner, day=closed_on)
    if body.reopen is not None and (not closed_on or body.closed_on is not None):
        if closed_on:
            out.refuse("PARTY_STATE", "body.reopen", closed_on, "", "BOTH")
        else:
            out.refuse("PARTY_STATE", "body.reopen", "", "", "OPEN", party=judged.statement.owner)


def successor_is_another_party(judged: Judged, out: Findings) -> None:
    """Registered, named with the closing, and not succeeded by this very party."""
    body: PartyAmend = judged.statement.body
    if body.successor is None:
        return
    if body.closed_on is None:
        out.refuse("PARTY_STATE", "body.successor", body.successor, "", "NO_DAY", successor=body.successor)
    if judged.statement.owner in _line(judged.facts, body.successor):
        out.refuse("PARTY_STATE", "body.successor", body.successor, "", "CIRCLE", party=judged.statement.owner, successor=body.successor)
    elif not is_registered(judged.facts, body.successor):
        out.refuse("PARTY_UNKNOWN", "body.successor", body.successor, "", "NONE", party=body.successor, where="body.successor")


def _evolve(statement: Statement, admission: Admission, facts: Facts) -> Changes:
    body: PartyAmend = statement.body
    state: PartyState = facts.state(statement.chain)
    if body.reopen:
        state = replace(state, closed_on="", successor="")
    if body.closed_on is not None:
        state = replace(state, closed_on=body.closed_on, successor=body.successor or "")
    return Changes(state=state if body.name is None else replace(state, name=body.name))


AMEND = act_of_party(
    name="party.amend/1",
    zh="变更、注销单位",
    en="amendment or closing of a party",
    body=PartyAmend,
    roles=("authority of the region",),
    signers=guardians,
    reads=lambda statement, facts: (
        Reads(chains=tuple(map(party_chain, _line(facts, statement.body.successor)))) if statement.body.successor else Reads()
    ),
    reads_doc="The party chain of the successor, and those of the parties that succeed it.",
    rules=(says_something, is_no_founder, fits_the_state, successor_is_another_party),
    evolve=_evolve,
    effect=(
        "名称自此更改；已注销的单位不再开立新链，不再开具、申请、起运，其角色由承继单位或主管部门代签。",
        "The name changes from here on; a closed party opens no chain, signs no issue, application or departure, and others sign in its roles.",
    ),
    texts=TEXTS,
    opens=False,
    again=False,
)
REGISTER = act_of_party(
    name="party.register/1",
    zh="登记单位",
    en="registration of a party",
    body=PartyRegister,
    roles=("authority of the region",),
    signers=guardians,
    reads=reads_new_keys,
    reads_doc="Nothing beside log/main: keys are compared with the register of all earlier keys.",
    rules=(is_no_founder, brings_keys),
    evolve=lambda statement, admission, facts: added_keys(
        PartyState(name=statement.body.name), key_registers(statement.body.keys, statement.owner, admission.index)
    ),
    effect=("该单位可以用所列密钥签署。", "The party may sign with the keys named."),
    again=False,
)

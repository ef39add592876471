"""作废: a manifest is voided before departure only, with a reason, by its generator (R-59)."""

from collections.abc import Mapping
from typing import Annotated, Any

from ledger.admission.personality import Judged, Reads, Window
from ledger.fields import Text, label
from ledger.model import Facts, Findings, Statement
from manifests import lots, returns, settlement
from manifests.act import Body, Entered, at_stage, number_keys, time_does_not_run_back, trunk_act
from manifests.machine import Act
from manifests.model import ManifestState, Stage


class Void(Body, frozen=True, kw_only=True):
    """作废, before departure only (``manifest.void/1``)."""

    reason: Annotated[Text, label("作废理由", "reason")]


def reads(statement: Statement, state: ManifestState, facts: Facts) -> Reads:
    """The number's holders, the accounts on which grams are held and the year they belong to, the manifest whose grams it returns."""
    own = (*number_keys(statement, state, facts), *settlement.site_keys(state))
    return Reads(accounts=tuple(state.drawn), registers=(*own, *returns.keys_of(state, departs=False), *lots.keys_of(state)))


def _release(judged: Judged, out: Findings) -> None:
    """Gives back whatever was reserved."""
    out.accounts = settlement.settle(judged.state, [0] * len(judged.state.lines))


def _registers(entered: Entered) -> Mapping[str, Any]:
    given = returns.given_back(entered.facts, entered.before)
    return {**settlement.site_settled(entered), **given, **lots.given_back(entered.facts, entered.statement.chain, entered.before)}


VOID = trunk_act(
    Act.VOID,
    zh="作废",
    en="void",
    body=Void,
    window=Window.DAY,
    reads=reads,
    reads_doc="The accounts on which the manifest holds grams, and its number; what a return or lots have taken.",
    rules=(time_does_not_run_back,),
    settle=_release,
    registers=_registers,
    advance=lambda state, statement: at_stage(state, Stage.VOIDED, voided_s=statement.at_s),
    books="released",
    effect=(
        "联单作废，所占额度全部退回，退回、改送的数量和来源批次复归原联单，编号不再有效。",
        "The manifest is void; what it held of the quotas, of refused grams and of lots comes back; its number is live no longer.",
    ),
)

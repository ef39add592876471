"""核实: the generator has checked what became of its waste, which closes the manifest (Order 23 Art. 10(5) [READ])."""

from typing import Annotated

from ledger.admission.personality import Reads, Window
from ledger.fields import Text, label
from manifests import returns
from manifests.act import FiledBody, at_stage, number_keys, time_does_not_run_back, trunk_act
from manifests.machine import Act
from manifests.model import Stage

_ENDS = {Stage.DISPOSED: Stage.CLOSED, Stage.REJECTED: Stage.CLOSED_REJECTED}


class Verify(FiledBody, frozen=True, kw_only=True):
    """核实: the generator has checked what became of its waste (``manifest.verify/1``)."""

    note: Annotated[Text | None, label("备注", "note")] = None


VERIFY = trunk_act(
    Act.VERIFY,
    zh="移出人核实",
    en="verify",
    body=Verify,
    window=Window.DAY,
    reads=lambda statement, state, facts: Reads(registers=number_keys(statement, state, facts)),
    reads_doc="The manifest's number.",
    rules=(time_does_not_run_back, returns.refused_waste_has_gone),
    advance=lambda state, statement: at_stage(state, _ENDS[state.stage], verified_s=statement.at_s),
    books=None,
    effect=(
        "联单办结（拒收的为拒收办结），编号随之办结。",
        "The manifest is closed, after a rejection closed_rejected; its number is closed with it.",
    ),
)

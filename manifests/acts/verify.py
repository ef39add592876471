"""核实: the generator has checked what became of its waste, which closes the manifest (Order 23 Art. 10(5) [READ])."""

from typing import Annotated

from ledger.admission.personality import Judged, Reads, Window
from ledger.fields import Text, label
from ledger.model import Findings
from manifests.act import FiledBody, at_stage, number_keys, time_does_not_run_back, trunk_act
from manifests.machine import Act
from manifests.model import Stage
from signing.refusal import texts

_ENDS = {Stage.DISPOSED: Stage.CLOSED, Stage.REJECTED: Stage.CLOSED_REJECTED}


class Verify(FiledBody, frozen=True, kw_only=True):
    """核实: the generator has checked what became of its waste (``manifest.verify/1``)."""

    note: Annotated[Text | None, label("备注", "note")] = None


def refused_waste_is_back(judged: Judged, out: Findings) -> None:
    """R-65 ALERT H RETURN_OPEN: what was refused stands somewhere, and no manifest carries it back yet."""
    if any(line.refused_g for line in judged.state.lines):
        out.alert("H", "RETURN_OPEN")


VERIFY = trunk_act(
    Act.VERIFY,
    zh="移出人核实",
    en="verify",
    body=Verify,
    window=Window.DAY,
    reads=lambda statement, state, facts: Reads(registers=number_keys(statement, state, facts)),
    reads_doc="The manifest's number.",
    rules=(time_does_not_run_back, refused_waste_is_back),
    advance=lambda state, statement: at_stage(state, _ENDS[state.stage], verified_s=statement.at_s),
    books=None,
    effect=(
        "联单办结（拒收的为拒收办结），编号随之办结。",
        "The manifest is closed, after a rejection closed_rejected; its number is closed with it.",
    ),
    texts=texts("""
RETURN_OPEN | R-65 | generator | law §7.4 [DESIGN]
拒收的废物尚未退回、改送或处置。 || 不影响入账，主管部门会看到。开具退回或改送联单，并使其起运。
Refused waste has not gone back, nor elsewhere, yet. || It is entered all the same, and the authorities see it. Issue a manifest that returns or redirects it, and let it depart.
"""),
)

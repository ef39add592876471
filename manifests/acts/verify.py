"""核实: the generator has checked what became of its waste (Order 23 Art. 10(5) [READ])."""

from __future__ import annotations

from ledger.admission.personality import Window
from ledger.model import Statement
from manifests.act import Body, at_stage, reads_number, time_does_not_run_back, trunk_act
from manifests.model import Act, ManifestState, Stage


class Verify(Body, frozen=True, kw_only=True):
    """核实: the generator has checked what became of its waste (``manifest.verify/1``)."""


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    return at_stage(state, Stage.CLOSED, verified_s=statement.at_s)


VERIFY = trunk_act(
    Act.VERIFY,
    zh="移出人核实",
    en="verify",
    body=Verify,
    window=Window.DAY,
    reads=reads_number,
    reads_doc="The manifest's number.",
    rules=(time_does_not_run_back,),
    advance=_advance,
    books=None,
    effect=("联单办结，编号不再有效。", "The manifest is closed, its number is live no longer."),
)

"""The book of a management plan (管理计划): beside each line what manifests count on it, so that what is used is the sum of what moved."""

from collections.abc import Iterable

from msgspec import Struct, field

from ledger.answers import ChangedParty
from ledger.mass import format_mass
from ledger.times import format_at
from manifests.planned import lines_counted_g
from manifests.view import ManifestView
from whitelist.plan_answers import PlanAnswer


class PlanMovement(Struct, frozen=True, gc=False, kw_only=True):
    """What a line of a manifest counts on a line of the plan now: 0 after a void."""

    manifest: str
    manifest_line: int
    site: str | None
    line: int
    counted_t: str
    stage: str
    receiver: str
    issued_at: str


class PlanBook(Struct, frozen=True, gc=False, kw_only=True):
    """A plan with a page of the manifests that count on it, newest issue first. ``used_t`` of a line is the sum of its ``counted_t`` over all
    pages, once the projection has come as far as the log (``min_size``)."""

    size: int
    plan: PlanAnswer
    movements: tuple[PlanMovement, ...]
    next: str | None
    names: dict[str, str] = field(default_factory=dict)  # Of the codes above (whitelist.names).
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def movements(plan: PlanAnswer, views: Iterable[ManifestView]) -> tuple[PlanMovement, ...]:
    """What manifests count on the lines of a plan that its reader sees."""
    seen = {(site.site or "", line.line) for site in plan.sites for line in site.lines}
    found = []
    for view in views:
        assert view.state.plan is not None, "it is found by its plan"
        site = view.state.plan.site
        found += [
            PlanMovement(
                manifest=view.chain,
                manifest_line=number,
                site=site or None,
                line=line,
                counted_t=format_mass(grams),
                stage=view.state.stage.value,
                receiver=view.state.receiver,
                issued_at=format_at(view.issued_s),
            )
            for number, line, grams in lines_counted_g(view.state)
            if (site, line) in seen
        ]
    return tuple(found)

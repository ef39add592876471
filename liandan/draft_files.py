"""A draft of a list from the file that an office has: its spreadsheet by the intake (docs/intake.md), or JSON (docs/whatif.md).

Permits are found by their numbers among those of the log, as it was at the end of the year that is tried; so both provinces read one file alike.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from msgspec import Struct

from ledger.admission.form import read_body
from ledger.auditing.audit import audit
from ledger.directory import party_name
from ledger.model import chain_key
from ledger.times import day_of, parse_at
from ledger.tree.tiles import Read
from liandan.intake.difference import compare_lists, rows_in_force, rows_of_draft
from liandan.intake.exporting import write_list
from liandan.intake.ground import LogGround
from liandan.intake.model import SheetFinding
from liandan.intake.taking import TakenFiles, take
from liandan.wiring import KINDS
from reports.whatif.draft import NAME, DraftList, checked, read_draft
from reports.whatif.laboratory import FirstLook, Trial, lists_of, root_of, try_out
from signing.refusal import refuse
from whitelist.acts.list_propose import ListPropose
from whitelist.answers import PermitAnswer, permit_answer
from whitelist.fields import LIST
from whitelist.registries import RegistryRow

LATER_S = parse_at("2099-12-31T00:00:00+08:00")
"""As if it were read then: the letter of a draft may be of a day to come, and a trial knows no present."""


class UnreadDraft(Exception):  # it is told cell by cell, and is no error of the program
    """A spreadsheet in which something is wrong, by sheet, row and column."""

    def __init__(self, findings: tuple[SheetFinding, ...]) -> None:
        super().__init__(len(findings))
        self.findings = findings


class DraftFile(Struct):
    """A file, and once it was read what the intake said of it; JSON needs none."""

    name: str
    raw: bytes
    stands_for: str | None = None
    """Which list it is, where the file does not say so."""
    taken: TakenFiles | None = None

    def read(self, look: FirstLook) -> DraftList:
        """The draft; raises UnreadDraft for a spreadsheet with findings, Refusal for JSON in which something is wrong, WHATIF_LIST where nothing
        says which list it is."""
        if self.raw.lstrip()[:1] == b"{":
            return read_draft(self.raw)
        self.taken = taken = take("list", [(self.name, self.raw)], at_s=LATER_S, ground=_ground(look))
        if taken.findings or taken.draft is None or not taken.draft.rows:
            raise UnreadDraft(taken.findings)
        proposal = next((one.body for one in taken.statements if one.kind == "list.propose/1"), None)
        propose: ListPropose | None = None if proposal is None else read_body(proposal, ListPropose)
        return checked(DraftList(list=taken.draft.chain or self.stands_for or _only_list(look), propose=propose, rows=taken.draft.rows))


def tried(read: Read, asked: DraftFile, year: int | None, progress: Callable[[int, int], None]) -> Trial:
    """The draft on an export; Refusal EXPORT_AUDIT where the replay stumbles over what no log admits, which an audit then confirms."""
    try:
        return try_out(read, KINDS, asked.read, year, progress)
    except (LookupError, ValueError, TypeError, AttributeError, AssertionError) as error:
        report = audit(read, KINDS, progress=progress)
        if report.is_clean:
            raise
        first = report.findings[0]
        raise refuse("EXPORT_AUDIT", field=first.field, found=f"{report.count}: {first.code} #{first.index}") from error


def difference_of(trial: Trial) -> tuple[str, str]:
    """What the draft's rows say otherwise than the list at the end of the year, in Chinese and English."""
    facts, listed = trial.facts, trial.listed
    before = [] if listed is None else rows_in_force(listed, day_of(trial.at_s))
    after = rows_of_draft(trial.draft.rows, {row.permit: root_of(facts, row.permit) for row in trial.draft.rows})
    names = {one.row.receiver: party_name(facts, one.row.receiver) for one in (*before, *after)}
    found = compare_lists(before, after, names)
    return found.zh, found.en


def as_listed(look: FirstLook, chain: str) -> bytes:
    """A list as it stood at the end of the year, as the workbook of a draft; Refusal WHATIF_LIST for one that the log does not have."""
    lists = lists_of(look)
    if chain not in lists:
        raise refuse("WHATIF_LIST", field="list", found=chain, expected=", ".join(lists))
    ground, state, out = _ground(look), lists[chain], BytesIO()
    rows = rows_in_force(state, day_of(look.at_s))
    write_list(out, chain, state, rows, ground.names, {permit.permit: permit.no for permit in ground.permits})
    return out.getvalue()


def list_name(text: str) -> str:
    """The name of a list; Refusal DRAFT_FORM for what is none."""
    if not LIST.fullmatch(text):
        raise refuse("DRAFT_FORM", field="list", found=text, expected=NAME)
    return text


def _only_list(look: FirstLook) -> str:
    """The one list of the year."""
    found = list(lists_of(look, f"list/{look.year:04d}-"))
    if len(found) != 1:
        raise refuse("WHATIF_LIST", field="list", found=", ".join(found), expected="--list list/…")
    return found[0]


def _ground(look: FirstLook) -> LogGround:
    """Permits and receivers' names as the log has them."""
    facts = look.facts
    heads = ((key.removeprefix("chain:"), head) for key, head in facts.values.items() if key.startswith(chain_key("permit/")))
    permits: tuple[PermitAnswer, ...] = tuple(permit_answer(RegistryRow(chain, 0, head)) for chain, head in sorted(heads))
    return LogGround(permits=permits, names={permit.receiver: party_name(facts, permit.receiver) for permit in permits})

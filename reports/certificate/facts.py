"""What a certificate says, taken from a verified bundle and from nothing else.

Names come from registrations, the decision from its own chain, quotas from the account rows of the entries, times from the acts. Pure.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, convert
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.bundle import Bundle
from ledger.directory import LOG_MAIN
from ledger.kinds.founding import Adopted, LogFound
from ledger.times import day_at, day_of
from manifests.acts import Arrive, Depart, HandOver, Issue, Receive, ReceivedLine, Stop, Transship
from manifests.amendment import LegFields
from manifests.case import cases_of, in_force
from manifests.model import LineState, ManifestState
from manifests.numbers import settles
from manifests.recorded import PARTS, record_of
from reports.certificate.decision import Approved, Quota, decision_of, quotas
from reports.legal import Citation, bases
from reports.names import name_in
from signing.phrase import Phrase
from signing.refusal import refuse
from whitelist.catalogue import PREFIX as CATALOGUE
from whitelist.catalogue import edition_among
from whitelist.fields import Place
from whitelist.permit import PermitState
from whitelist.transfer import WasteLine


class CertifiedLine(Struct, frozen=True, kw_only=True):
    """One waste line: as issued, as received, and what became of it."""

    number: int
    """From 1, as printed."""
    issued: WasteLine
    got: ReceivedLine
    state: LineState
    difference_g: int | None
    """Declared − accepted − refused; ``None`` where the receiver declined and nothing came."""


class CertificateFacts(Struct, frozen=True, kw_only=True):
    """Everything that the pages print."""

    bundle: Bundle
    number: str
    """National number, given at issue or later by a case; empty while there is none."""
    provincial_number: str
    state: ManifestState
    issue: Issue
    receipt: Entry
    """The act that this certificate confirms."""
    receive: Receive
    """Its body, as the issue and the moves with what was corrected since."""
    lines: tuple[CertifiedLine, ...]
    moves: tuple[Depart | HandOver | Transship, ...]
    """The acts that began the legs, in order."""
    stops: tuple[tuple[int, Stop], ...]
    """(when it began, 停留)."""
    ends: Mapping[int, Place]
    """Where the leg ended that ended at a moment."""
    edition: str
    """Year of the catalogue (名录) that judged the issue: the edition of its day, as far as adopted before; empty where none was."""
    permit: PermitState | None
    approved: Approved | None
    quotas: tuple[Quota, ...]
    custody: tuple[Entry, ...]
    """Acts on the trunk and in cases, in the order of the log."""
    personal: tuple[str, ...]
    """Fields of personal data that are committed, not shown."""
    citations: tuple[tuple[str, str, tuple[Citation, ...]], ...]

    @property
    def ulid(self) -> str:
        """The manifest's own identity."""
        return self.bundle.subject.rpartition("/")[2]

    @property
    def dated(self) -> str:
        """``admission.at`` of the newest entry about the manifest."""
        return self.custody[-1].admission.at

    def name(self, uscc: str) -> str:
        """A party as it was called at the issue, and as it is called now (reports.names)."""
        return name_in(self.bundle, uscc)


def manifest_of(bundle: Bundle) -> ManifestState:
    """The bundle's manifest in force; Refusal CERT_SUBJECT if it is about something else."""
    state = bundle.facts.state(bundle.subject)
    if not isinstance(state, ManifestState):
        raise refuse("CERT_SUBJECT", field="subject", found=bundle.subject, expected="manifest/<USCC>/<ULID>")
    return in_force(state, cases_of(bundle.facts, bundle.subject))


def facts_of(bundle: Bundle) -> CertificateFacts:
    """The facts; Refusal CERT_STATE before the receipt (R-74), CERT_SUBJECT if the bundle is not about a manifest."""
    state = manifest_of(bundle)
    trunk = bundle.chain(bundle.subject)
    receipt = next((entry for entry in trunk if isinstance(entry.statement.body, Receive)), None)
    if receipt is None:
        raise refuse("CERT_STATE", found=state.stage, expected=Phrase("接受人的接受确认", "the receiver's manifest.receive"))
    custody, cases = about(bundle), cases_of(bundle.facts, bundle.subject)
    bodies = [(entry.statement.at_s, entry.statement.body) for entry in trunk]
    permit = bundle.facts.state(state.permit)
    try:
        issue, receive, moves = _in_force(bundle, [body for _, body in bodies])
        lines = tuple(_lines(issue, receive, state))
    except (LookupError, ValueError):
        raise refuse("BUNDLE_MEANING", field=bundle.subject, found="lines") from None
    return CertificateFacts(
        bundle=bundle,
        number=state.number or cases.number or "",
        provincial_number=issue.provincial_number or cases.provincial_number or "",
        state=state,
        issue=issue,
        receipt=receipt,
        receive=receive,
        lines=lines,
        moves=moves,
        stops=tuple((at_s, body) for at_s, body in bodies if isinstance(body, Stop)),
        ends={at_s: body.place for at_s, body in bodies if isinstance(body, HandOver | Transship | Arrive) and body.place is not None},
        edition=_edition(bundle, trunk[0]),
        permit=permit if isinstance(permit, PermitState) else None,
        approved=None if issue.approval is None else decision_of(bundle, issue.approval, [line.decision_line for line in issue.lines]),
        quotas=quotas(bundle, state),
        custody=custody,
        personal=personal_fields(custody),
        citations=bases("manifest", [day_of(entry.statement.at_s) for entry in trunk]),
    )


Moves = tuple[Depart | HandOver | Transship, ...]


def _in_force(bundle: Bundle, bodies: Iterable[Any]) -> tuple[Issue, Receive, Moves]:
    """Bodies as they stand with the corrections in force; the very bodies where there are none."""
    issue, *later = bodies
    receive = next(body for body in later if isinstance(body, Receive))
    moves = tuple(body for body in later if isinstance(body, Depart | HandOver | Transship))
    if not cases_of(bundle.facts, bundle.subject).overlay:
        return issue, receive, moves
    record, overlay = record_of(bundle.facts, bundle.subject), cases_of(bundle.facts, bundle.subject).overlay
    part_one = {name: value for name, value in record.items() if name not in PARTS}
    moves = tuple(
        _moved(body, number, convert(leg, LegFields), overlay) for number, (body, leg) in enumerate(zip(moves, record["legs"], strict=True))
    )
    lines, accepted_at = convert(record["received"], tuple[ReceivedLine, ...]), receive.accepted_at
    if "times.accepted_at" in overlay:
        accepted_at = record["times"]["accepted_at"]
    issued = replace(convert(part_one, Issue), files=issue.files, commit=issue.commit)
    return issued, replace(receive, lines=lines, accepted_at=accepted_at), moves


def _moved(body: Any, number: int, leg: LegFields, overlay: Mapping[str, str]) -> Any:
    """The act that began a leg, with the fields of it that were corrected."""
    fields = {path.split(".")[2] for path in overlay if path.startswith(f"legs.{number}.")}
    return replace(body, **{name: getattr(leg, name) for name in fields if hasattr(body, name)})


def about(bundle: Bundle) -> tuple[Entry, ...]:
    """Entries of the trunk and of its cases, and those that settled a number of it."""
    cases, trunk = bundle.subject.replace("manifest/", "case/", 1) + "/", bundle.subject
    return tuple(
        entry
        for entry in bundle.entries
        if entry.statement.chain == trunk or entry.statement.chain.startswith(cases) or settles(entry, trunk)
    )


def _edition(bundle: Bundle, issue: Entry) -> str:
    """The edition in force on the day of the issue, among those adopted at a lower index."""
    adopted: list[str] = []
    for entry in bundle.chain(LOG_MAIN):
        body = entry.statement.body
        if entry.index < issue.index and isinstance(body, LogFound):
            adopted += [one.name for one in body.data]
        elif entry.index < issue.index and isinstance(body, Adopted):
            adopted.append(body.name)
    return edition_among(adopted, CATALOGUE, day_at(issue.admission.at)) or ""


def _lines(issue: Issue, receive: Receive, state: ManifestState) -> Iterable[CertifiedLine]:
    received = {line.line: line for line in receive.lines}
    for place, (wanted, line) in enumerate(zip(issue.lines, state.lines, strict=True)):
        difference_g = None if state.is_declined else line.declared_g - (line.accepted_g or 0) - (line.refused_g or 0)
        yield CertifiedLine(number=place + 1, issued=wanted, got=received[place], state=line, difference_g=difference_g)


def personal_fields(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Names of committed fields over all acts."""
    bodies: Iterable[Any] = (entry.statement.body for entry in entries)  # every act and case of manifests/ has ``commit``
    return tuple(dict.fromkeys(name for body in bodies for name in sorted(getattr(body, "commit", {}))))

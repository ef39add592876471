"""What an audit says: figures and findings, the same as text, JSON and paper."""

from collections.abc import Sequence

from msgspec import Struct, field

from ledger.evidence.model import FilesChecked
from signing.refusal import Refusal

FINDINGS_MAX = 1000  # findings kept; the count goes on


class Finding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One thing that is not as it must be: where, what was found, what was expected."""

    code: str
    index: int | None = None
    chain: str = ""
    field: str = ""
    found: str = ""
    expected: str = ""


class AuditReport(Struct, kw_only=True):
    """Result of an audit. ``findings`` is cut at FINDINGS_MAX, ``count`` is not."""

    origin: str = ""
    found: str = ""  # statement hash of ``log.found``: compare it with the one you pinned
    size: int = 0
    root: str = ""
    clock: str = ""
    entries: int = 0  # entries read and hashed, those of an earlier audit that this one goes on from included
    since: int = 0  # entries that an earlier audit had decided already
    signatures: int = 0  # party signatures verified by this run
    checkpoints: int = 0  # archived checkpoints checked
    cosignatures: int = 0  # valid lines of witnesses in force on these and on the newest checkpoint
    below_quorum: int = 0
    """Checkpoints among them with fewer witnesses than the policy in force asks for: published all the same, and said here."""
    derived: int = 0
    """Rows that a database keeps beside its entries and that were compared with them: places, facts, head, views; 0 for an export."""
    brackets: str = ""  # ``checked``, or why the time brackets were not: ``simulated`` clock, or ``no witnesses``
    waited_s: int = 0
    """The longest time from an entry's ``admission.at`` to the first witness that saw it, by the checkpoints at hand; 0 without brackets.
    So much later than it says could that entry have been admitted; archived checkpoints, one per 10 minutes of growth, keep it short."""
    waited_index: int = 0  # which entry that is
    attachments: FilesChecked | None = None
    """Of files that lie beside an export, where there are any."""
    count: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Nothing was found."""
        return self.count == 0

    def add(self, *findings: Finding) -> None:
        """Note findings."""
        self.count += len(findings)
        self.findings += findings[: max(0, FINDINGS_MAX - len(self.findings))]

    def add_refusal(self, refusal: Refusal, where: str) -> None:
        """Note why something could not be read."""
        self.add(*of_refusal(refusal, where))


def difference(code: str, field: str, found: object, expected: object, *, index: int | None = None, chain: str = "") -> Finding:
    """A finding about a file, a row or a part of an entry; of what differs, 300 characters are shown."""
    return Finding(code=code, index=index, chain=chain, field=field, found=str(found)[:300], expected=str(expected)[:300])


def of_refusal(refusal: Refusal, where: str) -> list[Finding]:
    """Reasons why something could not be read, all of them at one place."""
    return [difference(reason.code, where, reason.found, reason.expected) for reason in refusal.reasons]


def of_entry(refusal: Refusal, index: int, chain: str = "", prefix: str = "") -> list[Finding]:
    """Reasons why an entry may not stand where it stands."""
    return [difference(r.code, f"{prefix}{r.field}", r.found, r.expected, index=index, chain=chain) for r in refusal.reasons]


def as_lines(findings: Sequence[Finding]) -> list[str]:
    """One line of text per finding."""
    places = ((one.code, "" if one.index is None else f"#{one.index}", one.chain, one.field) for one in findings)
    told = ((one.found and f"发现 {one.found}", one.expected and f"应为 {one.expected}") for one in findings)
    return [" ".join(filter(None, (*place, *what))) for place, what in zip(places, told, strict=True)]

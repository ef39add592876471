"""What an audit says: figures and findings, the same as text, JSON and paper."""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field

from ledger.auditing.replay import Finding
from signing.refusal import Reason, Refusal

FINDINGS_MAX = 1000
"""Findings kept; the count goes on."""


class AuditReport(Struct, kw_only=True):
    """Result of an audit. ``findings`` is cut at FINDINGS_MAX, ``count`` is not."""

    origin: str = ""
    found: str = ""
    """Statement hash of ``log.found``: compare it with the one you pinned."""
    size: int = 0
    root: str = ""
    clock: str = ""
    entries: int = 0
    """Entries read and hashed, those of an earlier audit that this one goes on from included."""
    since: int = 0
    """Entries that an earlier audit had decided already."""
    signatures: int = 0
    """Party signatures verified by this run."""
    checkpoints: int = 0
    """Archived checkpoints checked."""
    cosignatures: int = 0
    """Valid lines of witnesses in force on these and on the newest checkpoint."""
    below_quorum: int = 0
    """Checkpoints among them with fewer witnesses than the policy in force asks for: published all the same, and said here."""
    derived: int = 0
    """Rows that a database keeps beside its entries and that were compared with them: places, facts, head, views; 0 for an export."""
    brackets: str = ""
    """``checked``, or why the time brackets were not: ``simulated`` clock, or ``no witnesses``."""
    waited_s: int = 0
    """The longest time from an entry's ``admission.at`` to the first witness that saw it, by the checkpoints at hand; 0 without brackets.
    So much later than it says could that entry have been admitted; archived checkpoints, one per 10 minutes of growth, keep it short."""
    waited_index: int = 0
    """Which entry that is."""
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
        self.add(*(difference(reason.code, where, reason.found, reason.expected) for reason in refusal.reasons))


def difference(code: str, where: str, found: str, expected: str) -> Finding:
    """A finding about a file or a part of one."""
    return Finding(code=code, field=where, found=found, expected=expected)


def of_entry(reasons: Iterable[Reason], index: int, chain: str, prefix: str = "") -> list[Finding]:
    """Reasons why an entry may not stand where it stands."""
    return [Finding(code=r.code, index=index, chain=chain, field=f"{prefix}{r.field}", found=r.found, expected=r.expected) for r in reasons]


def as_lines(findings: Sequence[Finding]) -> list[str]:
    """One line of text per finding."""
    return [
        " ".join(
            part
            for part in (
                finding.code,
                "" if finding.index is None else f"#{finding.index}",
                finding.chain,
                finding.field,
                f"发现 {finding.found}" if finding.found else "",
                f"应为 {finding.expected}" if finding.expected else "",
            )
            if part
        )
        for finding in findings
    ]

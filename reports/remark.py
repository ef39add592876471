"""What a verification says: findings, notes, and the report of one file."""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from reports.issuing import Retirement
from reports.rulebook import all_texts
from signing.refusal import Reason, Rule

Form = Literal["certificate", "bundle", "unlogged", "receipt", "entry", "checkpoint", "claim", "unknown"]
"""``unlogged`` are signed statements that the log does not have yet, ``receipt`` is a refusal's, ``entry`` an admitted statement's with its proof, ``claim`` what a square code says."""


Paper = Literal["", "reprint", "signature", "unchecked"]
"""How the pages were proved to be the issuer's: they are what the evidence prints, to the byte, or the issuer signed the whole file."""

Verdict = Literal["good", "unchecked", "unlogged", "unpinned", "bad", "other"]


class Remark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding or note, in both languages."""

    code: str
    zh: str
    en: str
    do_zh: str
    do_en: str
    field: str = ""
    found: str = ""
    expected: str = ""


class VerifyReport(Struct, frozen=True, kw_only=True):
    """What verification of one file gave. The file is good iff there are no findings."""

    file: str
    form: Form
    document: str = ""
    """Which document a PDF is (``reports.documents``)."""
    subject: str = ""
    """The chain it is about, or the statement a receipt is for."""
    kind: str = ""
    """Kind of the statement that a receipt proves."""
    index: int | None = None
    """Where it stands in the log."""
    stage: str = ""
    number: str = ""
    origin: str = ""
    size: int = 0
    root: str = ""
    found: str = ""
    """Statement hash of ``log.found``: compare it with the one you pinned."""
    entries: int = 0
    signatures: int = 0
    """Signatures of parties (of a refusal receipt: of the operator) that were verified."""
    witnesses: tuple[str, ...] = ()
    """Vkeys of the witnesses whose cosignatures were verified."""
    paper: Paper = ""
    canonical: str = ""
    """Where the page that the evidence prints was written, for a paper that was not checked."""
    is_pinned: bool = True
    """Whether the log is one that the reader knows by a pin."""
    codes: tuple[str, ...] = ()
    """Codes that a refusal receipt states."""
    signers: tuple[str, ...] = ()
    """Keyids of the log's keys whose signatures of the paper, or of the claim, were verified."""
    retired: tuple[Retirement, ...] = ()
    """Keys that the file's evidence knows to be retired."""
    findings: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def is_good(self) -> bool:
        """Nothing was found. Whether it is of a known log, and whether its paper was checked, is said apart (``verdict``)."""
        return not self.findings

    @property
    def verdict(self) -> Verdict:
        """What to tell whoever holds the file; the gravest first."""
        if self.findings:
            return "bad"
        if self.form == "unknown" or (self.form == "claim" and not self.signatures):
            return "other"
        if not self.is_pinned:
            return "unpinned"
        if self.form == "unlogged":
            return "unlogged"
        return "unchecked" if self.paper == "unchecked" else "good"


def remarks(reasons: Iterable[Reason]) -> tuple[Remark, ...]:
    """The reasons with their texts."""
    return tuple(_remark(reason) for reason in reasons)


def _remark(reason: Reason) -> Remark:
    rule = all_texts().get(reason.code, _UNNAMED)
    said = {"field": reason.field, "found": str(reason.found), "expected": str(reason.expected)}
    return Remark(code=reason.code, zh=rule.zh, en=rule.en, do_zh=rule.do_zh, do_en=rule.do_en, **said)


_UNNAMED = Rule(
    code="",
    zh="核验未通过。",
    en="Verification failed.",
    do_zh="向提供方索取原始文件。",
    do_en="Ask whoever gave it for the original file.",
)

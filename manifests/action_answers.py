"""What is owed on a manifest and what may be done about it, over HTTP: duties with their terms, and with what stands in their way."""

from collections.abc import Iterable

from msgspec import Struct, field

from ledger.answers import ChangedParty, filled
from ledger.pending.answers import PendingAnswer
from ledger.problem import Language, ProblemError
from manifests import telling
from manifests.answers import kind_text, said
from manifests.attachments import AttachmentAnswer
from manifests.deadlines import TERMS
from manifests.machine import Act
from manifests.model import CAPACITIES
from manifests.possible.answers import PossibleActAnswer
from signing.citation import source_in_chinese
from signing.phrase import word_in
from whitelist.terms import Duty


class SignerAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """A role that signs, and the parties that may hold it; empty where any party may."""

    role: str
    role_text: str
    parties: tuple[str, ...]


class DutyAnswer(Struct, frozen=True, gc=False, kw_only=True):
    """An act that is expected. ``due_on`` is a day, included; ``provisional`` when counted with an unofficial calendar."""

    kind: str
    text: str
    signers: tuple[SignerAnswer, ...]
    due_on: str | None
    overdue: bool
    provisional: bool
    case: str
    """The case that it belongs to; empty where it opens one, or belongs to the manifest itself."""
    term: str
    """Which term it is (``receipt``, ``storage``, ``return`` …)."""
    term_text: str
    since: str
    """Day from which the term counts."""
    article: str
    """Where the term stands in the law."""
    workdays_left: int | None
    """Working days to ``due_on``: 0 on the last day, below 0 by so many late."""
    manifest: str
    """The manifest on which it is done, where that is another: the return that is to depart."""
    blockers: tuple[ProblemError, ...]
    """What would be refused now, whoever signs: what to do first, on which article, and who lifts it."""


class ManifestActions(Struct, frozen=True, gc=False, kw_only=True):
    """Who must do what next, by when, and what one party may do; judged at ``at``."""

    size: int
    at: str
    id: str
    stage: str
    actions: tuple[DutyAnswer, ...]
    """What is owed, whoever owes it."""
    party: str
    """Of whom ``possible`` speaks."""
    possible: tuple[PossibleActAnswer, ...]
    """What that party may do, or could if nothing blocked it; judged by the rules of admission."""
    pending: tuple[PendingAnswer, ...]
    """Envelopes about the manifest that wait for signatures, as far as they name the caller."""
    attachments: tuple[AttachmentAnswer, ...]
    """附件: those that are owed."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above: parties, divisions (whitelist.names)."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties above those renamed or closed since.


def duty_answer(duty: Duty, language: Language, blockers: tuple[ProblemError, ...] = ()) -> DutyAnswer:
    """An expected act for people and programs."""
    term = TERMS[duty.term]
    return filled(
        DutyAnswer,
        duty,
        text=word_in(telling.RETURN, language) if duty.kind == Act.ISSUE.kind else kind_text(duty.kind, language),
        signers=signer_answers(duty.signers, language),
        term_text=term.zh if language == "zh" else term.en,
        article=article_text(duty.article, language),
        manifest=duty.manifest.removeprefix("manifest/"),
        blockers=blockers,
    )


def signer_answers(signers: Iterable[tuple[str, tuple[str, ...]]], language: Language) -> tuple[SignerAnswer, ...]:
    """Roles with who may hold them."""
    return tuple(SignerAnswer(role=role, role_text=said(role, CAPACITIES, language), parties=parties) for role, parties in signers)


def article_text(article: str, language: Language) -> str:
    """The source of a term for people."""
    return source_in_chinese(article) if language == "zh" else article

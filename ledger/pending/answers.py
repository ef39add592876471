"""What the routes answer about pending statements. Shown to those named in ``by`` alone; the envelope with one of them, never in a list."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from ledger.admission.entry import Entry
from ledger.admission.kind_table import Kinds
from ledger.answers import Posted, Waiting
from ledger.pending.model import Outlook, PendingRow, Shown
from ledger.posted import PostedSignature, StatementEnvelope
from ledger.problem import Language, ProblemError, problem_errors
from ledger.times import format_at
from signing import b64
from signing.refusal import Reason


class PendingSigner(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of ``by``, and with which key it has signed."""

    uscc: str
    keyid: str = ""
    name: str = ""


class OvertakingEntry(Struct, frozen=True, kw_only=True):
    """An entry of the log that has overtaken a pending statement."""

    index: int
    chain: str
    seq: int
    kind: str
    title: str
    statement: str


class PendingAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A statement that lacks signatures, or lacked them until just now."""

    statement: str  # Statement hash: what everybody signs, whoever has signed already.
    state: Shown
    """``waiting``, ``stale`` (overtaken by the log), ``complete`` (on its way into it), ``declined``, ``refused`` by the log, ``entered``."""
    kind: str
    title: str
    chain: str
    seq: int
    by: tuple[PendingSigner, ...]
    missing: tuple[str, ...] = ()  # Who has still to sign.
    principal: str = ""  # For whom the first of ``by`` signs.
    opener: str = ""  # Who brought it first.
    taken_at: str = ""
    ends_at: str = ""  # Then it is forgotten.
    declined_by: str = ""
    reason: str = ""  # Why it was declined, in the words of who declined.
    blockers: tuple[ProblemError, ...] = ()  # Why the log would refuse it now, or has refused it.
    overtaken_by: tuple[OvertakingEntry, ...] = ()
    envelope: StatementEnvelope | None = None  # With the signatures so far, in the order of ``by``.
    receipt: Posted | None = None  # Once it is an entry and published.
    is_new: bool = False  # Whether it has become an entry by this very request.


class PendingPage(Struct, frozen=True, kw_only=True):
    """A page of them, in the order in which they came; ``size`` is that of the log against which they were looked at."""

    size: int
    pending: tuple[PendingAnswer, ...]
    next: str | None


def state_of(row: PendingRow, outlook: Outlook) -> Shown:
    """The state as it is shown: overtaken is nothing that is kept, for what overtakes may end."""
    if outlook.entered is not None:
        return "entered"
    return "stale" if outlook.is_stale and row.state == "waiting" else row.state


def pending_answer(
    row: PendingRow, outlook: Outlook, kinds: Kinds, language: Language, names: Mapping[str, str], overtakers: Sequence[Entry] = (),
    *, is_whole: bool = False, receipt: Posted | Waiting | None = None,
) -> PendingAnswer:  # fmt: skip
    """One of them as one of ``by`` sees it; ``is_whole`` with its envelope. With a ``receipt``, which may still wait for publication, it is in
    the log."""
    state: Shown = state_of(row, outlook) if receipt is None else "entered"
    reasons = outlook.reasons or tuple(map(Reason, row.codes))
    is_open = state != "entered"
    signers = tuple(
        PendingSigner(uscc=uscc, keyid=keyid, name=names.get(uscc, "")) for uscc, keyid in zip(row.signers, row.keyids, strict=True)
    )
    by_index = {entry.index: entry for entry in overtakers}
    return PendingAnswer(
        statement=row.statement, state=state, kind=row.kind, title=title_of(row.kind, kinds, language), chain=row.chain, seq=row.seq,
        by=signers, missing=row.missing if is_open else (), principal=row.principal or "", opener=row.opener, taken_at=format_at(row.taken_s),
        ends_at=format_at(row.ends_s), declined_by=row.told_by if is_open else "", reason=row.reason if is_open else "",
        blockers=problem_errors(reasons, kinds.rules, language, names=names) if is_open else (),
        overtaken_by=tuple(_overtaking(by_index[i], kinds, language) for i in outlook.overtakers if i in by_index) if is_open else (),
        envelope=_posted(row) if is_whole and is_open and any(row.keyids) else None, receipt=receipt if isinstance(receipt, Posted) else None,
        is_new=receipt.is_new if receipt is not None else False,
    )  # fmt: skip


def title_of(kind: str, kinds: Kinds, language: Language) -> str:
    """What a kind is called."""
    known = kinds.by_name.get(kind)
    return kind if known is None else known.zh if language == "zh" else known.en


def _overtaking(entry: Entry, kinds: Kinds, language: Language) -> OvertakingEntry:
    statement = entry.statement
    return OvertakingEntry(
        index=entry.index, chain=statement.chain, seq=statement.seq, kind=statement.kind,
        title=title_of(statement.kind, kinds, language), statement=statement.hash,
    )  # fmt: skip


def _posted(row: PendingRow) -> StatementEnvelope:
    signatures = tuple(PostedSignature(keyid=keyid, sig=b64.encode(sig)) for keyid, sig in zip(row.keyids, row.sigs, strict=True) if keyid)
    return StatementEnvelope(
        payload_type="application/vnd.liandan.statement.v1+json", payload=b64.encode(row.payload), signatures=signatures
    )

"""Verifying signed statements that the log does not have yet (``ledger.unlogged``): who signed what, by which keys, and that it is not in the log."""

from collections.abc import Iterator

from ledger.directory import KeyRecord
from ledger.unlogged import SignedStatement, check_unlogged, read_unlogged
from manifests.model import ManifestState
from reports.anchor import Anchor
from reports.kinds import all_kinds
from reports.remark import VerifyReport, remarks
from signing.phrase import Phrase
from signing.refusal import Reason, refuse


def verify_unlogged(raw: bytes, name: str, anchor: Anchor) -> VerifyReport:
    """The report; a Refusal for what does not hold. Keys come from the evidence enclosed, else from that at hand, else from registrations given;
    what the evidence at hand knows better than that enclosed counts."""
    file = read_unlogged(raw)
    if anchor.found and file.found != anchor.found:
        raise refuse("FOUND_DIFFERS", field="found", found=file.found, expected=anchor.found)
    enclosed = anchor.open_bundle(file.bundle) if file.bundle else anchor.bundle

    def key_of(keyid: str, uscc: str) -> KeyRecord | None:
        return anchor.registered_key(keyid, uscc)

    statements = check_unlogged(file, all_kinds(), enclosed, key_of, anchor.bundle if file.bundle else None)
    subject = statements[0].statement.chain
    state = None if enclosed is None else enclosed.facts.state(subject)
    checkpoint = None if enclosed is None else enclosed.opened.checkpoint
    pinned = anchor.is_pinned and (enclosed is not None or bool(anchor.found))
    return VerifyReport(
        file=name,
        form="unlogged",
        subject=subject,
        kind=statements[-1].statement.kind,
        stage=str(state.stage) if isinstance(state, ManifestState) else "",
        origin=file.origin,
        size=0 if checkpoint is None else checkpoint.size,
        found=file.found,
        entries=0 if enclosed is None else len(enclosed.entries),
        signatures=sum(len(one.statement.by) for one in statements),
        is_pinned=pinned,
        notes=remarks(
            [
                Reason("NOTE_UNLOGGED", "", str(sum(one.standing == "unlogged" for one in statements))),
                *_said(statements),
                *([] if enclosed is not None else [Reason("NOTE_UNLOGGED_KEYS")]),
                *([] if pinned else [Reason("NOTE_NOT_PINNED", "", file.found)]),
            ]
        ),
    )


def _said(statements: tuple[SignedStatement, ...]) -> Iterator[Reason]:
    """Line by line: who signed which act, when he says that it happened."""
    for one in statements:
        act = one.statement
        code = "NOTE_LOGGED" if one.standing == "logged" else "NOTE_SIGNED" if one.is_linked else "NOTE_SIGNED_ALONE"
        principal = "" if act.principal is None else f" for {act.principal}"
        yield Reason(
            code,
            f"{act.chain} {act.seq}",
            Phrase(f"{act.kind} {act.at} {'、'.join(act.by)}{principal}", f"{act.kind} {act.at} {', '.join(act.by)}{principal}"),
        )

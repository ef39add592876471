"""Monthly statements of this installation's own log: where what they are drawn from is kept, and drawing all files of a month at once."""

import os
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from ledger.publishing.files import VKEYS, LogFiles
from ledger.tree.checkpoint import Checkpoint
from liandan.keyring import ServerKeys, read_keyring
from liandan.settings import Settings
from liandan.wiring import KINDS
from reports.drawing import newest
from reports.reconcile import check_month
from reports.reconciliation.gathered.gathering import Gathering
from reports.reconciliation.kept.keeping import PURPOSE, KeptIn, with_gathering
from reports.reconciliation.kept.proving import Prover
from reports.reconciliation.month.fold import Fold
from signing.phrase import Phrase
from signing.refusal import refuse

Found = TypeVar("Found")


def kept_statements(settings: Settings, keys: ServerKeys) -> KeptIn:
    """Where an installation keeps what it has gathered for monthly statements, sealed by its operator key."""
    return KeptIn(settings.data_dir / "statements" / "gathered.sqlite3", keys.operator.secret(PURPOSE))


def write_own(
    settings: Settings, month: str, write: Callable[[Fold, str], list[Path]], progress: Callable[[int, int], None], size: int = 0
) -> tuple[Checkpoint, list[Path]]:
    """The checkpoint that a month is of, and the files that ``write`` has made of its fold and the root; over the first ``size`` entries, 0: all
    that are published.

    The entries come from the published files and have the root of the signed checkpoint; they are not decided again. What was gathered is kept
    where this machine holds the keys and the data are the caller's. Refusal NOT_FOUND, MONTH_FORM, SIZE_BEYOND, KEYRING; those of checkpoints
    and tiles, and of ``write``.
    """
    period = check_month(month)

    def work(gathering: Gathering, checkpoint: Checkpoint) -> list[Path]:
        return write(Fold(period, gathering), b64encode(checkpoint.root).decode())

    return with_own(settings, work, progress, size)


def with_own(
    settings: Settings, work: Callable[[Gathering, Checkpoint], Found], progress: Callable[[int, int], None], size: int = 0
) -> tuple[Checkpoint, Found]:
    """The checkpoint, and what ``work`` makes of everything below it, as :func:`write_own` has it, over the first ``size``
    entries (0: all). Refusal NOT_FOUND, SIZE_BEYOND, KEYRING; those of checkpoints and tiles."""
    files = own_files(settings)
    keys, kept = kept_here(settings)
    log_keys = own_log_keys(files, keys)
    return with_gathering(
        files.read,
        lambda: newest(files, log_keys),
        KINDS,
        lambda gathering, checkpoint: (checkpoint, work(gathering, checkpoint)),
        kept,
        progress,
        size=size,
    )


def own_files(settings: Settings) -> LogFiles:
    """The published files of this installation. Refusal NOT_FOUND."""
    if not settings.log_path.is_dir():
        raise refuse("NOT_FOUND", field="log_dir", found=settings.log_path, expected=Phrase("账本的文件", "the files of a log"))
    return LogFiles(settings.log_path, settings.entries_path)


def kept_here(settings: Settings) -> tuple[ServerKeys | None, KeptIn | None]:
    """The keys of this machine, and where gatherings are kept: where it holds them and the data are the caller's."""
    keys = read_keyring(settings) if settings.key_path.exists() else None
    # Not as root for the account of the server: it could not write there any more.
    is_ours = settings.data_dir.is_dir() and settings.data_dir.stat().st_uid == os.geteuid()
    return keys, kept_statements(settings, keys) if keys is not None and is_ours else None


def prover(settings: Settings, origin: str) -> Prover:
    """Compares what this installation has kept with a gathering from the first entry. Refusal KEYRING."""
    return Prover(kept_here(settings)[1], KINDS, origin)


def own_log_keys(files: LogFiles, keys: ServerKeys | None) -> Sequence[str]:
    """As this machine holds them; the file beside the log only where a signer holds them, or nobody here. Refusal NOT_FOUND."""
    if keys is not None and keys.log is not None:
        return keys.vkeys
    if (vkeys := files.read(VKEYS)) is None:
        raise refuse("NOT_FOUND", field=VKEYS, expected=Phrase("账本的文件", "the files of a log"))
    return vkeys.decode("utf-8", "replace").splitlines()

"""Parquet files of this installation's own log, and of exports: where what they are written from is kept, and whether they hold."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from ledger.tree.tiles import Read
from liandan.settings import Settings
from liandan.statements import kept_here, own_files, own_log_keys
from liandan.wiring import KINDS
from reports.drawing import newest
from reports.parquet.checking import read_back
from reports.parquet.contents import ParquetContents, check_files, read_contents, strangers
from reports.parquet.exporting import check_audited, export_published
from signing.phrase import Phrase
from signing.refusal import refuse

Progress = Callable[[int, int], None]
_GLOB = frozenset("*?[]{}")
"""Engines take these in the names of files for patterns."""


def check_name(directory: Path) -> Path:
    """The same directory, whole; Refusal PARQUET_DIRECTORY for a name that engines would read as a pattern."""
    whole = directory.absolute()
    if found := sorted(_GLOB & set(str(whole))):
        expected = Phrase("路径中没有 * ? [ ] { }", "a path without * ? [ ] { }")
        raise refuse("PARQUET_DIRECTORY", field=str(whole), found=" ".join(found), expected=expected)
    return whole


def export_own(settings: Settings, directory: Path, progress: Progress) -> ParquetContents:
    """Bring a directory up to this installation's log. What was gathered is kept, sealed, beside that of the statements, a file to a directory, where
    this machine holds the keys and the data are the caller's. Refusals as ``export_published``; NOT_FOUND, KEYRING."""
    files = own_files(settings)
    keys, statements = kept_here(settings)
    kept = None
    if statements is not None:
        name = sha256(str(directory).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        kept = replace(statements, path=statements.path.with_name(f"parquet-{name}.sqlite3"))
    log_keys = own_log_keys(files, keys)
    return export_published(files.read, lambda: newest(files, log_keys), KINDS, directory, kept, progress)


def held(directory: Path, progress: Progress = lambda done, of: None) -> ParquetContents:
    """What a directory holds, every file of it whole. Refusal PARQUET_DIRECTORY, PARQUET_FILE."""
    contents = read_contents(directory)
    if contents is None:
        raise refuse("PARQUET_DIRECTORY", field=str(directory), found=Phrase("空目录", "nothing"), expected="contents.json")
    check_files(directory, contents, progress)
    return contents


def check(directory: Path, export: Read | None, progress: Progress) -> ParquetContents:
    """The same, nothing beside, and the rows as they are listed; with an export, which is audited, also as its entries give them. Refusals as
    ``check_audited`` and ``read_back``."""
    contents = held(directory)
    if found := list(strangers(directory, contents)):
        raise refuse("PARQUET_FILE", field=found[0], found=len(found), expected=Phrase("只有目录清单所列的文件", "what is listed alone"))
    read_back(directory, contents, progress)
    if export is not None:
        check_audited(export, KINDS, directory, contents, progress)
    return contents

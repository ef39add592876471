"""What a directory of Parquet files says of itself (``contents.json``): of which log, how far, and the hashes of every file; and whether it is so.

Two hashes to a file: of its bytes, by which it is known whole; and of its rows as text (one JSON object a line, columns in order), which does not
depend on who wrote Parquet and is what an audit of the entries gives again.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from ledger.tree.checkpoint import open_checkpoint
from reports.parquet.tables import TABLES
from signing.files import NotRegular, TooLarge, read_whole
from signing.phrase import Phrase, Word
from signing.refusal import Reason, Refusal, refuse

CONTENTS = "contents.json"
TEMPORARY = ".part"
_OURS = re.compile(rf"(?:{'|'.join(TABLES)})/[0-9]{{4}}-[0-9]{{2}}/[0-9]{{12,}}-[0-9]{{12,}}\.parquet")
_CONTENTS_MAX = 256 * 1024 * 1024
_Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
_Count = Annotated[int, Meta(ge=0, lt=2**53)]


class ParquetFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of a table that entries of one month brought about, from ``first`` on and before ``end``. Never written again."""

    table: Literal["lines", "moves", "closes"]
    month: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    """Of admission, Asia/Shanghai."""
    first: _Count
    end: _Count
    rows: _Count
    bytes: _Count
    sha256: _Digest
    rows_sha256: _Digest
    directions: tuple[Annotated[str, Meta(pattern=r"^[0-9]{2}-[0-9]{2}$")], ...]
    """From and to, of the rows that have one."""

    @property
    def path(self) -> str:
        """In the directory."""
        return f"{self.table}/{self.month}/{self.first:012d}-{self.end:012d}.parquet"


class ParquetContents(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole directory: rows of the first ``size`` entries of the log that began with ``found``."""

    v: Literal[1] = 1
    origin: str
    found: str
    """Statement hash of entry 0."""
    size: _Count
    root: str
    """Of the log at that size, base64."""
    at: str
    """``admission.at`` of the last entry."""
    is_demo: bool
    checkpoint: str
    """The signed note, as the log published it, and the keys that it was opened with."""
    vkeys: tuple[str, ...]
    files: tuple[ParquetFile, ...]

    @property
    def directions(self) -> tuple[tuple[str, str], ...]:
        """All between two provinces that some row has, a way and its opposite together."""
        found = {(way[:2], way[3:]) for file in self.files for way in file.directions if way[:2] != way[3:]}
        return tuple(sorted(found, key=lambda pair: (sorted(pair), pair)))

    def paths(self, directory: Path, table: str) -> list[str]:
        """Files of a table, in the order of the log."""
        files = sorted((file for file in self.files if file.table == table), key=lambda file: file.first)
        return [str((directory / file.path).absolute()) for file in files]


def read_contents(directory: Path) -> ParquetContents | None:
    """Of a directory; None where it is new or empty. Refusal PARQUET_DIRECTORY for anything else, and where the note does not bear what is said."""
    path = directory / CONTENTS
    expected = Phrase(
        "空目录，或 liandan export --parquet 写成的目录", "an empty directory, or one that liandan export --parquet has written"
    )
    try:
        found = msgspec.json.decode(read_whole(path, _CONTENTS_MAX), type=ParquetContents)
        note = open_checkpoint(found.checkpoint.encode(), found.vkeys).checkpoint
    except FileNotFoundError:
        if not directory.is_dir() or all(one.is_dir() or _is_left_over(one, directory) for one in directory.rglob("*")):
            return None
        raise refuse("PARQUET_DIRECTORY", field=str(directory), found=_some(directory), expected=expected) from None
    except (msgspec.MsgspecError, UnicodeError, NotRegular, TooLarge, Refusal) as error:
        raise refuse("PARQUET_DIRECTORY", field=str(path), found=str(error), expected=expected) from None
    if (note.origin, note.size, b64encode(note.root).decode()) != (found.origin, found.size, found.root):
        raise refuse("PARQUET_DIRECTORY", field=str(path), found=f"{found.origin} {found.size}", expected=f"{note.origin} {note.size}")
    _check_ranges(path, found)
    return found


def unlisted(directory: Path, files: Iterable[ParquetFile]) -> list[Path]:
    """What an export that was killed has left behind: files named as ours that no list has."""
    known = {file.path for file in files} | {CONTENTS}
    found = (path for path in directory.rglob("*") if path.is_file() and _is_left_over(path, directory))
    return [path for path in found if path.relative_to(directory).as_posix() not in known]


def _is_left_over(path: Path, directory: Path) -> bool:
    return path.name.startswith(TEMPORARY) or _OURS.fullmatch(path.relative_to(directory).as_posix()) is not None


def _some(directory: Path) -> str:
    return ", ".join(sorted(one.name for one in directory.iterdir())[:3])


def _check_ranges(path: Path, contents: ParquetContents) -> None:
    """Files of a table lie one behind the other below the size: no row can be there twice."""
    for table in TABLES:
        reached = 0
        for file in sorted((one for one in contents.files if one.table == table), key=lambda one: (one.first, one.end)):
            if not reached <= file.first < file.end <= contents.size:
                raise refuse("PARQUET_DIRECTORY", field=str(path), found=file.path, expected=f">= {reached}, <= {contents.size}")
            reached = file.end


def check_files(directory: Path, contents: ParquetContents, progress: Callable[[int, int], None] = lambda done, of: None) -> None:
    """Every file is there, whole, and as it is listed. Refusal PARQUET_FILE, all of them at once."""
    reasons: list[Reason] = []
    for done, file in enumerate(contents.files):
        progress(done, len(contents.files))
        found = _differing(directory / file.path, file)
        if found is not None:
            expected = Phrase(f"{file.bytes} 字节，SHA-256 {file.sha256}", f"{file.bytes} bytes, SHA-256 {file.sha256}")
            reasons += refuse("PARQUET_FILE", field=file.path, found=found, expected=expected).reasons
    if reasons:
        raise Refusal(reasons)


def _differing(path: Path, file: ParquetFile) -> Word | None:
    """What a file is instead of what is listed; None where it is that."""
    try:
        if path.is_symlink() or not path.is_file():
            return Phrase("没有这个文件", "no such file")
        if (size := path.stat().st_size) != file.bytes:
            return Phrase(f"{size} 字节", f"{size} bytes")
        return None if (digest := digest_of(path)) == file.sha256 else f"SHA-256 {digest}"
    except OSError as error:
        return str(error.strerror)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hex; OSError where it cannot be read."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def strangers(directory: Path, contents: ParquetContents) -> Iterator[str]:
    """Files beside those that are listed; what a kill left half written does not count."""
    known = {file.path for file in contents.files} | {CONTENTS}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if not path.is_dir() and name not in known and not path.name.startswith(TEMPORARY):
            yield name

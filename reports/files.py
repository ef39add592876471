"""Reading files that anybody may have made: regular, bounded, never waited for; and names that can be printed."""

from pathlib import Path

from signing import files
from signing.phrase import Phrase
from signing.refusal import refuse


def read_file(path: Path, limit: int) -> bytes:
    """A regular file of at most ``limit`` bytes; Refusal FILE_FORM for anything else, and for one that cannot be read."""
    raw = read_beginning(path, limit + 1)
    if len(raw) > limit:
        raise refuse(
            "FILE_FORM",
            found=Phrase(f"超过 {limit} 字节", f"more than {limit} bytes"),
            expected=Phrase(f"至多 {limit} 字节", f"at most {limit} bytes"),
        )
    return raw


def read_beginning(path: Path, length: int) -> bytes:
    """The first bytes of a regular file; Refusal FILE_FORM."""
    try:
        return files.read_beginning(path, length)
    except files.NotRegular:
        raise refuse(
            "FILE_FORM", found=Phrase("管道、设备或目录", "a pipe, a device or a folder"), expected=Phrase("普通文件", "a file")
        ) from None
    except OSError as error:
        raise refuse("FILE_FORM", found=error.strerror, expected=Phrase("可以读取的文件", "a file that can be read")) from None


def printable(text: str) -> str:
    """A text without what a terminal would obey or an encoder refuse: names of files have any bytes."""
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)

"""The three streams of a command, whatever they were opened to: closed, full, gone, or of an encoding that lacks half of our characters.

What cannot be shown is escaped, so that no name of a file and no terminal ends a command. What cannot be written is said, and the command
ends as one whose result nobody has (exit code 3).
"""

import os
import sys
import unicodedata
from contextlib import suppress
from io import TextIOWrapper
from typing import TextIO

from liandan.cli.codes import UNAVAILABLE


def prepare() -> None:
    """Before anything else. A closed descriptor would be taken by the first file that is opened, and output would be written into that file:
    it is opened on nothing, and for reading only, so that a result is not lost without a word.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDONLY)  # gets the lowest number that is free: this one
    # Python has no stream where there was no descriptor.
    sys.stdin = sys.stdin or open(0, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115  # stays open as long as we run
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115  # the same
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  # the same; nobody is left to be told
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Not left to Python: in the C locale it would hand the bytes of names through to a terminal that obeys some of them.
            stream.reconfigure(errors="backslashreplace")


def finish(code: int) -> int:
    """Bring everything out; the exit code, which is 3 where the result did not get out."""
    from liandan.cli.faults import told

    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        if code != UNAVAILABLE:  # which was told, perhaps of this very stream
            code = told(error if isinstance(error, OSError) else OSError(str(error)))
        _let_go(sys.stdout)
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(code)  # all that the command used is closed; the interpreter's own end would flush again, and answer 120 for it
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        _let_go(sys.stderr)
    return code


def _let_go(stream: TextIO) -> None:
    """What a stream holds back would be tried again at the end of the process, which would then complain for itself."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def shown(line: str) -> str:
    """A line without what a terminal would obey, and without what no encoding can write: names of files have any bytes."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() or unicodedata.category(char) == "Zs" else f"\\u{ord(char):04x}" for char in line)


def say(*lines: str, to: TextIO | None = None) -> None:
    """Lines for people, on standard output or ``to``."""
    stream = sys.stdout if to is None else to
    for line in lines:
        stream.write(f"{shown(line)}\n")


def warn(*lines: str) -> None:
    """Lines for people on standard error. Where that cannot be written, nobody is left to be told."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()  # what was said before stands before
    with suppress(OSError, ValueError):
        say(*lines, to=sys.stderr)
        sys.stderr.flush()

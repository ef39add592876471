"""The process in which a server reads a clerk's spreadsheet: ``python -m liandan.desk.enterprise.new.child NAME``, bounded like that of the intake."""

from __future__ import annotations

import sys

import msgspec

from liandan.desk.enterprise.new.sheet import read_plan
from liandan.intake.child import bounded_input


def main(name: str) -> None:
    """The rows of the file on standard input, to standard output."""
    sys.stdout.buffer.write(msgspec.msgpack.encode(read_plan(name, bounded_input())))


if __name__ == "__main__":
    main(sys.argv[1])

"""The process in which a server reads a file of a stranger: ``python -m liandan.intake.child SORT NAME``, the file on stdin, what it holds on stdout.

It may use so much memory and processor time and no more, writes no file and opens no connection; whatever a hostile file makes of its readers
ends here.
"""

from __future__ import annotations

import resource
import sys

import msgspec

from liandan.intake.reading import SHEETS, read_tables
from liandan.intake.sniffing import FILE_MAX

MEMORY_MAX = 1_536 * 1024 * 1024
CPU_S = 20


def main(sort: str, name: str) -> None:
    """Read, and write what was read as MessagePack."""
    raw = bounded_input()
    found = read_tables(next(known for known in SHEETS if known == sort), [(name, raw)])
    sys.stdout.buffer.write(msgspec.msgpack.encode(found))


def bounded_input() -> bytes:
    """What stands on stdin, after this process has been bounded."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return sys.stdin.buffer.read(FILE_MAX + 1)


if __name__ == "__main__":
    main(*sys.argv[1:3])

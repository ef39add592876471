"""``python -m bench.cli_fuzz``: every command of ``liandan`` × hostile files, names, arguments, encodings, streams, settings and servers.

Whatever it is given, a command ends in bounded time and memory, without a traceback, with one of its exit codes, and where it does not end
well it says why in Chinese and in English. Each case runs in a process of its own, forked from one that has imported everything: it has its
own working directory, environment, streams and limits. A case is its seed and its number: ``--seed 7 --only 123`` runs one again.
"""

from __future__ import annotations

import argparse
import importlib
import os
import random
import resource
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import click
from msgspec import Struct

from bench.cli_fuzz_pool import Pool, argument_for, hostile_server
from liandan.cli import connection, main
from liandan.cli.codes import FINDING, INTERRUPTED, UNAVAILABLE, UNCHECKED, USAGE

LIMIT_S = 60
SERVING = {"serve", "signer", "demo", "witness serve"}
SERVES_S = 2.0
MEMORY = 3 << 30
"""Address space of a case: beyond it the command would say that memory is out, which counts as a failure here."""
CODES = {0, FINDING, USAGE, UNAVAILABLE, UNCHECKED}
FORBIDDEN = (
    "Traceback (most recent",
    "程序自身出错",
    "Exception ignored",
    "never awaited",
    "Warning:",
    "out of memory",
    "Fatal Python error",
)
ENCODINGS = ("utf-8", "gbk", "ascii", "latin-1", "utf-16")


class Case(Struct, frozen=True, kw_only=True):
    """One command line and everything around it."""

    argv: list[str]
    env: dict[str, str]
    encoding: str
    stdout: str = "pipe"
    """Where it leads: ``pipe``, ``closed``, ``full``, ``broken``."""
    stderr: str = "pipe"
    stdin: str = "null"
    cwd: str = ""
    """Empty: the scratch directory; else ``gone``, or a path."""
    is_disk_full: bool = False
    serves: bool = False


class Ended(Struct, frozen=True, kw_only=True):
    """What became of it."""

    code: int
    out: bytes
    err: bytes
    took_s: float


def leaves(group: click.Command, *names: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that does something, with the words that call it."""
    if not isinstance(group, click.Group):
        yield names, group
        return
    for name in group.list_commands(click.Context(group)):
        below = group.get_command(click.Context(group), name)
        assert below is not None, f"{name} is listed"
        yield from leaves(below, *names, name)


def draw(rng: random.Random, commands: list[tuple[tuple[str, ...], click.Command]], pool: Pool) -> Case:
    """A case: mostly a command line that gets past the parser, sometimes any words at all."""
    names, command = rng.choice(commands)
    argv = list(names)
    for parameter in command.params:
        is_wanted = parameter.required or isinstance(parameter, click.Argument)
        if rng.random() > (0.9 if is_wanted else 0.25):
            continue
        for _ in range(rng.choice((1, 1, 1, 2)) if parameter.multiple or parameter.nargs == -1 else 1):
            value = argument_for(rng, parameter, pool)
            if isinstance(parameter, click.Argument):
                argv.append(value)
            elif getattr(parameter, "is_flag", False):
                argv.append(parameter.opts[0])
            else:
                argv += [parameter.opts[0], value]
    if "demo" in names:  # a whole one takes minutes: only those that cannot begin
        argv = ["demo", "--out", rng.choice(pool.unwritable)]
    if rng.random() < 0.06:
        argv.insert(rng.randrange(len(argv) + 1), rng.choice(pool.words))
    return Case(
        argv=[word.replace("\0", "") for word in argv],
        env=pool.environment(rng),
        encoding=rng.choice(ENCODINGS[:4]) if rng.random() < 0.95 else ENCODINGS[4],
        stdout=rng.choice(("pipe",) * 12 + ("closed", "full", "broken")),
        stderr=rng.choice(("pipe",) * 14 + ("closed", "full")),
        stdin=rng.choice(("null", "null", "closed", "junk")),
        cwd=rng.choice(("",) * 14 + ("gone", "/proc")),
        is_disk_full=rng.random() < 0.05,
        serves=" ".join(names) in SERVING,
    )


def run(case: Case, scratch: Path) -> Ended:
    """Run it in a process of its own; SIGKILL after LIMIT_S."""
    begun = time.monotonic()
    ends: list[tuple[int, int]] = [os.pipe(), os.pipe()]
    child = os.fork()
    if not child:
        _become(case, scratch, *(write for _, write in ends))  # never returns
    for _, write in ends:
        os.close(write)
    if case.stdout == "broken":
        os.close(ends[0][0])
    reading = {read: bytearray() for read, _ in ends if not (case.stdout == "broken" and read == ends[0][0])}
    texts, is_stopped, until = dict(reading), False, begun + LIMIT_S
    while reading:
        ready, _, _ = select.select(list(reading), [], [], 0.1)
        for handle in ready:
            part = os.read(handle, 65_536)
            if part:
                reading[handle] += part
            else:
                del reading[handle]
                os.close(handle)
        if case.serves and not is_stopped and time.monotonic() > begun + SERVES_S:
            is_stopped = True
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGINT)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            until += LIMIT_S
    status = os.waitpid(child, 0)[1]
    out, err = (bytes(texts.get(read, b"")) for read, _ in ends)
    return Ended(code=os.waitstatus_to_exitcode(status), out=out, err=err, took_s=time.monotonic() - begun)


def _become(case: Case, scratch: Path, out: int, err: int) -> None:
    """The forked process is the command from here on."""
    try:
        os.setsid()
        os.environ.clear()
        os.environ.update(case.env)
        directory = scratch / "cwd"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        os.chdir(directory if case.cwd in ("", "gone") else case.cwd)
        if case.cwd == "gone":
            directory.rmdir()
        _streams(case, out, err)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        if case.is_disk_full:
            resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as on a disk without room, every write to a file fails
        sys.argv = ["liandan", *case.argv]
        connection.PATIENCE_S = 0.3
        main.main(case.argv, prog_name="liandan")
    except SystemExit as ended:
        # As the interpreter ends a process, but for what only the parent must clean up.
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 99)
    except BaseException:  # noqa: BLE001  # told as it is: this is what is looked for
        os.write(2, traceback.format_exc().encode("utf-8", "backslashreplace"))
        os._exit(98)


def _streams(case: Case, out: int, err: int) -> None:
    given = os.open("/dev/null", os.O_RDONLY)
    if case.stdin == "junk":
        reader, writer = os.pipe()
        os.write(writer, b"\xff\xfe\n\x00y\n" * 20)
        os.close(writer)
        os.dup2(reader, given)
    full = os.open("/dev/full", os.O_WRONLY)
    for number, handle, kind in ((0, given, case.stdin), (1, out, case.stdout), (2, err, case.stderr)):
        if kind == "closed":
            with suppress(OSError):
                os.close(number)
        else:
            os.dup2(full if kind == "full" else handle, number)
    for handle in {given, out, err, full} - {0, 1, 2}:
        os.close(handle)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def stream(number: int, mode: str, errors: str) -> object:
        try:
            os.fstat(number)
        except OSError:
            return None
        return open(number, mode, encoding=case.encoding, errors=errors, closefd=False, buffering=1 if number == 2 else -1)

    sys.stdin = sys.__stdin__ = stream(0, "r", "strict")  # type: ignore[assignment,misc]  # None is what Python itself puts there
    sys.stdout = sys.__stdout__ = stream(1, "w", "strict")  # type: ignore[assignment,misc]  # the same
    sys.stderr = sys.__stderr__ = stream(2, "w", "backslashreplace")  # type: ignore[assignment,misc]  # the same


def wrong(case: Case, ended: Ended) -> str:
    """What must not be; empty where all is well."""
    said = "\n".join(raw.decode(case.encoding, "replace") for raw in (ended.out, ended.err)) + ended.out.decode("utf-8", "replace")
    for words in FORBIDDEN:
        if words in said:
            return f"said {words!r}"
    if ended.code not in CODES and not (case.serves and ended.code == INTERRUPTED):
        return f"exit code {ended.code}"
    if ended.took_s > LIMIT_S:
        return f"took {ended.took_s:.0f} s"
    if ended.code in (USAGE, UNAVAILABLE) and case.stderr == "pipe":
        is_zh = "\\u" in said or any("\u4e00" <= char <= "\u9fff" for char in said)
        if not is_zh or not any("a" <= char <= "z" for char in said):
            return "no words in both languages"
    return ""


@contextmanager
def scene(seed: int) -> Iterator[tuple[Path, Pool]]:
    """A directory full of hostile files, and a hostile server."""
    scratch = Path(tempfile.mkdtemp(prefix="liandan-cli-fuzz-"))
    with hostile_server(seed) as url:
        try:
            yield scratch, Pool.make(scratch / "files", url)
        finally:
            subprocess.run(["rm", "-rf", str(scratch)], check=False)  # folders lie deeper there than Python can follow


PRELOADED = (
    "liandan.server",
    "liandan.statements",
    "liandan.witness_node",
    "liandan.cli.faults",
    "liandan.cli.reasons",
    "reports.batch",
    "reports.verify",
)


def campaign(cases: int, seed: int, only: int | None = None, minutes: float = 0.0, is_brief: bool = False) -> int:
    """Run them; the number of failures, each told with all that brings it back. ``is_brief``: without commands that serve."""
    commands = [(names, command) for names, command in leaves(main) if not (is_brief and " ".join(names) in SERVING)]
    for module in PRELOADED:  # so that every fork has them, as they were when the campaign began
        importlib.import_module(module)
    failures, codes, until = 0, Counter[int](), time.monotonic() + minutes * 60
    with scene(seed) as (scratch, pool):
        for number in range(cases) if only is None else [only]:
            case = draw(random.Random(f"{seed} {number}"), commands, pool)
            ended = run(case, scratch)
            codes[ended.code] += 1
            if why := wrong(case, ended):
                failures += 1
                print(f"--- case {number}: {why}\n    liandan {shlex.join(case.argv)!a}\n    {case!a:.600}")
                print("    " + ended.err.decode(case.encoding, "replace").encode("ascii", "backslashreplace").decode()[-1500:])
            elif only is not None:
                print(f"{case!a}\n{ended!a}")
            if minutes and time.monotonic() > until:
                break
    print(f"{codes.total()} cases, {failures} failures; exit codes {dict(sorted(codes.items()))}")
    return failures


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one case again")
    parser.add_argument("--brief", action="store_true", help="without commands that serve")
    parser.add_argument("--minutes", type=float, default=0.0, help="end after so long")
    given = parser.parse_args()
    sys.exit(1 if campaign(given.cases, given.seed, given.only, given.minutes, given.brief) else 0)

"""How commands speak and end: Chinese first, one JSON value with ``--json``, progress on stderr, five exit codes."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

import asyncpg
import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ledger.problem import ProblemError
from ledger.publishing.freeze import Mismatch
from liandan.client import Dishonest, RequestRefused, Unavailable
from liandan.wiring import RULES
from signing.phrase import Language, word_in
from signing.refusal import Reason, Refusal

FINDING, USAGE, UNAVAILABLE, UNCHECKED = 1, 2, 3, 4
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

P = ParamSpec("P")
Work = Callable[P, Coroutine[Any, Any, int | None] | int | None]


def wants_json() -> bool:
    """Whether the command that runs was called with ``--json``."""
    return bool(click.get_current_context().meta.get("liandan.json", False))


def emit(value: object, *lines: str) -> None:
    """The result: ``value`` as JSON, or the lines for people."""
    if wants_json():
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
        return
    for line in lines:
        console.print(line, markup=False)


@contextmanager
def progress_bar(title: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, of): a bar on stderr, and none when nobody watches."""
    if quiet or wants_json() or not errors.is_terminal:
        yield lambda done, of: None
        return
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=errors)
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def tell(refusal: Refusal) -> None:
    """Every reason with what to do, on stderr."""
    for reason in refusal.reasons:
        standing = RULES.get(reason.code)
        rule = None if standing is None else standing.told(reason.cause, reason.places, refusal.names)
        errors.print(f"{reason.code} {'' if rule is None else rule.zh} {_where(reason, 'zh')}", markup=False)
        if rule is not None:
            where = f" [{told}]" if (told := _where(reason, "en")) != _where(reason, "zh") else ""
            errors.print(f"  → {rule.do_zh}\n  {rule.en}{where} {rule.do_en}", markup=False)


def tell_error(error: ProblemError) -> None:
    """One reason of the server on stderr: what is wrong where, what is wanted, what to do, by which article, who can lift it."""
    basis = " ".join(part for part in (error.rule, error.source) if part)
    errors.print(f"{error.code} {error.message} {_where(error, 'zh')}\n  → {error.what_to_do}", markup=False)
    if not error.follows:
        errors.print(f"  依据 {basis}　由谁解决 {error.lifted_by}", markup=False)


def _where(reason: Reason | ProblemError, language: Language) -> str:
    """Where, what was found, what was expected and what may have been meant."""
    found, expected = word_in(reason.found, language), word_in(reason.expected, language)
    wanted, near = ("（应为 {}）", "您是不是想写 {}？") if language == "zh" else (" (expected {})", "did you mean {}?")
    told = " ".join(part for part in (reason.field, found) if part) + (wanted.format(expected) if expected else "")
    return f"{told} {near.format(reason.near)}" if reason.near else told


def ending(work: Work[P]) -> Callable[P, None]:
    """A command's function, asynchronous or not, with every expected failure told and turned into its exit code."""

    @wraps(work)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        code = FINDING
        try:
            found = work(*arguments, **options)
            code = (asyncio.run(found) if asyncio.iscoroutine(found) else found) or 0
        except Refusal as refusal:
            tell(refusal)
            code = USAGE
        except RequestRefused as refused:
            for error in refused.problem.errors:
                tell_error(error)
        except (Dishonest, Mismatch) as error:
            errors.print(f"证据不符 / evidence does not hold: {error}", markup=False)
        except KeyboardInterrupt:
            errors.print("已中断 / interrupted")
        except asyncpg.PostgresError as error:
            errors.print(f"数据库拒绝 / refused by the database: {error}", markup=False)
            code = UNAVAILABLE
        except (Unavailable, OSError, asyncpg.InterfaceError, BrokenExecutor) as error:  # the last: a process of ours was killed
            errors.print(f"无法连接，或者无法读写文件 / unavailable: {error}", markup=False)
            code = UNAVAILABLE
        raise SystemExit(code)

    return run


def command(work: Work[P]) -> Callable[P, None]:
    """The same with ``--json``, which :func:`emit` heeds."""
    return _json_option("输出 JSON / print JSON", always=False)(ending(work))


def json_command(work: Work[P]) -> Callable[P, None]:
    """A command whose result is JSON for everybody."""
    return _json_option("总是 JSON / it is JSON anyway", always=True)(ending(work))


def _json_option(told: str, *, always: bool) -> Callable[[Callable[P, None]], Callable[P, None]]:
    def keep(context: click.Context, _option: click.Parameter, value: bool) -> None:
        context.meta["liandan.json"] = value or always

    return click.option("--json", is_flag=True, expose_value=False, callback=keep, help=told)


def service(work: Work[P]) -> Callable[P, None]:
    """A command that serves until it is stopped: its log lines are JSON with ``--log-json``."""
    return click.option("--log-json", "--json", "log_json", is_flag=True, help="日志为 JSON / log lines as JSON")(ending(work))

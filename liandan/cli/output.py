"""How commands speak and end: Chinese first, one JSON value with ``--json``, four exit codes."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, NoReturn, ParamSpec, TypeVar

import asyncpg
import click
import msgspec
from rich.console import Console

from ledger.problem import ProblemError
from ledger.publishing.freeze import Mismatch
from liandan.client.transport import Dishonest, RequestRefused, Unavailable
from liandan.wiring import RULES
from signing.refusal import LIFTS_ZH, Refusal

FINDING, USAGE, UNAVAILABLE = 1, 2, 3
console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)

P = ParamSpec("P")
T = TypeVar("T")

json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON / print JSON")


def emit(value: object, as_json: bool, *lines: str) -> None:
    """The result: ``value`` as JSON, or the lines for people."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n")
        return
    for line in lines:
        console.print(line, markup=False)


def end(code: int) -> NoReturn:
    """Leave with an exit code."""
    raise SystemExit(code)


def tell(refusal: Refusal) -> None:
    """Every reason with what to do, on stderr."""
    for reason in refusal.reasons:
        rule = RULES.get(reason.code)
        where = " ".join(part for part in (reason.field, reason.found) if part)
        wanted = f"（应为 {reason.expected}）" if reason.expected else ""
        errors.print(f"{reason.code} {'' if rule is None else rule.zh} {where}{wanted}", markup=False)
        if rule is not None:
            errors.print(f"  → {rule.do_zh}\n  {rule.en} {rule.do_en}", markup=False)


def tell_error(error: ProblemError) -> None:
    """One reason of the server on stderr: what is wrong where, what is wanted, what to do, by which article, who can lift it."""
    where = " ".join(part for part in (error.field, error.found) if part)
    wanted = f"（应为 {error.expected}）" if error.expected else ""
    basis = " ".join(part for part in (error.rule, error.source) if part)
    who = LIFTS_ZH.get(error.lift, error.lift)
    errors.print(f"{error.code} {error.message} {where}{wanted}\n  → {error.what_to_do}\n  依据 {basis}　由谁解决 {who}", markup=False)


def command(work: Callable[P, Coroutine[Any, Any, int | None] | int | None]) -> Callable[P, None]:
    """A command's function, asynchronous or not, with every expected failure told and turned into its exit code."""

    @wraps(work)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            found = work(*arguments, **options)
            end((asyncio.run(found) if asyncio.iscoroutine(found) else found) or 0)
        except Refusal as refusal:
            tell(refusal)
            end(USAGE)
        except RequestRefused as refused:
            for error in refused.problem.errors:
                tell_error(error)
            end(FINDING)
        except (Dishonest, Mismatch) as error:
            errors.print(f"证据不符 / evidence does not hold: {error}", markup=False)
            end(FINDING)
        except KeyboardInterrupt:
            errors.print("已中断 / interrupted")
            end(FINDING)
        except asyncpg.PostgresError as error:
            errors.print(f"数据库拒绝 / refused by the database: {error}", markup=False)
            end(UNAVAILABLE)
        except (Unavailable, OSError, asyncpg.InterfaceError) as error:
            errors.print(f"无法连接 / unavailable: {error}", markup=False)
            end(UNAVAILABLE)

    return run

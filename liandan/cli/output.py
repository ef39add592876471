"""How commands speak and end: Chinese first, one JSON value with ``--json``, progress on stderr, the exit codes of ``faults``.

Nothing is imported here that ``--help`` does not need.
"""

import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec

import click

from liandan.cli.codes import FINDING, UNAVAILABLE, UNCHECKED, USAGE
from liandan.cli.streams import say, warn

__all__ = [
    "FINDING", "UNAVAILABLE", "UNCHECKED", "USAGE", "command", "emit", "ending", "json_command", "progress_bar", "say", "service", "wants_json",
    "warn",
]  # fmt: skip

P = ParamSpec("P")
Work = Callable[P, Coroutine[Any, Any, int | None] | int | None]


def wants_json() -> bool:
    """Whether the command that runs was called with ``--json``."""
    return bool(click.get_current_context().meta.get("liandan.json", False))


def emit(value: object, *lines: str) -> None:
    """The result: ``value`` as JSON, or the lines for people."""
    if wants_json():
        sys.stdout.buffer.write(_as_json(value) + b"\n")
    else:
        say(*lines)


def _as_json(value: object) -> bytes:
    """UTF-8, whatever the terminal's encoding: it is for programs."""
    import msgspec

    try:
        raw = msgspec.json.encode(value)
    except UnicodeEncodeError:  # names of files that are no UTF-8
        raw = msgspec.json.encode(_escaped(msgspec.to_builtins(value)))
    return msgspec.json.format(raw, indent=1)


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_escaped(name): _escaped(item) for name, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list | tuple) else value


@contextmanager
def progress_bar(title: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function to call with (done, of): a bar on stderr, and none when nobody watches."""
    if quiet or wants_json() or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    drawn = Console(stderr=True, highlight=False, soft_wrap=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=drawn)
    with bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def ending(work: Work[P]) -> Callable[P, None]:
    """A command's function, asynchronous or not, whose every failure is told and turned into its exit code."""

    @wraps(work)
    def run(*arguments: P.args, **options: P.kwargs) -> None:
        import asyncio

        from liandan.cli.faults import told

        try:
            found = work(*arguments, **options)
            code = (asyncio.run(found) if asyncio.iscoroutine(found) else found) or 0
        except (click.ClickException, click.exceptions.Exit, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001  # what it was is told, and no traceback is shown to a clerk
            code = told(error)
        raise SystemExit(code)

    return run


def command(work: Work[P]) -> Callable[P, None]:
    """The same with ``--json``, which :func:`emit` heeds."""
    return _json_option("输出 JSON / print JSON", always=False)(ending(work))


def json_command(work: Work[P]) -> Callable[P, None]:
    """A command whose result is JSON for everybody."""
    return _json_option("总是 JSON / it is JSON anyway", always=True)(ending(work))


def _json_option(told_of: str, *, always: bool) -> Callable[[Callable[P, None]], Callable[P, None]]:
    def keep(context: click.Context, _option: click.Parameter, value: bool) -> None:
        context.meta["liandan.json"] = value or always

    return click.option("--json", is_flag=True, expose_value=False, callback=keep, help=told_of)


def service(work: Work[P]) -> Callable[P, None]:
    """A command that serves until it is stopped: its log lines are JSON with ``--log-json``."""
    return click.option("--log-json", "--json", "log_json", is_flag=True, help="日志为 JSON / log lines as JSON")(ending(work))

"""Everything that can end a command, told in Chinese and English without a traceback, and its exit code. Imported when something ended one."""

import asyncio
import traceback
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from types import TracebackType

import click

from liandan.cli.codes import FAULT, FINDING, INTERRUPTED, UNAVAILABLE, USAGE
from liandan.cli.streams import warn

_USAGE_ZH = {
    click.NoSuchOption: "没有此选项",
    click.exceptions.NoSuchCommand: "没有此命令",
    click.MissingParameter: "缺少参数",
    click.BadParameter: "参数不对",
    click.BadOptionUsage: "选项用法不对",
    click.BadArgumentUsage: "参数用法不对",
    click.FileError: "文件无法读写",
}

_PATHS_ZH = {
    "does not exist.": "所指的文件或目录不存在",
    "is a directory.": "要的是文件，给的是目录",
    "is a file.": "要的是目录，给的是文件",
    "is not readable.": "没有读取权限",
    "is not writable.": "没有写入权限",
}
"""What click says of a path that does not do, by the end of its sentence."""


def told(error: BaseException) -> int:
    """Say on standard error what ended the command; the exit code."""
    match error:
        case BaseExceptionGroup():
            return told(error.exceptions[0])
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            return _usage(error)
        case click.Abort() | KeyboardInterrupt() | EOFError() | asyncio.CancelledError():
            return _stopped(error)
        case UnicodeDecodeError() if _was_typed(error):
            warn("输入的不是本终端编码的文字 / what was typed is no text in this terminal's encoding")
            return USAGE
        case BrokenPipeError():
            warn("输出被关闭，未能写完 / the output was closed before everything was written")
            return UNAVAILABLE
        case MemoryError():
            warn("内存不足 / out of memory")
            return UNAVAILABLE
        case _:
            return _failed(error)


def _was_typed(error: BaseException) -> bool:
    """Whether it was read at a question of click's."""
    return any(frame.f_code.co_filename.endswith("termui.py") for frame, _ in traceback.walk_tb(error.__traceback__))


def _usage(error: click.ClickException) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and error.ctx is not None:  # a group alone: its page, as it is
        warn(*error.ctx.get_help().splitlines())
        return USAGE
    zh = next((text for form, text in _USAGE_ZH.items() if isinstance(error, form)), "用法不对")
    message = error.format_message()
    zh += next((f"：{text}" for words, text in _PATHS_ZH.items() if words in message and isinstance(error, click.BadParameter)), "")
    if not any("\u4e00" <= char <= "\u9fff" for char in message):
        message = f"{zh} / {message}"
    context = error.ctx if isinstance(error, click.UsageError) else None
    lines = [f"用法不对 / wrong usage: {message}"]
    if context is not None:
        lines.append(f"  → {context.command_path} --help")
    warn(*lines)
    return USAGE


def _stopped(error: BaseException) -> int:
    if isinstance(error, EOFError) or isinstance(error.__context__, EOFError):  # a prompt that nobody answers: click tells both as Abort
        warn(
            "需要输入而没有输入；口令用 --passphrase-file 给出，内容用各选项、--from、--set 给出，并加 --yes / nothing to read an answer from; give "
            "--passphrase-file for a passphrase, options, --from or --set for what is asked, and --yes"
        )
        return USAGE
    warn("已中断 / interrupted")
    return INTERRUPTED


def _failed(error: BaseException) -> int:
    """Of the product and of its libraries, which are imported here: only what has failed needs them."""
    import sqlite3

    import asyncpg
    import httpx
    import msgspec

    from ledger.publishing.freeze import Mismatch
    from liandan.cli.reasons import tell, tell_error
    from liandan.client.transport import Dishonest, RequestRefused, Unavailable
    from signing.refusal import Refusal

    code = UNAVAILABLE
    match error:
        case Refusal():
            tell(error)
            code = USAGE
        case RequestRefused():
            for one in error.problem.errors:
                tell_error(one)
            code = FINDING
        case Dishonest() | Mismatch():
            warn(f"证据不符 / evidence does not hold: {error}")
            code = FINDING
        case asyncpg.PostgresError():
            warn(f"数据库拒绝 / refused by the database: {error}")
        case sqlite3.Error():
            warn(f"状态文件无法读写，或者不是本程序的 / a state file cannot be read or written, or is not this program's: {error}")
        case msgspec.MsgspecError():
            warn(f"对方的答复不合格式，可能不是 liandan 服务 / an answer out of form, perhaps not a liandan server's: {error}")
        case Unavailable():
            warn(
                f"服务没有答复 / no answer: {error}",
                "  → 请核对服务地址、网络和服务是否在运行，稍后再试；同一份声明重新提交不会入账两次 / check address, network and server, then try "
                "again: the same statement never enters twice",
            )
        case OSError() | httpx.HTTPError() | httpx.InvalidURL() | asyncpg.InterfaceError() | BrokenExecutor():
            # The last: a process of ours was killed.
            warn(f"无法连接，或者无法读写文件 / unavailable: {error}")
        case _:
            _fault(error)
            code = FAULT
    return code


def _fault(error: BaseException) -> None:
    """What no input may provoke: told so that it can be reported and mended, and no more than that."""
    places = ", ".join(_places(error.__traceback__))
    warn(
        f"程序自身出错 / a fault of the program itself: {type(error).__name__} ({places}): {str(error)[:200]}",
        "  → 请将本行连同命令告知软件提供方；数据未因此改变 / tell this line and the command to whoever supplies the program",
    )


def _places(traceback: TracebackType | None) -> Iterator[str]:
    """The last places of the way there, file and line."""
    steps = []
    while traceback is not None:
        steps.append(f"{'/'.join(traceback.tb_frame.f_code.co_filename.split('/')[-2:])}:{traceback.tb_lineno}")
        traceback = traceback.tb_next
    yield from steps[-4:]

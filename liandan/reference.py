"""``docs/reference/`` and ``docs/rules.md``: every address, command and rule, written from the code, so that no page can lag behind.

Run ``python -m liandan.reference`` after a route, a command or a rule has changed; a test compares.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import click

from liandan import rule_page
from liandan.app import create_app
from liandan.cli import COMMANDS, main
from liandan.cli.office.act import ActCommand
from liandan.openapi_words import TAGS
from liandan.settings import Settings

DIRECTORY = Path(__file__).resolve().parent.parent / "docs" / "reference"
_MADE = "本页由程序生成（`python -m liandan.reference`），不手工修改。Written by the code, never edited by hand."
_ENDPOINTS = f"""# 全部地址　Every endpoint

{_MADE}

逐个字段的说明、状态和示例见运行中的服务的 `/schema`；怎样开始见[接口说明](../api.md)。Fields, statuses and examples: `/schema` of a running server; how to begin:
[the interface](../api.md). 错误一律为 RFC 9457，代码见 `/problems`。Every error is an RFC 9457 problem; its code has a page under `/problems`.
"""
_COMMANDS = f"""# 全部命令　Every command

{_MADE}

退出码 exit codes: 0 正常 fine · 1 有发现或被拒绝 found or refused · 2 用法或设置不对 usage or set-up · 3 无法连接 not reachable · 4 纸面未核对 paper not checked.
"""

_ACTS = """## 行为命令的公用选项 options of every act

`liandan <名词> <动作> [CHAIN]` 起草、显示、签署、提交一份声明（[office.md](../office.md)）；正文中一个词能说清的字段另有选项。 Each act drafts, shows, signs and posts one statement;
fields of its body that one word says have options of their own.
"""


def openapi() -> dict[str, Any]:
    """The document that ``/schema/openapi.json`` serves; nothing runs behind it."""
    nothing = cast("Any", None)
    app = create_app(Settings(data_dir=Path("unused")), nothing, nothing, nothing, nothing, nothing)
    found: dict[str, Any] = cast("Any", app)._app.framework.openapi_schema.to_schema()
    return found


def endpoints_page(document: Mapping[str, Any]) -> str:
    """Every operation by tag: method and path, its parameters, what it does."""
    by_tag: dict[str, list[str]] = {tag: [] for tag in TAGS}
    for path, operations in sorted(document["paths"].items()):
        for method, operation in operations.items():
            by_tag[operation["tags"][0]].append(_operation(method, path, operation))
    head = ("| 地址 endpoint | 参数 query | 作用 what it does |", "|---|---|---|")
    sections = [f"## {tag}: {TAGS[tag]}\n\n" + "\n".join([*head, *rows]) + "\n" for tag, rows in by_tag.items() if rows]
    return "\n".join([_ENDPOINTS, *sections])


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    asked = [parameter["name"] for parameter in operation.get("parameters", ()) if parameter.get("in") == "query"]
    told = " ".join(str(operation.get("description", "")).replace("``", "`").split()).replace("|", "\\|")
    title = str(operation.get("summary", ""))
    name = f"{title}. " if "/" in title else ""  # A summary that the framework made of the function's name says nothing.
    return f"| `{method.upper()} {path}` | {' '.join(f'`{one}`' for one in asked)} | {name}{told} |"


def commands_page() -> str:
    """Every command with its arguments and options."""
    context = click.Context(main, info_name="liandan")
    suspend: Any = cast("Any", main.get_command(context, "permit")).get_command(context, "suspend")
    shared = list(_options([one for one in suspend.params if one not in suspend.own], click.Context(suspend)))
    return "\n".join(
        [
            _COMMANDS,
            _ACTS,
            *shared,
            *(line for name in COMMANDS for line in _command(cast("Any", main.get_command(context, name)), f"liandan {name}")),
        ]
    )


def _command(command: click.Command, name: str) -> Iterator[str]:
    context = click.Context(command, info_name=name)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            yield from _command(cast("Any", command.get_command(context, child)), f"{name} {child}")
        return
    usage = " ".join(command.collect_usage_pieces(context))
    yield from (f"## `{name}`", "", " ".join((command.help or "").split()), "", f"```text\n{name} {usage}\n```", "")
    if isinstance(command, ActCommand):
        yield from _options(command.own, context)
        yield from ("其余选项 further options: [公用 of every act](#行为命令的公用选项-options-of-every-act)", "")
    else:
        yield from _options(command.get_params(context), context)


def _options(parameters: Sequence[click.Parameter], context: click.Context) -> Iterator[str]:
    options = [
        record
        for one in parameters
        if isinstance(one, click.Option) and "--help" not in one.opts and (record := one.get_help_record(context)) is not None
    ]
    if options:
        yield from ("| 选项 option | 说明 what it does |", "|---|---|")
        yield from (f"| `{_cell(option)}` | {_cell(' '.join(told.split()))} |" for option, told in options)
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def files() -> dict[str, str]:
    """File name to content."""
    return {"endpoints.md": endpoints_page(openapi()), "commands.md": commands_page(), "../rules.md": rule_page.page()}


if __name__ == "__main__":
    for name, content in files().items():
        (DIRECTORY / name).write_text(content, encoding="utf-8")

"""``liandan notify``: who of a party is told by mail what is due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import ask_typed, client_options, open_client
from liandan.cli.output import command, emit

if TYPE_CHECKING:
    from liandan.reminders.answers import MailAnswer, ReminderAnswer

STATES = {"unconfirmed": "未确认", "active": "正常", "paused": "已暂停", "disabled": "已停用", "ended": "收件人已退出"}
BASE, NONE = "/v1/reminders", "没有 / none"
language_option = click.option(
    "--language", type=click.Choice(["zh", "en"]), help="邮件语言，另一种语言为摘要 / the language that stands first"
)
ahead_option = click.option(
    "--ahead", type=click.IntRange(0, 20), help="提前几个工作日，默认 3 / working days before a due day; default: 3"
)
note_option = click.option("--note", help="备注 / note")


@click.group()
def notify() -> None:
    """到期提醒邮件，见 docs/notifications.md；系统对接用回调（webhook）。 / Reminders by mail of what is due; for software see webhook."""


async def _ask(method: str, path: str, form: str, options: dict[str, Any], body: object = None) -> Any:
    return await ask_typed("liandan.reminders.answers", form, method, BASE + path, options, body)


def _line(found: ReminderAnswer) -> str:
    why = "" if found.why is None else f" {found.why.code} {found.why.message} → {found.why.what_to_do}"
    note = f"（{found.note}）" if found.note else ""
    return f"{found.id} {STATES[found.state]} {found.state}  {found.address or '-'} {found.language} 提前 ahead {found.ahead_wd}{note}{why}"


def _mail(mail: MailAnswer) -> str:
    said = "" if mail.said is None else f" {mail.said.code} {mail.said.found} {mail.said.message} → {mail.said.what_to_do}"
    return f"  {mail.made_at} {mail.kind} {mail.day} {mail.state} ×{mail.attempts}{said}"


def _show(found: ReminderAnswer) -> None:
    emit(found, _line(found), *map(_mail, found.mails))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@notify.command()
@click.argument("address")
@language_option
@ahead_option
@note_option
@client_options
@command
async def subscribe(address: str, language: str | None, ahead: int | None, note: str | None, **options: Any) -> None:
    """让一个邮箱每天收到到期提醒；收件人确认后生效。 / Have an address told every day what is due, once its reader has agreed."""
    found = await _ask("POST", "", "ReminderAnswer", options, _given(address=address, language=language, ahead_wd=ahead, note=note))
    emit(
        found,
        _line(found),
        f"  → 收件人打开邮件中的链接，或 / its reader opens the link of the mail, or: liandan notify confirm {found.id} 确认码 CODE",
    )


@notify.command("list")
@client_options
@command
async def list_command(**options: Any) -> None:
    """本单位的邮件提醒。 / The mail reminders of your party."""
    found = await _ask("GET", "", "ReminderList", options)
    emit(found, *map(_line, found.reminders), *([] if found.reminders else [NONE]))


@notify.command()
@click.argument("name")
@client_options
@command
async def show(name: str, **options: Any) -> None:
    """一个邮件提醒及最近的邮件。 / One reminder and its newest mails."""
    _show(await _ask("GET", f"/{name}", "ReminderAnswer", options))


@notify.command()
@click.argument("name")
@click.argument("code")
@client_options
@command
async def confirm(name: str, code: str, **options: Any) -> None:
    """用邮件中的确认码确认。 / Confirm with the code that was mailed."""
    _show(await _ask("POST", f"/{name}/confirm", "ReminderAnswer", options, {"code": code}))


@notify.command()
@click.argument("name")
@language_option
@ahead_option
@note_option
@click.option("--state", type=click.Choice(["active", "paused"]), help="启用或暂停 / set going, or pause")
@client_options
@command
async def change(name: str, language: str | None, ahead: int | None, note: str | None, state: str | None, **options: Any) -> None:
    """修改、暂停或重新启用。 / Change a reminder, pause it or set it going again."""
    _show(await _ask("PATCH", f"/{name}", "ReminderAnswer", options, _given(language=language, ahead_wd=ahead, note=note, state=state)))


@notify.command()
@click.argument("name")
@client_options
@command
async def test(name: str, **options: Any) -> None:
    """发一封测试邮件；未确认的再发一次确认邮件。 / Send a test, or where nobody has confirmed the mail that asks."""
    _show(await _ask("POST", f"/{name}/test", "ReminderAnswer", options))


@notify.command()
@click.argument("name")
@client_options
@command
async def remove(name: str, **options: Any) -> None:
    """删除一个邮件提醒及其邮箱地址。 / End a reminder and erase its address."""
    async with open_client(**options) as client:
        await client.ask("DELETE", f"{BASE}/{name}")
    emit({"removed": name}, f"已删除 / removed: {name}")

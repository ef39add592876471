"""``liandan webhook``: a party's webhooks on a server, and ``webhook key``: the keys that an installation signs notices with."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import PAGE_MAX, ask_typed, client_options, open_client, own_settings
from liandan.cli.output import command, emit

if TYPE_CHECKING:
    from liandan.webhooks.answers import DeliveryAnswer, WebhookAnswer
    from liandan.webhooks.keys import WebhookKeys

BASE, NONE = "/v1/webhooks", "没有 / none"
kinds_option = click.option(
    "--kind", "kinds", multiple=True, help="只要这些种类（manifest.depart）或链类型（manifest），可重复 / kinds or types of chains"
)
note_option = click.option("--note", help="备注 / note")


@click.group()
def webhook() -> None:
    """回调：新条目入账时通知您的系统，见 docs/webhooks.md。 / Webhooks: your software is told of new entries."""


async def _ask(method: str, path: str, form: str, options: dict[str, Any], body: object = None) -> Any:
    return await ask_typed("liandan.webhooks.answers", form, method, BASE + path, options, body)


def _line(hook: WebhookAnswer) -> str:
    why = "" if hook.why is None else f" {hook.why.code} {hook.why.message} → {hook.why.what_to_do}"
    return f"{hook.id} {hook.state} {hook.url} {' '.join(hook.kinds) or '全部 all'}{why}"


def _told(delivery: DeliveryAnswer) -> str:
    said = (
        "" if delivery.said is None else f" {delivery.said.code} {delivery.said.found} {delivery.said.message} → {delivery.said.what_to_do}"
    )
    about = delivery.subject if delivery.index is None else f"{delivery.index} {delivery.kind} {delivery.subject}"
    return f"{delivery.id} {delivery.state} ×{delivery.attempts} {delivery.status or '-'} {about}{said}"


def _show(hook: WebhookAnswer) -> None:
    counts = f"  待送 waiting {hook.waiting} · 已送 delivered {hook.delivered} · 放弃 dead {hook.dead} · 下一序位 next {hook.next_index}"
    emit(hook, _line(hook), counts)


@webhook.command()
@click.argument("address")
@kinds_option
@note_option
@click.option("--from-index", type=click.IntRange(0), help="从这一序位起；默认自现在起 / first entry; default: from now on")
@client_options
@command
async def add(address: str, kinds: tuple[str, ...], note: str | None, from_index: int | None, **options: Any) -> None:
    """设立回调；随即发出 ping，接收端带回 challenge 后生效。 / Make a webhook; it is pinged at once, and active once the challenge came back."""
    given = {"url": address, "kinds": kinds, "note": note, "from_index": from_index}
    hook = await _ask("POST", "", "WebhookAnswer", options, {name: value for name, value in given.items() if value not in (None, ())})
    emit(hook, _line(hook), f"  → liandan webhook deliveries {hook.id}")


@webhook.command("list")
@client_options
@command
async def list_command(**options: Any) -> None:
    """本单位的回调。 / The webhooks of your party."""
    found = await _ask("GET", "", "WebhookList", options)
    emit(found, *map(_line, found.webhooks), *([] if found.webhooks else [NONE]))


@webhook.command()
@click.argument("name")
@client_options
@command
async def show(name: str, **options: Any) -> None:
    """一个回调的现状：待送、已送、放弃的通知数。 / One webhook and its numbers."""
    _show(await _ask("GET", f"/{name}", "WebhookAnswer", options))


@webhook.command()
@click.argument("name")
@click.option("--address", help="新地址，须重新确认 / another address, to be confirmed anew")
@kinds_option
@note_option
@click.option("--state", type=click.Choice(["active", "paused"]), help="启用或暂停 / set going, or pause")
@client_options
@command
async def change(name: str, address: str | None, kinds: tuple[str, ...], note: str | None, state: str | None, **options: Any) -> None:
    """修改、暂停或重新启用一个回调。 / Change a webhook, pause it or set it going again."""
    given = {"url": address, "kinds": kinds, "note": note, "state": state}
    _show(
        await _ask("PATCH", f"/{name}", "WebhookAnswer", options, {key: value for key, value in given.items() if value not in (None, ())})
    )


@webhook.command()
@click.argument("name")
@client_options
@command
async def remove(name: str, **options: Any) -> None:
    """删除一个回调及其投递记录。 / End a webhook and forget its delivery log."""
    async with open_client(**options) as client:
        await client.ask("DELETE", f"{BASE}/{name}")
    emit({"removed": name}, f"已删除 / removed: {name}")


@webhook.command()
@click.argument("name")
@client_options
@command
async def ping(name: str, **options: Any) -> None:
    """发一份测试通知；结果见投递记录。 / Send a test notice; the delivery log tells what became of it."""
    sent = await _ask("POST", f"/{name}/ping", "DeliveryAnswer", options)
    emit(sent, _told(sent), f"  → liandan webhook deliveries {name}")


@webhook.command()
@click.argument("name")
@click.argument("from_index", type=click.IntRange(0))
@client_options
@command
async def replay(name: str, from_index: int, **options: Any) -> None:
    """自某一序位起重新通知。 / Be told again of everything from an index on."""
    _show(await _ask("POST", f"/{name}/replay", "WebhookAnswer", options, {"from_index": from_index}))


@webhook.command()
@click.argument("name")
@click.option("--state", type=click.Choice(["pending", "delivered", "dead"]), help="只列这种状态；dead 为已放弃 / dead: given up")
@click.option("--limit", type=click.IntRange(1, PAGE_MAX), default=50, show_default=True)
@client_options
@command
async def deliveries(name: str, state: str | None, limit: int, **options: Any) -> None:
    """投递记录，新的在前。 / The delivery log, newest first."""
    wanted = f"?limit={limit}" + ("" if state is None else f"&state={state}")
    found = await _ask("GET", f"/{name}/deliveries{wanted}", "DeliveryList", options)
    emit(found, *map(_told, found.deliveries), *([] if found.deliveries else [NONE]))


@webhook.command()
@click.argument("name")
@click.argument("delivery", type=click.IntRange(1))
@client_options
@command
async def resend(name: str, delivery: int, **options: Any) -> None:
    """重发一份已放弃的通知。 / Send a notice again that was given up."""
    sent = await _ask("POST", f"/{name}/deliveries/{delivery}/resend", "DeliveryAnswer", options)
    emit(sent, _told(sent))


@webhook.group()
def key() -> None:
    """运营单位：通知签名密钥的更换 / operator: the keys that notices are signed with."""


def _keys() -> WebhookKeys:
    from liandan.webhooks.keys import WebhookKeys

    own = own_settings()
    return WebhookKeys(own.webhook_key_path, own.passphrase_path)


@key.command("list")
@command
def list_keys() -> None:
    """本机的签名密钥与启用时间。 / The keys of this installation, and from when on each signs."""
    from ledger.times import format_at

    found = _keys().all()
    emit([one.jwk for one in found], *(f"{one.keyid} {format_at(one.from_s)}" for one in found), *([] if found else [NONE]))


@key.command("add")
@click.option("--at-once", is_flag=True, help="立即启用（旧密钥泄露时）；默认公布 24 小时后启用 / sign at once, when the old one is lost")
@command
def add_key(at_once: bool) -> None:
    """增加一把密钥，公布 24 小时后启用；服务无须重启。 / Add a key, which signs a day after it is shown; no restart."""
    from ledger.times import format_at

    made = _keys().add(int(time.time()), at_once=at_once)
    emit(made.jwk, f"{made.keyid} 启用于 / signs from {format_at(made.from_s)}", "  → liandan webhook key retire <旧密钥 old keyid>")


@key.command("retire", context_settings={"ignore_unknown_options": True})  # one keyid in 64 begins with a hyphen
@click.argument("keyid")
@command
def retire_key(keyid: str) -> None:
    """停用并删除一把密钥（KEYID 的开头）。 / Retire a key and delete it, by the beginning of its KEYID."""
    gone = _keys().retire(keyid, int(time.time()))
    emit({"retired": gone.keyid}, f"已停用 / retired: {gone.keyid}")

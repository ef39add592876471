"""``liandan registration``: a firm asks to be registered, looks, withdraws; an authority lists, looks, confirms, refuses (docs/registration.md).

What an authority signs is composed here, from bytes that the firm has signed and that were verified here; the server is believed in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import (
    client_options,
    existing,
    file,
    load_key,
    now_option,
    open_client,
    party_code,
    passphrase_option,
    pinned_hash,
)
from liandan.cli.output import FINDING, command, emit, say, wants_json, warn

if TYPE_CHECKING:
    from ledger.admission.statement import Draft
    from ledger.registrations.answers import RegistrationAnswer, RegistrationPage, RegistrationToDecide
    from liandan.client import AsyncLiandan
    from liandan.client.registration import RegistrationFile

NONE = "没有 / none"
STATES = {"waiting": "等待办理", "confirmed": "已登记", "refused": "不予登记", "withdrawn": "已撤回", "lapsed": "逾期未办"}
url_option = click.option("--url", envvar="LIANDAN_CLIENT_URL", required=True, help="服务地址 / server")
kept_argument = click.argument("path", type=existing)
name_argument = click.argument("name")


@click.group()
def registration() -> None:
    """登记申请：企业申请、查询、撤回；主管部门核对、登记、不予登记。 / A firm asks to be registered; its authority decides."""


# ---------------------------------------------------------------------- the firm


@registration.command()
@click.option("--uscc", type=party_code, required=True, help="本单位的统一社会信用代码 / your code")
@click.option("--name", required=True, help="单位名称，与营业执照完全一致 / name, exactly as on the licence")
@click.option("--key", "key_files", type=existing, multiple=True, required=True, help="要登记的密钥文件，可多个 / keys to be registered")
@passphrase_option
@click.option(
    "--contact-name", prompt="联系人 / contact", help="联系人，只给主管部门看，办结即删 / for the authority alone; erased at the end"
)
@click.option("--contact-phone", prompt="联系电话 / telephone", help="联系电话，同上 / the same")
@click.option("--contact-email", help="电子邮箱，同上，可不填 / the same, may be left out")
@click.option("--found", type=pinned_hash, required=True, help="账本创始声明哈希，取自公告 / hash of log.found, as published")
@click.option("--out", type=file, required=True, help="写入申请文件，查询、撤回都要它 / file to keep: needed to ask and to withdraw")
@url_option
@now_option
@command
async def apply(key_files: tuple[Path, ...], passphrase_file: Path | None, out: Path, found: str, **options: Any) -> None:
    """制作并提交登记申请。 / Make an application and send it."""
    import time

    from ledger.registrations.form import CONTACT, read_application
    from ledger.times import parse_at
    from liandan.client.registration import file_of, make_application, write_file
    from signing.envelope import freeze

    now = options["now"]
    keys = [load_key(path, passphrase_file) for path in key_files]
    contact = {field: given for field in CONTACT if (given := options[field.replace(".", "_")])}
    at_s = int(time.time()) if now is None else parse_at(now, "--now")
    made = make_application(keys, found, options["uscc"], options["name"], contact, at_s)
    read_application(freeze(made.envelope))  # what would be refused is not kept
    try:
        write_file(out, kept := file_of(made))
    except FileExistsError:
        raise click.UsageError(f"已有此文件，其中的查询码只此一份 / is there already, and its code may be the only one: {out}") from None
    warn(f"申请文件（含查询码和联系方式，请妥善保存） / keep this file: {out}")
    await _send(kept, options["url"], now, found)


@registration.command()
@kept_argument
@url_option
@now_option
@command
async def send(path: Path, url: str, now: str | None) -> None:
    """再次提交同一份申请；已收到的只答复现状。 / Send the same application again; one that has come is answered with its state."""
    from liandan.client.registration import read_file

    await _send(read_file(path), url, now)


@registration.command()
@kept_argument
@url_option
@now_option
@command
async def status(path: Path, url: str, now: str | None) -> int:
    """查看本单位的申请办到哪一步。 / See what has become of your application."""
    import msgspec

    from ledger.registrations.answers import RegistrationAnswer
    from liandan.client.registration import read_file

    kept = read_file(path)
    async with _anonymous(url, now) as client:
        raw = await client.ask("GET", f"/v1/registrations/{kept.registration}", headers={"Liandan-Code": kept.code})
    found = msgspec.json.decode(raw, type=RegistrationAnswer)
    emit(found, *_lines(found))
    return 0 if found.state in ("waiting", "confirmed") else FINDING


@registration.command()
@kept_argument
@url_option
@now_option
@command
async def withdraw(path: Path, url: str, now: str | None) -> None:
    """办结以前撤回本单位的申请，联系方式随即删除。 / Take your application back before it is decided; the contact is erased."""
    from liandan.client.registration import read_file

    kept = read_file(path)
    async with _anonymous(url, now) as client:
        await client.ask("DELETE", f"/v1/registrations/{kept.registration}", headers={"Liandan-Code": kept.code})
    emit({"withdrawn": kept.registration}, f"已撤回 / withdrawn: {kept.registration}")


# ---------------------------------------------------------------------- the authority


@registration.command("list")
@client_options
@command
async def list_command(**options: Any) -> None:
    """等待本部门办理的申请。 / Applications that wait for you."""
    async with open_client(**options) as client:
        page = await _page(client, None)
        found = list(page.registrations)
        while page.next is not None:
            page = await _page(client, page.next)
            found += page.registrations
    lines = [line for one in found for line in (*_lines(one), *_matters(one))]
    emit(found, *lines, *([] if found else [NONE]))


@registration.command()
@name_argument
@client_options
@command
async def show(name: str, **options: Any) -> None:
    """一份申请的全部：核对过的内容、联系方式、要当心的。 / One of them whole: verified, with the contact and what to look at."""
    from liandan.client.registration import verified

    async with open_client(**options) as client:
        shown, found = await _shown(client, name), _found(client)
    if shown.envelope is not None:
        verified(shown, found)
    contact = [f"  {one.field}: {one.value}" for one in shown.contact]
    emit(shown, *_lines(shown), *contact, *_matters(shown))


@registration.command()
@name_argument
@click.option("--fingerprint", required=True, help="企业在电话里念出的指纹（20 位，可连写） / fingerprint that the firm has read out")
@click.option("--for", "principal", type=party_code, help="受托代哪个主管部门登记 / authority that you register for, as its delegate")
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@client_options
@command
async def confirm(name: str, fingerprint: str, principal: str | None, yes: bool, **options: Any) -> int:
    """核对指纹，起草、显示、签署并提交 party.register。 / Compare the fingerprint, draft, show, sign and post party.register."""
    from ledger.directory import party_chain
    from ledger.registrations.form import GROUP, GROUPS
    from ledger.registrations.form import fingerprint as fingerprint_of
    from liandan.client.registration import verified

    async with open_client(**options) as client:
        shown = await _shown(client, name)
        if shown.envelope is None:
            raise click.UsageError(
                f"这份申请已办结（{STATES[shown.state]}），没有可签的 / this application has come to its end, nothing is left to sign: {shown.state}"
            )
        form = verified(shown, _found(client))
        read_out = "".join(fingerprint.split()).replace("-", "").lower()
        if len(read_out) != GROUP * GROUPS:
            raise click.UsageError(
                f"指纹应为 {GROUP * GROUPS} 位，所给 {len(read_out)} 位：请企业全部念出 / {GROUP * GROUPS} digits are wanted, {len(read_out)} given"
            )
        if read_out not in [fingerprint_of(keyid).replace(" ", "") for keyid in form.keyids]:
            raise click.UsageError(
                "指纹不符：不是这家企业的密钥，不得登记；请按自己掌握的号码再打电话核对 / the fingerprint is another: not this firm's key; do not register"
            )
        if shown.party is not None:
            raise click.UsageError(
                f"{form.uscc} 已经登记（{shown.party.name}）：更换密钥用 key.add/1 / registered already: a lost key is replaced by key.add/1"
            )
        draft = await client.draft("party.register/1", party_chain(form.uscc), form.body, principal=principal)
        _tell(draft)
        for line in _matters(shown):
            warn(line)
        if not (yes or prompting.confirm("签署以上内容？ / sign this?", err=True)):
            emit({"registration": name, "is_signed": False}, "未签署 / not signed")
            return FINDING
        receipt = await client.post(client.sign(draft))
    emit(
        {"registration": name, "index": receipt.index, "statement": receipt.statement},
        f"已登记，第 {receipt.index} 条 / entry {receipt.index}",
    )
    return 0


@registration.command()
@name_argument
@click.option("--reason", required=True, help="理由，企业可见；不得含个人信息 / why, for the firm to read; no personal data")
@client_options
@command
async def refuse(name: str, reason: str, **options: Any) -> None:
    """不予登记并写明理由；联系方式随即删除。 / Refuse to register a firm, and say why; the contact is erased."""
    import msgspec

    from ledger.registrations.answers import RegistrationAnswer

    async with open_client(**options) as client:
        raw = await client.ask("POST", f"/v1/registrations/{name}/refuse", {"reason": reason})
    found = msgspec.json.decode(raw, type=RegistrationAnswer)
    emit(found, *_lines(found))


# ---------------------------------------------------------------------- steps


def _anonymous(url: str, now: str | None) -> AsyncLiandan:
    """A client without a key that the log knows."""
    nothing: dict[str, Any] = dict.fromkeys(("key_file", "passphrase_file", "vkey_file", "found", "receipts"))
    return open_client(url=url, now=now, **nothing)


async def _send(kept: RegistrationFile, url: str, now: str | None, found: str = "") -> None:
    import msgspec

    from ledger.registrations.answers import RegistrationAnswer
    from liandan.client import Dishonest

    async with _anonymous(url, now) as client:
        if found not in ("", _found(client)):
            raise Dishonest(
                f"服务的创始声明哈希是 {_found(client)}，所记的是 {found}：不是同一本账 / another log: its founding hash, and the pinned one"
            )
        raw = await client.ask("POST", "/v1/registrations", kept.request)
    answer = msgspec.json.decode(raw, type=RegistrationAnswer)
    emit(answer, *_lines(answer))
    if answer.state == "waiting" and not wants_json():
        say("  请主管部门来电核对时，念出以上指纹 / when the authority rings you up, read out the fingerprint")


async def _page(client: AsyncLiandan, cursor: str | None) -> RegistrationPage:
    import msgspec

    from ledger.registrations.answers import RegistrationPage

    raw = await client.get("/v1/registrations", limit=200, cursor=cursor)
    return msgspec.json.decode(raw, type=RegistrationPage)


async def _shown(client: AsyncLiandan, name: str) -> RegistrationToDecide:
    import msgspec

    from ledger.registrations.answers import RegistrationToDecide

    return msgspec.json.decode(await client.get(f"/v1/registrations/{name}"), type=RegistrationToDecide)


def _found(client: AsyncLiandan) -> str:
    assert client.trust is not None, "the client is connected"
    return client.trust.found


def _tell(draft: Draft) -> None:
    """What is about to be signed, in words, from its bytes."""
    from ledger.pending.compact import cosigning_of
    from ledger.pending.partial import read_payload
    from liandan.cli.cosign_words import told
    from liandan.wiring import KINDS
    from signing.payload import parse

    cosigning = cosigning_of(draft.to_bytes())
    warn(*told(cosigning, *read_payload(cosigning.envelope, KINDS), parse(cosigning.body)["body"]))


def _lines(found: RegistrationAnswer) -> Iterator[str]:
    """State, keys, end."""
    index = "" if found.index is None else f"，第 {found.index} 条 / entry {found.index}"
    yield f"{found.registration} {STATES[found.state]} / {found.state}{index}"
    yield f"  {found.uscc} {found.name}  提交 / sent {found.taken_at}  至 / until {found.ends_at}"
    for key in found.keys:
        yield f"  指纹 / fingerprint: {key.fingerprint}    keyid: {key.keyid}"
    if found.reason:
        yield f"  {found.decided_by}: {found.reason}"


def _matters(found: RegistrationToDecide) -> Iterator[str]:
    """What an authority looks at before it signs."""
    if found.party is not None:
        closed = f"，已注销 / closed {found.party.closed_on}" if found.party.closed_on else ""
        yield f"  ! 该代码已登记 / registered already: {found.party.name}{closed}"
    for rival in found.rivals:
        prints = "、".join(key.fingerprint for key in rival.keys)
        yield f"  ! 另有人以同一代码申请 / somebody else asks under this code: {rival.registration[:16]}… {rival.name} {prints}"
    for party in found.near:
        yield f"  ? 名称相同或相近 / the same or a similar name: {party.uscc} {party.name}"

"""``liandan statement outbox``: sign without a network, keep it, show it to others, and send it when there is one (liandan.client.outbox)."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import (
    client_options,
    existing,
    existing_folder,
    file,
    folder,
    load_key,
    open_client,
    party_code,
    passphrase_option,
    read_given,
)
from liandan.cli.cosign import GIVEN, frame_option, key_option, out_option, yes_option
from liandan.cli.output import FINDING, command, emit, wants_json

if TYPE_CHECKING:
    from liandan.client.outbox import Outbox, Queued, Sent
    from signing.keys import PrivateKey

NONE = "待发箱是空的 / the outbox is empty"
FRESH = "<ULID>"
"""The end of a chain's name that is to begin: a new ULID takes its place."""
as_option = click.option("--as", "as_", type=party_code, required=True, help="以哪一单位签署 / for which party you sign")


@click.group()
def outbox() -> None:
    """待发箱：途中没有网络时签署、留存、给对方看，有网络时一次提交。 / Sign offline, keep it, show it, and send it in one request."""


@outbox.command("open")
@click.argument("directory", type=folder)
@click.argument("chains", nargs=-1)
@click.option("--evidence/--no-evidence", default=True, help="同时留存联单的证据包，供途中核验 / keep the bundles of manifests too")
@client_options
@command
async def open_command(directory: Path, chains: tuple[str, ...], evidence: bool, **options: Any) -> None:
    """联网时建立待发箱，读取将要继续写的链（联单）。 / Make it while online, and read the chains that you will go on with."""
    from liandan.client.outbox import Outbox, write_durably

    async with open_client(**options) as client:
        assert client.trust is not None, "connected"
        box = Outbox.create(directory, client.trust)
        await box.fetch(client, chains)
        for chain in chains if evidence else ():
            if chain.startswith("manifest/"):
                write_durably(box.bundle_path(chain), await client.get(f"/v1/{chain.replace('manifest/', 'manifests/', 1)}/bundle"))
    heads = {chain: box.next(chain, begins=True)[0] for chain in chains}
    emit(
        {"directory": str(directory), "found": box.trust.found, "next": heads},
        *(f"{chain}  下一号 / next {seq}" for chain, seq in heads.items()),
    )


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("kind")
@click.argument("chain")
@click.argument("body", type=existing)
@click.option(
    "--by", multiple=True, type=party_code, help="全部签署方，按角色次序；默认只有 --as / all signers in order; default: --as alone"
)
@click.option("--for", "principal", type=party_code, help="代哪一单位 / for whom you sign")
@click.option("--at", help="发生时间，默认现在 / when it happened; default: now")
@click.option("--begins", is_flag=True, help="这是链上的第一份 / it is the first of its chain")
@as_option
@key_option
@passphrase_option
@yes_option
@command
def sign(directory: Path, body: Path, as_: str, by: tuple[str, ...], at: str | None, yes: bool, **given: Any) -> int:
    """不联网起草链上的下一份，核对后签署并留存；新的链写作 "…/<ULID>"。 / Draft the next statement of a chain, look at it, sign and keep it."""
    from liandan.ulid import new_ulid
    from signing.payload import parse

    box, signers = _opened(directory), by or (as_,)
    if as_ not in signers:
        raise click.UsageError("--by 须包括 --as / --by has to name --as")
    at_s = _moment(at)
    if given["chain"].endswith(f"/{FRESH}"):  # as ``manifest actions`` prints it
        given |= {"chain": given["chain"].removesuffix(FRESH) + new_ulid(at_s), "begins": True}
    content = parse(read_given(body, GIVEN))
    drafted = box.draft(given["kind"], given["chain"], content, signers, at_s=at_s, principal=given["principal"], begins=given["begins"])
    if not _looked_at(drafted.to_bytes(), yes):
        emit({"is_signed": False}, "未签署 / not signed")
        return FINDING
    key = load_key(given["key_file"], given["passphrase_file"])
    keys: dict[str, PrivateKey | None] = {uscc: key if uscc == as_ else None for uscc in signers}
    one = box.sign(
        given["kind"], given["chain"], content, keys, at_s=at_s, principal=given["principal"], begins=given["begins"]
    )  # fmt: skip
    emit(_shown(one), _line(one))
    return 0


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("statement")
@as_option
@key_option
@passphrase_option
@yes_option
@command
def cosign(directory: Path, statement: str, as_: str, key_file: str, passphrase_file: Path | None, yes: bool) -> int:
    """为箱中的一份加签，或以另一把密钥重签同样的字节（密钥已撤销时）。 / Add your signature, or replace it by one of another key."""
    box = _opened(directory)
    one = box.find(statement)
    if not _looked_at(one.cosigning.body, yes):
        emit({"is_signed": False}, "未签署 / not signed")
        return FINDING
    done = box.cosign(one.statement, as_, load_key(key_file, passphrase_file))
    emit(_shown(done), _line(done))
    return 0


@outbox.command("list")
@click.argument("directory", type=existing_folder)
@command
def list_command(directory: Path) -> None:
    """账本还没有的声明：待发、缺签、被退回（理由、怎么办）。 / What the log does not have: ready, unsigned, refused and why."""
    box = _opened(directory)
    found = box.queued()
    emit([_shown(one) for one in found], *(line for one in found for line in _lines(one, box)), *([] if found else [NONE]))


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("statement")
@click.option("--answer", is_flag=True, help="只输出签名，交给已有声明的一方 / signatures alone, for who has the statement")
@out_option
@frame_option
@command
def text(directory: Path, statement: str, answer: bool, out: Path | None, frame: int) -> None:
    """输出会签文本，给另一部设备看。 / Print the text for another device."""
    from ledger.pending.compact import write_text

    one = _opened(directory).find(statement)
    written = write_text(one.cosigning.answer if answer else one.cosigning, frame)
    if out is not None:
        out.write_text(written, encoding="utf-8")
        emit({"statement": one.statement, "path": str(out)}, f"{one.statement} → {out}")
    elif wants_json():
        emit({"statement": one.statement, "text": written})
    else:
        sys.stdout.write(written)


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("paths", type=existing, nargs=-1, required=True)
@command
def take(directory: Path, paths: tuple[Path, ...]) -> None:
    """收下另一部设备给的：会签文本（手机导出的含多份）、信封或未入账声明包。 / Take what another device gave: texts, an envelope, or an export."""
    from ledger.pending.compact import cosigning_of, read_texts
    from ledger.unlogged import BEGINS, read_unlogged
    from liandan.cli.cosign import read_statement_file

    box, taken = _opened(directory), list[Any]()
    for path in paths:
        raw = read_given(path)
        if raw.lstrip().startswith(BEGINS):
            brought = read_unlogged(raw)
            if brought.found != box.trust.found:
                raise click.UsageError(f"{path} 是另一个账本的 / is of another log")
            taken += [box.take(cosigning_of(one.body, dict(enumerate(one.signatures)))) for one in brought.envelopes]
        elif raw.lstrip().startswith(b"{"):
            taken.append(box.take(read_statement_file(path)))
        else:  # of one statement, or of all that a phone exports
            taken += [box.take(one) for one in read_texts(raw.decode("utf-8", "replace"))]
    emit([_shown(one) for one in taken], *map(_line, taken))


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("out", type=file)
@click.option("--chain", help="只导出这条链的 / of this chain alone")
@command
def export(directory: Path, out: Path, chain: str | None) -> None:
    """导出未入账声明包：已签署、尚未入账，连同留存的证据包；供路检、对方、主管部门核验。 / Export what is signed and not in the log."""
    box = _opened(directory)
    chosen = [one for one in box.queued() if not one.lacking and chain in (None, one.chain)]
    if not chosen:
        raise click.UsageError("没有签齐而未入账的声明 / nothing that all have signed and the log lacks")
    out.write_bytes(box.export([one.envelope for one in chosen], chosen[0].chain))
    emit({"path": str(out), "statements": [one.statement for one in chosen]}, *map(_line, chosen), f"→ {out}")


@outbox.command()
@click.argument("directory", type=existing_folder)
@client_options
@command
async def submit(directory: Path, **options: Any) -> int:
    """一次提交全部待发的声明，逐份说明结果，回执留在待发箱中。 / Send all that is ready in one request; receipts stay in the outbox."""
    box = _opened(directory)
    async with open_client(**options) as client:
        if client.trust != box.trust:
            raise click.UsageError("服务器是另一个账本 / the server is another log")
        sent = await box.submit(client)
    emit([_result(one) for one in sent], *(line for one in sent for line in _told(one, box)), *([] if sent else [NONE]))
    return 0 if all(one.receipt is not None for one in sent) else FINDING


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("statement")
@click.option("--reason", required=True, help="为什么属实、为什么来晚 / why it is true, and why it comes late")
@click.option("--at", help="签署时间，默认现在 / when you sign it; default: now")
@as_option
@key_option
@passphrase_option
@command
def contest(
    directory: Path, statement: str, reason: str, at: str | None, as_: str, key_file: str, passphrase_file: Path | None
) -> None:  # fmt: skip
    """来不及入账的，签署答复中备好的争议，随下次提交。 / Sign the contest that the answer prepared; it goes with the next submit."""
    one = _opened(directory).contest(statement, as_, load_key(key_file, passphrase_file), reason, _moment(at))
    emit(_shown(one), _line(one))


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("statement")
@as_option
@key_option
@passphrase_option
@yes_option
@command
def redo(directory: Path, statement: str, as_: str, key_file: str, passphrase_file: Path | None, yes: bool) -> int:
    """别的设备先写了这条链：同样的内容、同样的时间，接在现在的链头后重签。 / Another device was first: sign the same anew, behind the present head."""
    box = _opened(directory)
    one = box.find(statement)
    if not _looked_at(one.cosigning.body, yes):
        emit({"is_signed": False}, "未签署 / not signed")
        return FINDING
    key = load_key(key_file, passphrase_file)
    done = box.redo(one.statement, {uscc: key if uscc == as_ else None for uscc in one.by})
    emit(_shown(done), _line(done))
    return 0


@outbox.command()
@click.argument("directory", type=existing_folder)
@click.argument("statement")
@command
def drop(directory: Path, statement: str) -> None:
    """不再提交：连同理由移到 aside/，不删除。 / Send it no more: it is put aside with its reasons, never deleted."""
    path = _opened(directory).drop(statement)
    emit({"path": str(path)}, f"→ {path}")


# ---------------------------------------------------------------------- words


def _opened(directory: Path) -> Outbox:
    from liandan.client.outbox import Outbox

    return Outbox(directory)


def _moment(at: str | None) -> int:
    from ledger.times import parse_at

    return int(time.time()) if at is None else parse_at(at, "--at")


def _looked_at(raw: bytes, yes: bool) -> bool:
    """Its form is checked and every field shown before it is signed: what the log would not read, nobody signs."""
    from ledger.pending.compact import cosigning_of
    from liandan.cli.cosign import show_statement

    show_statement(cosigning_of(raw))
    return yes or prompting.confirm("签署以上内容？ / sign this?", err=True)


def _state(one: Queued) -> str:
    if one.problem is not None:
        return "被退回 / refused"
    return "缺签 / lacks signatures" if one.lacking else "待发 / ready"


def _line(one: Queued) -> str:
    lacking = f"  {', '.join(one.lacking)}" if one.lacking else ""
    return f"{one.statement[:12]} {_state(one)}{lacking}  {one.kind} {one.at}  {one.chain} {one.seq}"


def _lines(one: Queued, box: Outbox) -> list[str]:
    """A statement, why it was refused, and the next command for it."""
    if one.problem is None:
        return [_line(one)]
    told = [_line(one)]
    for error in one.problem.errors:
        told.append(f"  {error.code} {error.message} → {error.what_to_do}")
        if error.code == "PREDECESSOR_MISSING" and (before := [other for other in box.queued() if other.statement == one.prev]):
            told.append(f"  → 先处理前一份 / deal with the one before it first: {before[0].statement[:12]} {before[0].kind}")
    remedy = one.problem.remedy
    if remedy is not None and box.next(remedy.chain, begins=True)[0]:
        told.append(
            f"  争议已签署，入账后这一份不必再办 / contested; once that is entered nothing is left to do: liandan statement outbox drop {box.root} {one.statement[:12]}"
        )
    elif remedy is not None:
        told += [
            f"  {remedy.message}",
            f"  → liandan statement outbox contest {box.root} {one.statement[:12]} --reason … --as … --key …",
        ]
    return told


def _shown(one: Queued) -> dict[str, Any]:
    told = {
        "statement": one.statement,
        "kind": one.kind,
        "chain": one.chain,
        "seq": one.seq,
        "at": one.at,
        "by": one.by,
        "lacking": one.lacking,
    }
    return told if one.problem is None else {**told, "problem": one.problem}


def _result(one: Sent) -> dict[str, Any]:
    if one.receipt is not None:
        return {"statement": one.queued.statement, "index": one.receipt.index, "is_new": one.receipt.is_new}
    return {"statement": one.queued.statement, "is_kept": one.is_kept, "problem": one.problem}


def _told(one: Sent, box: Outbox) -> list[str]:
    if one.receipt is not None:
        return [f"{one.queued.statement[:12]} 入账 / entry {one.receipt.index}  {one.queued.kind}"]
    if one.is_kept and one.problem is not None:
        return [f"{one.queued.statement[:12]} 留待下次 / kept for another time  {one.queued.kind}: {one.problem.code} {one.problem.title}"]
    return _lines(one.queued, box)

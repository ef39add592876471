"""``liandan statement cosign``: one statement, several signers, nobody carries files: through a server (``/v1/pending``), or offline by a text.

A file of a statement is either an envelope (JSON) or the text of docs/formats/cosign.md; both keep the bytes that are signed as they are.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import (
    client_options,
    existing,
    file,
    key_name,
    load_key,
    open_client,
    own_key,
    party_code,
    passphrase_option,
    pinned_hash,
    read_given,
)
from liandan.cli.output import FINDING, command, emit, say, wants_json, warn

if TYPE_CHECKING:
    from ledger.admission.personality import Kind
    from ledger.model import Statement
    from ledger.pending.answers import PendingAnswer
    from ledger.pending.compact import CosignedStatement
    from signing.envelope import Signature
    from signing.keys import PrivateKey

NONE = "没有 / none"
GIVEN = 200_000
"""Bytes of a file that holds one statement."""
as_option = click.option(
    "--as", "as_", type=party_code, help="替 by 中哪一方签署；只剩一方未签时可省 / for which of by; not needed for the last"
)
key_option = click.option(
    "--key",
    "key_file",
    type=key_name,
    envvar="LIANDAN_CLIENT_KEY",
    default=own_key,
    required=True,
    help="签署所用的密钥，默认为 liandan login 所记 / key to sign with; default: that of liandan login",
)
yes_option = click.option("--yes", is_flag=True, help="不再确认 / do not ask")
out_option = click.option("--out", type=file, help="写入文件；默认输出 / file; default: standard output")
frame_option = click.option(
    "--frame",
    type=click.IntRange(80, 4000),
    default=640,
    show_default=True,
    help="每行（每幅二维码）的字符数 / characters of a line, a QR code",
)


class WithSign(click.Group):
    """A group whose bare ``cosign PATH`` is ``cosign sign PATH``, as it has always been."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is named, else ``sign`` with everything that is given."""
        return super().resolve_command(ctx, args if args and args[0] in self.commands else ["sign", *args])


@click.group(cls=WithSign)
def cosign() -> None:
    """会签：同一份字节，先签后签不限；联网经 /v1/pending，断网用会签文本。 / Co-sign one statement, in any order, by server or by text."""


# ---------------------------------------------------------------------- with no network


@cosign.command()
@click.argument("path", type=existing)
@key_option
@passphrase_option
@as_option
@yes_option
@out_option
@frame_option
@command
def create(path: Path, key_file: str, passphrase_file: Path | None, as_: str | None, yes: bool, out: Path | None, frame: int) -> int:
    """由声明的原字节（JSON）起草并先签，写出会签文本。 / Sign a statement's bytes (JSON) first, and write the text for the others."""
    from ledger.pending.compact import cosigning_of, write_text

    cosigning = cosigning_of(read_given(path, GIVEN))
    statement, _ = show_statement(cosigning, is_aside=out is None)
    if not agreed(yes):
        return FINDING
    key = load_key(key_file, passphrase_file)
    signed = cosigning.signed(_place(cosigning, statement, as_ or statement.by[0]), _signature(cosigning, key))
    return _write(write_text(signed, frame), signed, out)


@cosign.command()
@click.argument("path", type=existing)
@command
def show(path: Path) -> None:
    """用文字显示将签的每一个字段，和谁已签。 / Show every field in words, and who has signed."""
    cosigning = read_statement_file(path)
    statement, _ = show_statement(cosigning, to_stdout=not wants_json())
    if wants_json():
        signed = [uscc for place, uscc in enumerate(statement.by) if place in cosigning.signatures]
        emit({"statement": cosigning.statement, "kind": statement.kind, "chain": statement.chain, "by": statement.by, "signed": signed})


@cosign.command()
@click.argument("path", type=existing)
@key_option
@passphrase_option
@as_option
@yes_option
@click.option("--answer", is_flag=True, help="另外输出只含签名的短文本，交回对方 / also print the short text for who has the statement")
@click.option("--out", type=file, help="短文本写入的文件；默认输出 / file for the short text; default: standard output")
@command
def sign(path: Path, key_file: str, passphrase_file: Path | None, as_: str | None, yes: bool, answer: bool, out: Path | None) -> int:
    """会签同一份字节；先核对格式（含每个统一社会信用代码）、显示内容，再签。 / Co-sign the same bytes, after checking their form and showing them."""
    from ledger.pending.compact import CosignedStatement, write_text
    from signing.envelope import freeze

    if out is not None and not answer:
        raise click.UsageError("--out 是 --answer 的短文本要写入的文件 / --out is where --answer writes its short text")
    cosigning = read_statement_file(path)
    statement, _ = show_statement(cosigning, is_aside=answer)
    if not agreed(yes):
        emit({"statement": cosigning.statement, "is_signed": False}, "未签署 / not signed")
        return FINDING
    key = load_key(key_file, passphrase_file)
    place = _place(cosigning, statement, as_, is_text=_is_text(path))
    signed = cosigning.signed(place, _signature(cosigning, key))
    path.write_bytes(write_text(signed).encode() if _is_text(path) else freeze(signed.envelope) + b"\n")
    short = write_text(CosignedStatement(signed.statement, b"", {place: signed.signatures[place]})) if answer else ""
    done = {
        "statement": cosigning.statement,
        "is_signed": True,
        "keyid": key.keyid,
        "path": str(path),
        **({"answer": short} if answer else {}),
    }
    told = f"已会签 / signed: {cosigning.statement} {key.keyid}"
    if not answer or wants_json():
        emit(done, told)
    else:
        warn(told)
    if out is not None:
        out.write_text(short, encoding="utf-8")
        warn(f"→ {out}")
    elif answer and not wants_json():
        sys.stdout.write(short)
    return 0


@cosign.command()
@click.argument("paths", type=existing, nargs=-1, required=True)
@out_option
@frame_option
@command
def merge(paths: tuple[Path, ...], out: Path | None, frame: int) -> int:
    """合并同一份声明的签名；签齐时写出信封。 / Put the signatures of one statement together; whole, it is written as an envelope."""
    from ledger.pending.compact import merged, write_text
    from signing.envelope import freeze

    together = merged([read_statement_file(path, needs_statement=False) for path in paths])
    if not together.body:
        raise click.UsageError("须有一份带声明的文件 / one of them must hold the statement")
    statement, _ = form_of(together)
    lacking = [uscc for place, uscc in enumerate(statement.by) if place not in together.signatures]
    warn(f"未签 / not signed: {', '.join(lacking)}" if lacking else "已签齐 / all have signed")
    return _write(write_text(together, frame) if lacking else freeze(together.envelope).decode() + "\n", together, out)


# ---------------------------------------------------------------------- through a server


@cosign.command()
@click.argument("path", type=existing)
@client_options
@command
async def send(path: Path, **options: Any) -> int:
    """提交到服务器：未签齐的交其他签署方待签，签齐的入账。 / Send it: to those who have still to sign, or whole into the log."""
    cosigning = read_statement_file(path)
    form_of(cosigning)
    async with open_client(**options) as client:
        return told_of(await client.offer(cosigning.envelope))


@cosign.command("list")
@click.option("--unsigned", is_flag=True, help="只列等本单位签署的 / what waits for you alone")
@client_options
@command
async def list_command(unsigned: bool, **options: Any) -> None:
    """等待签署的声明。 / Statements that wait for signatures."""
    import msgspec

    from ledger.pending.answers import PendingPage

    async with open_client(**options) as client:
        raw = await client.ask("GET", "/v1/pending?limit=200" + ("&unsigned=true" if unsigned else ""))
    found = msgspec.json.decode(raw, type=PendingPage)
    emit(found, *map(_line, found.pending), *([] if found.pending else [NONE]))


@cosign.command()
@click.argument("statement", type=pinned_hash)
@out_option
@client_options
@command
async def fetch(statement: str, out: Path | None, **options: Any) -> int:
    """取回待签的声明，写成会签文本，供核对、签署。 / Fetch one as a text, to be looked at and signed."""
    from ledger.pending.compact import write_text

    found = await _ask("GET", f"/{statement}", options)
    if found.envelope is None:
        return told_of(found)
    cosigning = shown_is(found, statement)
    return _write(write_text(cosigning), cosigning, out)


@cosign.command()
@click.argument("statement", type=pinned_hash)
@client_options
@command
async def withdraw(statement: str, **options: Any) -> None:
    """在各方签齐以前撤回本单位的签名。 / Take your signature back before all have signed."""
    async with open_client(**options) as client:
        await client.ask("DELETE", f"/v1/pending/{statement}/signature")
    emit({"withdrawn": statement}, f"已撤回 / withdrawn: {statement}")


@cosign.command()
@click.argument("statement", type=pinned_hash)
@click.option("--reason", required=True, help="理由，其他签署方可见；不得含个人信息 / why, for the others to read; no personal data")
@client_options
@command
async def decline(statement: str, reason: str, **options: Any) -> int:
    """拒绝签署并写明理由。 / Decline to sign, and say why."""
    import msgspec

    return told_of(await _ask("POST", f"/{statement}/decline", options, msgspec.json.encode({"reason": reason})))


# ---------------------------------------------------------------------- steps


async def _ask(method: str, path: str, options: dict[str, Any], raw: bytes | None = None) -> PendingAnswer:
    import msgspec

    from ledger.pending.answers import PendingAnswer

    async with open_client(**options) as client:
        body = None if raw is None else msgspec.Raw(raw)
        return msgspec.json.decode(await client.ask(method, f"/v1/pending{path}", body), type=PendingAnswer)


def told_of(found: PendingAnswer) -> int:
    """What became of it; a receipt with its index."""
    lines = [_line(found)]
    lines += [f"  {one.code} {one.message} → {one.what_to_do}" for one in found.blockers]
    lines += [f"  第 {one.index} 条 / entry {one.index}: {one.title} {one.chain}" for one in found.overtaken_by]
    if found.reason:
        lines.append(f"  {found.declined_by}: {found.reason}")
    if found.receipt is not None:
        lines.append(f"  入账 / entry {found.receipt.index}")
    emit(found, *lines)
    return 0 if found.state in ("waiting", "complete", "entered") else FINDING


def _line(found: PendingAnswer) -> str:
    lacking = f"  未签 / not signed: {', '.join(found.missing)}" if found.missing else ""
    return f"{found.statement} {found.state} {found.title} {found.chain}  至 / until {found.ends_at}{lacking}"


def _is_text(path: Path) -> bool:
    return not read_given(path, GIVEN).lstrip().startswith(b"{")


def read_statement_file(path: Path, *, needs_statement: bool = True) -> CosignedStatement:
    """A statement from either form of file. Signatures of an envelope stand at the first places of ``by``, in their order."""
    from ledger.pending.compact import cosigning_of, read_text
    from signing.envelope import PAYLOAD_STATEMENT, parse_envelope

    raw = read_given(path, GIVEN).strip()
    if raw.startswith(b"{"):
        envelope = parse_envelope(raw, payload_type=PAYLOAD_STATEMENT)
        return cosigning_of(envelope.body, dict(enumerate(envelope.signatures)))
    found = read_text(raw.decode("utf-8", "replace"))
    if needs_statement and not found.body:
        raise click.UsageError("只有签名，没有声明：先与声明合并（merge） / signatures alone: merge them with their statement first")
    return found


def shown_is(found: PendingAnswer, statement: str) -> CosignedStatement:
    """What a server showed, if it is what was asked for; Dishonest."""
    from liandan.client import Dishonest

    cosigning = _of_answer(found)
    if cosigning.statement != statement:
        raise Dishonest(f"the bytes of {cosigning.statement} were shown for {statement}")
    return cosigning


def _of_answer(found: PendingAnswer) -> CosignedStatement:
    """As the server shows it: whose each signature is, it says, and the log will judge."""
    from ledger.pending.compact import cosigning_of
    from signing import b64
    from signing.envelope import Signature

    assert found.envelope is not None, "asked before"
    by_key = {one.keyid: place for place, one in enumerate(found.by) if one.keyid}
    signatures = {
        by_key[one.keyid]: Signature(one.keyid, b64.decode(one.sig, field="sig"))
        for one in found.envelope.signatures
        if one.keyid in by_key
    }
    return cosigning_of(b64.decode(found.envelope.payload, field="payload"), signatures)


def form_of(cosigning: CosignedStatement) -> tuple[Statement, Kind]:
    """What the log would not even read, a wrong code among it, is not signed: whoever signs next would hear of it too late."""
    from ledger.pending.partial import read_payload
    from liandan.wiring import KINDS

    return read_payload(cosigning.envelope, KINDS)


def show_statement(cosigning: CosignedStatement, *, to_stdout: bool = False, is_aside: bool = False) -> tuple[Statement, Kind]:
    """The statement in words; aside, on standard error, where standard output is a text that is given on."""
    from liandan.cli.cosign_words import told
    from signing.payload import parse

    statement, kind = form_of(cosigning)
    (say if to_stdout or not (wants_json() or is_aside) else warn)(*told(cosigning, statement, kind, parse(cosigning.body)["body"]))
    return statement, kind


def agreed(yes: bool) -> bool:
    """Whether what was just shown is to be signed."""
    return yes or prompting.confirm("签署以上内容？ / sign this?", err=True)


def _place(cosigning: CosignedStatement, statement: Statement, as_: str | None, *, is_text: bool = True) -> int:
    """Whose place of ``by`` it is: the one that is named, else the only one that is free; in an envelope, where places are not told, the next."""
    if as_ is not None:
        if as_ not in statement.by:
            raise click.UsageError(f"by 中没有 / by has no {as_}")
        return statement.by.index(as_)
    free = [place for place in range(len(statement.by)) if place not in cosigning.signatures]
    if len(free) == 1 or (free and not is_text):
        return free[0]
    raise click.UsageError("请以 --as 写明替哪一方签署 / say for which of by: --as")


def _signature(cosigning: CosignedStatement, key: PrivateKey) -> Signature:
    from signing.envelope import Signature

    return Signature(key.keyid, key.sign(cosigning.envelope.message))


def _write(text: str, cosigning: CosignedStatement, out: Path | None) -> int:
    if out is not None:
        out.write_text(text, encoding="utf-8")
        emit({"statement": cosigning.statement, "path": str(out)}, f"{cosigning.statement} → {out}")
    elif wants_json():
        emit({"statement": cosigning.statement, "text": text})
    else:
        sys.stdout.write(text)
    return 0

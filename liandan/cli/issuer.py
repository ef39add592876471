"""Keys that papers and codes are signed with: ``liandan key issuer|cert`` prepares them, ``liandan log issuer add|retire`` tells the log."""

from __future__ import annotations

import time
from collections.abc import Coroutine
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli.connection import (
    client_options,
    existing,
    file,
    load_key,
    open_client,
    own_settings,
    party_code,
    passphrase_option,
    pinned_hash,
    read_given,
)
from liandan.cli.office.groups import ActGroup
from liandan.cli.output import command, emit
from signing.phrase import Phrase

if TYPE_CHECKING:
    from liandan.issuer import ToldIssuer

USES = ("pdf", "claim")
"""Those of ``ledger.kinds.issuer``; a test compares."""
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_first = click.option("--from", "first", type=_DAY, help="启用日期 / first day, YYYY-MM-DD")
_last = click.option("--to", "last", type=_DAY, help="停用日期 / last day, YYYY-MM-DD")


@click.command("issuer")
@click.option("--use", type=click.Choice(USES), required=True, help="pdf 文书签章，claim 二维码 / what it signs: papers, or codes")
@click.option("--for", "found", type=pinned_hash, help="账本创始声明哈希；默认本机账本 / hash of log.found; default: this log")
@click.option("--uscc", type=party_code, help="运营单位的统一社会信用代码；默认本机账本的 / the operator; default: of this log")
@click.option("--out", type=file, help="登记材料，默认 issuer-<用途>-<密钥标识>.json / the registration")
@command
def make_command(use: str, found: str | None, uscc: str | None, out: Path | None) -> None:
    """生成文书签章或二维码密钥（ECDSA P-256），加入本机密钥文件，并写出登记材料。账本登记之后，服务自行启用。

    Make a key for papers or codes in this installation's key file, and write its registration. A server takes it up by itself, once the log tells it.
    """
    from ledger.kinds.issuer import USES
    from liandan.installation import own_log
    from liandan.issuer import make_issuer

    own = own_settings()
    if found is None or uscc is None:
        log = own_log(own)
        found, uscc = found or log.found, uscc or log.operator
    key, path = make_issuer(own, use, found, uscc, out)
    told = {"keyid": key.keyid, "use": use, "key_file": str(own.key_path), "path": str(path)}
    named = f"liandan key cert {key.keyid[:8]} --name <单位名称 / name> --from YYYY-MM-DD --to YYYY-MM-DD"
    following = named if use == "pdf" else f"liandan log issuer add {path} --to YYYY-MM-DD"
    emit(told, f"{USES[use]} {key.keyid} → {own.key_path}", f"登记材料 / registration: {path}", f"  → {following}")


@click.command("cert")
@click.argument("keyid", default="")
@click.option("--name", required=True, help="单位名称，印在证书上 / the operator's name, as the certificate says it")
@_first
@_last
@click.option(
    "--ca", "ca", type=existing, help="签发机构的 P-256 密钥文件；默认自签，即测试 CA / key of the authority; default: self-signed"
)
@click.option("--ca-name", default="", help="签发机构名称 / its name")
@passphrase_option
@click.option("--csr", is_flag=True, help="不出证书，只写出证书申请（PEM），交外部机构签发 / write a request for an outside authority")
@click.option("--out", type=file, help="默认 issuer-<密钥标识>.cer 或 .csr / file")
@command
def cert_command(
    keyid: str, name: str, first: datetime | None, last: datetime | None, ca: Path | None, ca_name: str, passphrase_file: Path | None,
    csr: bool, out: Path | None,
) -> None:  # fmt: skip
    """为文书签章密钥（KEYID 的开头；默认最新的一把）制作 X.509 证书，供阅读器识别；或写出证书申请。

    Make the X.509 certificate of a key for papers (beginning of its KEYID; default: the newest), or a request for one.
    """
    from liandan.issuer import certificate, choose, signing_request
    from liandan.keyring import read_keyring

    key = choose(read_keyring(own_settings(), operator_only=True), keyid)
    if csr:
        made = signing_request(key, name)
    else:
        if first is None or last is None or (ca is None) != (not ca_name):
            raise click.UsageError("须给出 --from 与 --to；--ca 与 --ca-name 同用 / give --from and --to, and --ca with --ca-name")
        authority = None if ca is None else load_key(ca, passphrase_file)
        made = certificate(key, name, first.date(), last.date(), authority, ca_name)
    path = out or Path(f"issuer-{key.keyid[:8]}.{'csr' if csr else 'cer'}")
    path.write_bytes(made)
    certified = "<证书 / certificate>" if csr else str(path)
    following = f"liandan log issuer add issuer-pdf-{key.keyid[:8]}.json --cert {certified}"
    emit({"keyid": key.keyid, "path": str(path)}, f"{key.keyid} → {path}", f"  → {following}")


@click.group("issuer", cls=ActGroup, noun="issuer")
def issuer() -> None:
    """文书签章与二维码密钥的登记、停用 / register and retire the keys of papers and codes."""


@issuer.command()
@click.argument("registration", type=existing)
@click.option("--cert", type=existing, help="X.509 证书（DER 或 PEM） / certificate")
@_first
@_last
@client_options
@command
def add(registration: Path, cert: Path | None, first: datetime | None, last: datetime | None, **options: Any) -> Coroutine[Any, Any, None]:
    """向账本登记一把密钥（issuer.key）；REGISTRATION 由 liandan key issuer 写出，由运营单位的密钥签署。

    Tell the log a key (issuer.key), signed by the operator's key: that of the key file, unless --key names another.
    """
    import msgspec

    from ledger.times import day_of, parse_at
    from liandan.issuer import IssuerRegistration, body_of
    from signing.refusal import refuse

    try:
        given = msgspec.json.decode(read_given(registration), type=IssuerRegistration)
    except msgspec.MsgspecError:
        raise refuse(
            "ISSUER_UNFIT", field=str(registration), found=Phrase("别的内容", "something else"), expected="use, suite, spki, pop"
        ) from None
    certified = None if cert is None else read_given(cert)
    days = tuple(None if day is None else day.date() for day in (first, last))
    now_s = int(time.time()) if options["now"] is None else parse_at(options["now"], "--now")
    today = date.fromisoformat(day_of(now_s))

    def body(found: str, operator: str) -> object:
        return body_of(given, certified, (days[0], days[1]), found=found, operator=operator, today=today)

    return _post("issuer.key/1", body, options)


@issuer.command("list")
@command
async def list_command() -> None:
    """列出本机账本登记的文书与二维码密钥：期限、是否停用、本机有无私钥。 / List the keys that this installation's log tells."""
    from liandan.issuer import read_issuers

    found = await read_issuers(own_settings())
    emit(found, *map(_line, found), *([] if found else ["账本没有登记密钥：文书不签章 / the log tells no key: papers are unsigned"]))


def _line(one: ToldIssuer) -> str:
    from ledger.kinds.issuer import USES

    ended = f"已停用（序位 {one.retired}）/ retired" if one.retired is not None else "本机有私钥 / at hand" if one.is_at_hand else "-"
    return f"{one.keyid}  {USES[one.use]} {one.use}  {one.valid_from} – {one.valid_to}  序位 {one.added}  {ended}"


async def _post(kind: str, body: Any, options: dict[str, Any]) -> None:  # body: (found, operator) to a body
    """Sign an act of the operator on ``log/issuers``, and post it."""
    from ledger.kinds.issuer import LOG_ISSUERS
    from liandan.keyring import read_keyring
    from signing.refusal import refuse

    own = None if options["key_file"] else read_keyring(own_settings(), operator_only=True).operator
    async with open_client(own, **options) as client:
        log = await client.log()
        if client.trust is None:
            raise refuse("NOT_FOUND", field="log.found", found=log.origin)
        draft = await client.draft(kind, LOG_ISSUERS, body(client.trust.found, log.operator), by=(log.operator,))
        receipt = await client.post(client.sign(draft))
    emit({"index": receipt.index, "statement": receipt.statement, "kind": kind}, f"{kind} 已入账 / admitted: {receipt.index}")

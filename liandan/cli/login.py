"""``liandan login`` and ``logout``: say once which server, which key and which pins; every later command goes by it (liandan.cli.profile)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import client_options, load_key, open_client
from liandan.cli.output import FINDING, command, emit, say, wants_json, warn

if TYPE_CHECKING:
    from ledger.answers import LogAnswer
    from liandan.cli.profile import Profile

NONE = "尚未登录：liandan login <服务地址> --key <密钥> / not logged in: liandan login <server> --key <key>"


@click.command()
@click.argument("server", default="")
@click.option("--yes", is_flag=True, help="不再确认 / do not ask")
@client_options
@command
async def login(server: str, yes: bool, **options: Any) -> int:
    """记住服务地址、密钥和账本的公钥、见证策略，以后的命令不必再给；不写地址则显示现有设定。

    Remember server, key, and the log's keys and witness policy, so that later commands need none of them; without SERVER: show what is remembered.
    """
    from liandan.cli.profile import Profile, read_profile, write_profile

    if not server:
        known = read_profile()
        emit(known, *(_lines(known) if known is not None else [NONE]))
        return 0 if known is not None else FINDING
    given = options | {"url": server}
    own = None if options["key_file"] is None else load_key(options["key_file"], options["passphrase_file"])
    async with open_client(own, **{**given, "key_file": None}, profile=False) as client:
        log, name = await client.log(), ""
        if client.uscc:
            name = (await client.party(client.uscc)).name
    profile = Profile(
        url=server,
        key=_whole(options["key_file"]),
        passphrase_file=_whole(options["passphrase_file"]),
        uscc=client.uscc,
        origin=log.origin,
        found=log.found or "",
        log_keys=log.log_keys,
        witness_policy=log.witness_policy,
        receipts=_whole(options["receipts"]),
    )
    (warn if wants_json() else say)(*_lines(profile, name), *_warnings(log, is_pinned=options["found"] is not None))
    if not (yes or prompting.confirm("与公告核对无误，记住以上内容？ / compared with what was published: remember this?", err=True)):
        emit({"is_kept": False}, "未记住 / not kept")
        return FINDING
    path = write_profile(profile)
    emit(profile, f"已记住 / kept: {path}")
    return 0


@click.command()
@command
def logout() -> None:
    """忘掉 liandan login 所记的设定；密钥和回执不动。 / Forget what liandan login remembers; keys and receipts stay."""
    from liandan.cli.profile import profile_path

    path = profile_path()
    is_there = path.exists()
    path.unlink(missing_ok=True)
    emit({"path": str(path), "was_there": is_there}, f"已忘掉 / forgotten: {path}" if is_there else NONE)


def _whole(path: Path | str | None) -> str:
    """So that it means the same from every directory."""
    if path is None:
        return ""
    return str(path) if str(path).startswith("pkcs11:") else str(Path(path).resolve())


def _lines(profile: Profile, name: str = "") -> list[str]:
    lines = [
        f"服务 / server: {profile.url}",
        f"账本 / log: {profile.origin}  {profile.found or '尚未成立 / not founded yet'}",
        *(f"  公钥 / key: {vkey}" for vkey in profile.log_keys),
        *(f"  见证 / witness policy: {line}" for line in profile.witness_policy),
        f"单位 / party: {profile.uscc or '-'} {name}".rstrip(),
        f"密钥 / key: {profile.key or '-'}",
    ]
    return lines + ([f"回执 / receipts: {profile.receipts}"] if profile.receipts else [])


def _warnings(log: LogAnswer, *, is_pinned: bool) -> list[str]:
    found = (
        []
        if is_pinned
        else ["请以公告的创始声明哈希核对，或用 --found 给出 / compare the founding hash with what was published, or give --found"]
    )
    if not any(line.startswith("witness ") for line in log.witness_policy):
        found.append(
            "注意：这个账本没有见证，各方看到的是不是同一部历史，无人能证明 / No witnesses: nobody can prove that all see the same history"
        )
    return found

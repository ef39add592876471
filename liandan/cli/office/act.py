"""One act as a command: ask, show, confirm, sign, post, keep the receipt; the same steps for every kind.

    liandan permit suspend permit/…/01K… --reason 年检不合格 --letter-no 渝环函〔2026〕9号 --letter-date 2026-11-30
    liandan approval decide            # asks for everything, one question after the other

A field that one word says has an option of its own; parts and lists are given by ``--set lines.0.mass_t=60`` or a file of JSON.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from liandan.cli import prompting
from liandan.cli.connection import client_options, file, keep_receipts, open_client, party_code, profile_for
from liandan.cli.office.aloud import KINDS as ALOUD
from liandan.cli.office.aloud import POLICY, check_aloud, without_option
from liandan.cli.office.form_options import field_options, given_form, read_source, settings_option, source_option
from liandan.cli.output import FINDING, command, emit, warn

if TYPE_CHECKING:
    from ledger.admission.personality import Kind
    from ledger.admission.statement import Draft
    from ledger.pending.answers import PendingAnswer
    from liandan.cli.office.asking import Asking
    from liandan.client import AsyncLiandan
    from liandan.client.receipt import Receipt
    from signing.keys import PrivateKey

_COMMON = (
    click.Argument(["chain"], default="", required=False),
    source_option,
    settings_option,
    click.Option(["--by"], multiple=True, type=party_code, help="全部签署方，按角色次序 / all signers in the order of their roles"),
    click.Option(["--for", "principal"], type=party_code, help="受托代哪一单位签署 / for whom you sign, as its delegate"),
    click.Option(["--at"], help="发生时间，默认现在 / when it happened; default: now"),
    click.Option(["--out"], type=file, help="不提交：写成会签文本或信封文件 / do not post: write the text for co-signing, or the envelope"),
    click.Option(["--dry-run"], is_flag=True, help="只显示将签署的内容，不签署 / show what would be signed, sign nothing"),
    click.Option(["--yes"], is_flag=True, help="不问、不确认；缺什么就说明 / ask nothing: what is missing is told"),
)


class ActCommand(click.Command):
    """The command of one kind. The names of its options come from the body, so they are made when it is called."""

    def __init__(self, name: str, kind: Kind) -> None:
        from liandan.act_tree import tree_of

        @command
        async def run(**given: Any) -> int:
            return await act(kind, given)

        run = client_options(run)
        options: list[click.Parameter] = list(getattr(run, "__click_params__", ()))[::-1]
        taken = {word for one in (*_COMMON, *options) for word in one.opts}
        self.own: list[click.Parameter] = [*field_options(tree_of(kind.body), taken), *([without_option] if kind.name in ALOUD else [])]
        text = f"{kind.zh}（{kind.name}）。{' '.join(kind.effect)} / {kind.en}"
        super().__init__(name, params=[*_COMMON, *self.own, *options], callback=run, help=text.strip(), short_help=f"{kind.zh} / {kind.en}")


async def act(kind: Kind, given: dict[str, Any]) -> int:
    """Everything from the first question to the receipt; the exit code."""
    from ledger.admission.form import read_body
    from ledger.pending.compact import cosigning_of
    from ledger.times import parse_at
    from liandan.act_tree import tree_of
    from liandan.cli.agree import show_named
    from liandan.cli.office.asking import Asking
    from liandan.cli.office.chains import ChainChoice
    from liandan.cli.office.confirmed import KIND as CONFIRM
    from liandan.cli.office.confirmed import show_confirmed
    from liandan.cli.office.knowing import ServerKnowledge
    from liandan.cli.office.prepared import by_of, merged, prepared, tell_blockers
    from liandan.cli.office.signers import SignerChoice
    from liandan.cli.office.suggested import suggested
    from liandan.cli.office.typed import Typing
    from liandan.wiring import KINDS

    parts, typing = tree_of(kind.body), Typing()
    body = given_form(parts, typing, given, read_source(given))
    now_s = int(time.time()) if given["now"] is None else parse_at(given["now"], "--now")
    at_s = now_s if given["at"] is None else parse_at(given["at"], "--at")
    async with open_client(_operators_key(kind, given), needs_key=True, **given) as client:
        folder = keep_receipts(client, given["receipts"])
        knows = ServerKnowledge(client)
        asking = Asking(typing, knows, asks=not given["yes"], all_of_it=not body)
        _head(kind, asking)
        chain = await ChainChoice(kind, KINDS, asking, knows, given["principal"] or client.uscc, at_s).chain(given["chain"])
        knows.chain = chain
        act_there = await prepared(kind, chain, client, given["principal"])
        if act_there is not None:
            tell_blockers(act_there)
            body = merged(act_there.known, body)
        body = {**await suggested(kind, chain, body, client, asking), **body}
        body = await asking.complete(parts, body)
        judged = read_body(body, kind.body)
        if kind.name in ALOUD:
            check_aloud(body[POLICY], given["without_witnesses"], asks=asking.asks)
        by = given["by"] or (by_of(act_there, given["principal"] or client.uscc) if act_there is not None else ())
        by = await SignerChoice(kind, await client.log(), client.uscc).by(by, chain, judged, at_s, asking)
        draft = await client.draft(kind.name, chain, body, by=by, principal=given["principal"], at_s=given["at"] and at_s)
        if kind.name == CONFIRM:
            await show_confirmed(chain, body["act"], client, knows)
        await show_named(cosigning_of(draft.to_bytes()), knows)
        if given["dry_run"]:
            emit({"is_signed": False, "chain": chain, "by": by, "body": body}, "未签署（试演） / nothing was signed (dry run)")
            return 0
        if not (given["yes"] or prompting.confirm("签署并提交以上内容？ / sign and post this?", err=True)):
            emit({"is_signed": False, "chain": chain}, "未签署 / not signed")
            return FINDING
        for one in typing.attached.values():
            await client.put_file(one.content, one.media_type)
        return await _carry_out(client, draft, given["out"], folder)


def _written(path: Path, content: bytes, told: dict[str, object], *lines: str) -> int:
    """Nothing was posted: it lies in a file."""
    path.write_bytes(content)
    emit({**told, "path": str(path)}, *lines)
    return 0


def _operators_key(kind: Kind, given: Mapping[str, Any]) -> PrivateKey | None:
    """Acts of the operator are signed by this installation's own key, unless another is named."""
    from liandan.cli.connection import own_settings
    from liandan.keyring import read_keyring

    known = profile_for(given["url"])
    if kind.roles[0] != "operator" or given["key_file"] is not None or (known is not None and known.key):
        return None
    here = own_settings()
    return read_keyring(here, operator_only=True).operator if here.key_path.exists() else None


def _head(kind: Kind, asking: Asking) -> None:
    if asking.asks:
        warn(f"{kind.zh} / {kind.en}  ({kind.name})")


async def _carry_out(client: AsyncLiandan, draft: Draft, out: Path | None, folder: Path) -> int:
    """Sign; then post, bring to the others who sign, or write."""
    from ledger.pending.compact import cosigning_of, write_text
    from signing.envelope import freeze

    if draft.by == (client.uscc,) or (draft.principal is not None and len(draft.by) == 1):
        envelope = client.sign(draft)
        if out is not None:
            lines = (f"已签署，未提交 / signed, not posted: {out}", f"  → liandan statement post {out}")
            return _written(out, freeze(envelope) + b"\n", {"is_signed": True}, *lines)
        return _received(draft, await client.post(envelope), folder, await _policy(client), client.trust.log_keys if client.trust else ())
    cosigning = cosigning_of(draft.to_bytes())
    signed = cosigning.signed(draft.by.index(client.uscc), client.signature(cosigning.envelope)) if client.uscc in draft.by else cosigning
    if out is not None or client.uscc not in draft.by:
        path = out or Path(f"{cosigning.statement[:12]}.txt")
        told = {"is_signed": client.uscc in draft.by, "statement": cosigning.statement}
        lines = (f"会签文本 / text for the others: {path}", f"  → liandan statement cosign sign {path} --key …")
        return _written(path, write_text(signed).encode(), told, *lines)
    return _offered(await client.offer(signed.envelope), folder)


async def _policy(client: AsyncLiandan) -> tuple[str, ...]:
    """Who must have looked on: as ``liandan login`` pinned it, else as the log says now."""
    known = profile_for(client.address)
    return known.witness_policy if known is not None and known.witness_policy else (await client.log()).witness_policy


def _witnessed(receipt: Receipt, lines: Sequence[str], log_keys: Sequence[str]) -> tuple[list[str], bool]:
    """Which witnesses cosigned the checkpoint of a receipt, and whether they are enough."""
    from ledger.tree.checkpoint import open_checkpoint
    from ledger.tree.policy import parse_policy_lines

    policy = parse_policy_lines(lines)
    found = {line.vkey for line in open_checkpoint(receipt.note, log_keys, policy.witness_vkeys).cosignatures}
    return [witness.name for witness in policy.witnesses if witness.vkey in found], policy.is_met_by(found)


def _received(draft: Draft, receipt: Receipt, folder: Path, policy: Sequence[str], log_keys: Sequence[str]) -> int:
    """It is in the log: where, where the proof lies, and who else has seen it there."""
    names, is_enough = _witnessed(receipt, policy, log_keys)
    decision = msgspec.json.decode(receipt.entry)["admission"]["decision"]
    marks = [*(" ".join(map(str, tag)) for tag in decision["tags"]), *(f"{level} {code}" for level, code in decision["alerts"])]
    told = {"index": receipt.index, "statement": receipt.statement, "kind": draft.kind, "chain": draft.chain, "receipts": str(folder)}
    lines = [f"已入账，第 {receipt.index} 条 / entry {receipt.index}  {draft.chain}", f"  回执 / receipt: {folder}"]
    lines += [f"  路径 / route: {decision['route']}"] if decision.get("route") else []
    lines += [f"  见证 / witnessed: {', '.join(names)}"] if names else []
    if not is_enough:
        missing = "  ! 联署的见证少于见证策略所要求：稍后以 liandan verify 复核回执；策略已变更的，重新 liandan login"
        lines += [missing, "  ! fewer witnesses than the policy wants: verify the receipt later; if the policy has changed, log in again"]
    emit(
        {**told, "decision": decision, "witnesses": names, "is_witnessed": is_enough},
        *lines,
        *(f"  标记 / marked: {', '.join(marks)}" for _ in marks[:1]),
    )
    return 0


def _offered(answer: PendingAnswer, folder: Path) -> int:
    """It waits for the others, or theirs was there already."""
    lines = [f"{answer.title}  {answer.chain}"]
    if answer.receipt is not None:
        lines.append(f"已签齐、已入账，第 {answer.receipt.index} 条 / entry {answer.receipt.index}；回执 / receipt: {folder}")
    for one in answer.by:
        if one.uscc in answer.missing:
            lines.append(f"  等其签署 / has still to sign: {one.uscc} {one.name}".rstrip())
    lines += [f"  {one.code} {one.message} → {one.what_to_do}" for one in answer.blockers]
    if answer.missing:
        lines.append(f"  至 / until {answer.ends_at}；对方 / the others: liandan statement cosign agree {answer.statement}")
    emit(answer, *lines)
    return 0 if answer.state in ("waiting", "complete", "entered") else FINDING

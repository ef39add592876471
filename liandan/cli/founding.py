"""``liandan log found``: the founding of a log, from a plan or from questions, signed by the operator and then by every authority."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from liandan.cli import prompting
from liandan.cli.connection import existing, file, load_key, own_settings, read_given
from liandan.cli.office.aloud import NOBODY, POLICY, ask_policy, check_aloud
from liandan.cli.output import FINDING, command, emit, wants_json, warn
from liandan.cli.streams import say

if TYPE_CHECKING:
    from liandan.act_tree import Node
    from liandan.cli.office.asking import Offer
    from liandan.founding import Plan
    from signing.keys import PrivateKey


@click.command("found")
@click.argument("plan_file", type=existing, required=False)
@click.option("--key", "key_files", multiple=True, metavar="USCC=FILE", help="手边的主管部门密钥，可多次 / keys of authorities at hand")
@click.option("--passphrase-file", type=existing, help="这些密钥的口令文件 / passphrase of these keys")
@click.option("--without-witnesses", metavar="WORDS", help=f"没有见证时须写明“{NOBODY[0]}” / has to say {NOBODY[0]!r} where there are none")
@click.option("--plan-out", type=file, help="把问到的约定另写成文件 / write what was asked as a plan")
@click.option("--yes", is_flag=True, help="不问、不确认 / ask nothing")
@click.option("--out", type=file, default="log.found.json", show_default=True)
@command
async def found_command(
    plan_file: Path | None,
    key_files: tuple[str, ...],
    passphrase_file: Path | None,
    without_witnesses: str | None,
    plan_out: Path | None,
    yes: bool,
    out: Path,
) -> int:
    """离线成立账本：由约定（JSON 文件，不给则逐项询问）和登记材料生成 log.found，会签后用 statement post 提交。

    Assemble log.found from a plan, or from questions where none is given, and from registrations; co-sign it, then post it. The plan:
    {"operator":{"uscc","name"}, "authorities":[{"uscc","name","regions":["51"],"key":{…}}],"clock":"real","witness_policy":[…]}.
    """
    import msgspec

    from ledger.admission.statement import hash_of
    from liandan.founding import founding_draft, sign_founding
    from liandan.keyring import read_keyring
    from signing.envelope import freeze

    plan = await _plan(None if plan_file is None else read_given(plan_file), asks=not yes)
    keys = _at_hand(key_files, passphrase_file)
    keyring = read_keyring(own_settings())
    draft = founding_draft(plan, keyring, keys)
    check_aloud(plan.witness_policy, without_witnesses, asks=not yes)
    if plan_file is None and not (_agreed(draft.to_bytes()) or yes):
        emit({"is_signed": False}, "未签署 / not signed")
        return FINDING
    if plan_out is not None:
        _write(plan_out, msgspec.json.format(msgspec.json.encode(plan), indent=1) + b"\n")
    envelope, missing = sign_founding(draft, plan, keyring, keys)
    _write(out, freeze(envelope) + b"\n")
    result = {"found": hash_of(envelope), "origin": keyring.origin, "path": str(out), "yet_to_sign": missing}
    todo = f"尚待会签 / yet to sign: {', '.join(missing)}" if missing else "签名齐全，可提交 / complete: liandan statement post"
    emit(result, f"log.found {hash_of(envelope)} → {out}", todo)
    return 0


def _at_hand(key_files: Sequence[str], passphrase_file: Path | None) -> dict[str, PrivateKey]:
    """Keys of authorities that lie here, by their codes."""
    from signing.uscc import misspelt

    named = [item.partition("=") for item in key_files]
    for uscc, equals, path in named:
        if misspelt(uscc) or not equals or not Path(path).is_file():
            raise click.BadParameter(
                f"应为 USCC=密钥文件 / USCC=FILE is wanted: {uscc}{equals}{path}; {misspelt(uscc)}", param_hint="--key"
            )
    return {uscc: load_key(path, passphrase_file) for uscc, _, path in named}


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def _plan(raw: bytes | None, *, asks: bool) -> Plan:
    """From a file, else from questions; Refusal with everything that is wrong with it, or missing."""
    import msgspec

    from liandan.act_tree import tree_of
    from liandan.cli.office.asking import Asking
    from liandan.cli.office.typed import Typing
    from liandan.founding import Plan, plan_reasons
    from signing.refusal import Refusal

    if raw is None:
        asking = Asking(Typing(), Offline(), asks=asks, all_of_it=True)
        parts = [node for node in tree_of(Plan) if node.name not in (POLICY, "continues")]
        given: Mapping[str, Any] = await asking.complete(parts, {})
        raw = msgspec.json.encode({**given, POLICY: await ask_policy(asking)})
    try:
        return msgspec.json.decode(raw, type=Plan)
    except msgspec.MsgspecError:
        raise Refusal(plan_reasons(raw)) from None


def _agreed(raw: bytes) -> bool:
    """Shown from the bytes that are signed."""
    from ledger.pending.compact import cosigning_of
    from ledger.pending.partial import read_payload
    from liandan.cli.cosign_words import told
    from liandan.wiring import KINDS
    from signing.payload import parse

    cosigning = cosigning_of(raw)
    (warn if wants_json() else say)(*told(cosigning, *read_payload(cosigning.envelope, KINDS), parse(cosigning.body)["body"]))
    return prompting.confirm("签署以上内容？ / sign this?", err=True)


class Offline:
    """Before there is a log nobody knows a name, but those of places."""

    async def offers(self, node: Node, within: Mapping[str, Any]) -> Sequence[Offer]:  # noqa: ARG002  # as who knows some
        """None."""
        return ()

    async def find_party(self, text: str) -> Sequence[Offer]:  # noqa: ARG002  # the same
        """None."""
        return ()

    async def name_of(self, code: str) -> str:
        """Of a prefix of a division."""
        from liandan.cli.office.knowing import region_name

        return region_name(code)

"""Witnesses: who looks on, asked for one by one; that nobody does has to be said aloud, in words, and is warned of (case O1).

A log that nobody witnesses can show everybody another history, and nobody would know. So neither an empty answer nor a default founds one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from liandan.cli import prompting
from liandan.cli.output import warn

if TYPE_CHECKING:
    from liandan.cli.office.asking import Asking

POLICY = "witness_policy"
KINDS = frozenset({"witness.set/1"})
"""Kinds whose body is a policy; the founding asks for one too."""
NOBODY = ("quorum none", "没有见证")
"""What is typed where there are none."""
WARNING = (
    "注意：没有见证，账本给各方看的是不是同一部历史，无人能证明；运营单位可以给两地看不同的账，谁也发现不了。",
    "No witnesses: nobody can prove that everybody is shown the same history; the operator could show two provinces two logs, unseen.",
    "建议：两地主管部门各运行一个见证（liandan witness serve --help；docs/witness.md）。 / Let each authority run a witness.",
)
without_option = click.Option(
    ["--without-witnesses"], metavar="WORDS", help=f"没有见证时须写明“{NOBODY[0]}” / has to say {NOBODY[0]!r} where there are none"
)


def has_witnesses(lines: Sequence[str]) -> bool:
    """Whether a policy asks anybody to look on: a quorum of none asks nobody, whoever is named."""
    return any(line.split()[:1] == ["witness"] for line in lines) and not any(line.split() == ["quorum", "none"] for line in lines)


def check_aloud(lines: Sequence[str], said: str | None, *, asks: bool) -> None:
    """Warn of a policy without witnesses, and go on only where that was said in words; wrong usage else."""
    if has_witnesses(lines):
        return
    warn(*WARNING)
    while asks and (said or "").strip() not in NOBODY:  # asked again: one answer misread must not cost a whole form
        if said is not None:
            warn(f"  ✗ 没有写明；按 Ctrl-C 放弃，什么都不签 / not said: {said!r}; Ctrl-C gives up, and nothing is signed")
        said = str(prompting.prompt(f"确实不要见证的，请输入“{NOBODY[0]}” / to go on without witnesses type {NOBODY[0]!r}", err=True))
    if (said or "").strip() not in NOBODY:
        raise click.UsageError(
            f"没有见证须明说：--without-witnesses {NOBODY[0]!r} / that nobody witnesses has to be said: --without-witnesses {NOBODY[0]!r}"
        )


async def ask_policy(asking: Asking) -> list[str]:
    """The lines of a policy: witnesses by name and vkey, then how many of them must have looked on."""
    from ledger.tree.note import parse_vkey

    found: dict[str, str] = {}

    async def read_name(text: str) -> str:
        if not text.isascii() or len(text.split()) != 1 or text in (*found, "none", "all", "any"):
            raise click.BadParameter("应为一个英文单词，各不相同，如 sichuan / one word, each another one, e.g. sichuan")
        return text

    async def read_vkey(text: str) -> str:
        parse_vkey(text)
        return text

    warn(
        "见证：每个见证一行，名称（自定）和公钥（liandan witness vkey 所示）；没有了直接回车。 / Witnesses: a name of yours and the vkey of each; Enter ends."
    )
    while True:
        name = await asking.ask(f"第 {len(found) + 1} 个见证的名称 / name of witness {len(found) + 1}", read_name, is_optional=True)
        if name is None:
            break
        found[name] = await asking.ask(f"{name} 的公钥 / vkey", read_vkey, is_optional=False)
    if not found:
        return [NOBODY[0]]
    lines = [f"witness {name} {vkey}" for name, vkey in found.items()]
    if len(found) == 1:
        return [*lines, f"quorum {next(iter(found))}"]

    async def read_threshold(text: str) -> str:
        if not (text in ("all", "any") or (text.isdecimal() and 0 < int(text) <= len(found))):
            raise click.BadParameter(f"all, any, 1 … {len(found)}")
        return text

    threshold = await asking.ask("须有几个联署：all、any 或数目 / how many must cosign", read_threshold, is_optional=False, near="all")
    return [*lines, f"group quorum-of-witnesses {threshold} {' '.join(found)}", "quorum quorum-of-witnesses"]

"""The groups of acts, one for each noun: a kind ``noun.act/1`` is ``liandan noun act`` by itself; what lies on ``log/`` is ``liandan log …``.

Commands that do more than their act alone stand beside them: ``SPECIAL`` says which kinds these cover.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ledger.admission.personality import Kind

SPECIAL: Mapping[str, str] = {
    "log.found/1": "log found",
    "log.cut/1": "log cut",
    "issuer.key/1": "log issuer add",
    "period.close/1": "month close",
    "period.confirm/1": "month confirm",
    "period.dispute/1": "month dispute",
    "item.comment/1": "items comment",
    "item.settle/1": "items settle",
}
"""Kinds whose command is written by hand: what is signed comes from more than a form."""
BY_THE_SERVER = frozenset({"log.refusals/1"})
"""Kinds that no person signs: the server's own pages of refusals."""


OF_THE_LOG = frozenset({"witness", "ruleset", "data", "pd", "issuer"})
"""Nouns whose acts lie on ``log/`` and whose groups stand under ``liandan log``."""


def words_of(kind: str) -> str:
    """How a kind is called on the command line: ``approval decide``, ``log witness set``; empty for what no person signs."""
    if kind in BY_THE_SERVER:
        return ""
    if kind in SPECIAL:
        return SPECIAL[kind]
    noun, _, act = kind.partition("/")[0].partition(".")
    return f"{'log ' if noun in OF_THE_LOG else ''}{noun} {act.replace('_', '-')}"


class ActGroup(click.Group):
    """A group of a noun: its commands by hand, and one for every kind of the noun that has none."""

    def __init__(self, *arguments: Any, noun: str = "", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.noun = noun or str(self.name)

    def acts(self) -> dict[str, Kind]:
        """Kinds by the name of their command. The newest version of an act is what people sign."""
        from liandan.wiring import KINDS

        known = (kind for kind in KINDS.by_name.values() if kind.name.partition(".")[0] == self.noun)
        wanted = (kind for kind in known if kind.name not in SPECIAL and kind.name not in BY_THE_SERVER)
        return {words_of(kind.name).rpartition(" ")[2]: kind for kind in wanted}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is click's
        """By hand first, then the acts as their package has them."""
        return list(dict.fromkeys((*self.commands, *self.acts())))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself; an act's is made when it is called."""
        if (found := super().get_command(ctx, cmd_name)) is not None:
            return found
        kind = self.acts().get(cmd_name)
        if kind is None:
            return None
        from liandan.cli.office.act import ActCommand

        return ActCommand(cmd_name, kind)


def group(noun: str, told: str) -> ActGroup:
    """A group of acts alone."""
    return ActGroup(noun, noun=noun, help=told)

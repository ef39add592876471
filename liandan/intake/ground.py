"""What the log knows that a spreadsheet only calls by its number: permits, names, decisions and lists. Without it their chains must stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256

from msgspec import Struct

from ledger.lookalikes import tidied
from liandan.intake.spelling import folded
from whitelist.answers import ApprovalAnswer, PermitAnswer
from whitelist.list_answers import ListAnswer

_MARKS = re.compile(r"[\s\-‐-―−()\[\]〔〕【】{}<>《》〈〉“”\"'第号字.,，。·]")


class LogGround(Struct, frozen=True):
    """Of the parties that a file names: their permits, their names, decisions and lists."""

    permits: tuple[PermitAnswer, ...] = ()
    names: Mapping[str, str] = {}
    approvals: tuple[ApprovalAnswer, ...] = ()
    lists: tuple[ListAnswer, ...] = ()
    today: str = ""

    def permits_of(self, receiver: str, no: str) -> list[PermitAnswer]:
        """Permits of a receiver with this number, brackets and dashes aside; of a line of renewals with one number the last one alone."""
        found = [permit for permit in self.permits if permit.receiver == receiver and same_number(permit.no, no)]
        in_force = [permit for permit in found if permit.status == "ACTIVE"]
        return _newest(in_force or found)


class NumberGround(LogGround, frozen=True):
    """For comparing two files without a log: permits are what their numbers are, under names that no log has."""

    def permits_of(self, receiver: str, no: str) -> list[PermitAnswer]:
        """One permit for each number of a receiver."""
        chain = f"permit/{receiver}/{sha256(number_key(no).encode()).hexdigest()[:26].upper().translate(_NO_ULID)}"
        stand_in = PermitAnswer(
            permit=chain, receiver=receiver, no=no, permit_class="permit", root=chain, authority="", status="ACTIVE", valid_from="", valid_to="",
            division="", address="", site=None, items=(), basis=None, scale_t="0", index=0,
        )  # fmt: skip
        return [stand_in]


_NO_ULID = {ord("8"): "7", ord("9"): "7"}  # a ULID begins with 0 to 7


def _newest(permits: Sequence[PermitAnswer]) -> list[PermitAnswer]:
    by_root: dict[str, PermitAnswer] = {}
    for permit in permits:
        known = by_root.get(permit.root)
        if known is None or permit.index > known.index:
            by_root[permit.root] = permit
    return list(by_root.values())


def number_key(no: str) -> str:
    """A number of a document for comparison: 川环危〔2024〕12号 is 川环危(2024)12号."""
    return _MARKS.sub("", folded(no)).casefold()


def same_number(one: str, other: str) -> bool:
    """Whether two people write the same number."""
    return number_key(one) == number_key(other) != ""


def same_name(one: str, other: str) -> bool:
    """Whether two people write the same name of a firm: brackets of either kind, blanks and look-alikes aside."""

    def plain(name: str) -> str:
        return re.sub(r"\s+", "", folded(tidied(name))).casefold()

    return plain(one) == plain(other)

"""Names of the chains of this package: permits, lists, approvals (formats §3)."""

import re

from msgspec import Struct

from ledger.chain import ULID, USCC

PERMIT = re.compile(rf"permit/{USCC}/{ULID}")
APPROVAL = re.compile(rf"approval/{USCC}/{ULID}")
LIST = re.compile(r"list/(20[0-9]{2})-([0-9]{2})-([0-9]{2})-([a-z0-9]{1,16})")


class ListName(Struct, frozen=True):
    """What the name of a list says: year, direction and short name."""

    year: int
    from_province: str
    to_province: str
    name: str


def read_list_name(chain: str) -> ListName | None:
    """The parts of ``list/<YYYY>-<from>-<to>-<name>``, or ``None``."""
    found = LIST.fullmatch(chain)
    return None if found is None else ListName(int(found[1]), found[2], found[3], found[4])


def is_permit_of(chain: str, receiver: str) -> bool:
    """Whether a chain name is a permit's and the permit's holder is ``receiver``."""
    return PERMIT.fullmatch(chain) is not None and chain.split("/", 2)[1] == receiver

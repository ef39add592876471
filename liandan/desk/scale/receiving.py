"""接受确认 as it is proposed for signing: the body of ``manifest.receive`` filled from the scale, one for each manifest on the truck. Pure.

Nothing here is trusted: whoever signs sees every field again, from the bytes, and admission judges them. One weighing serves a trip of several
manifests by its number (``manifests.tickets``): every receipt names the same ticket, and its own grams are what it draws on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from msgspec import Struct

from ledger.fields import normal
from ledger.mass import format_mass
from ledger.times import format_at
from liandan.desk.scale.arrivals import ComingLoad, ComingTruck
from liandan.desk.scale.weighing import WeighedLine, WeighedLoad

KIND = "manifest.receive/1"
Way = Literal["accept", "partly", "reject"]
WAYS: tuple[Way, ...] = ("accept", "partly", "reject")


class Slip(Struct, frozen=True, kw_only=True):
    """磅单: the weighing as every receipt of the truck names it."""

    no: str
    """Empty where the ticket has none; a trip of several manifests needs one."""
    weighed_s: int

    def told(self, load: WeighedLoad) -> dict[str, Any]:
        """As a body says it."""
        said = {"gross_t": format_mass(load.gross_g), "tare_t": format_mass(load.tare_g), "net_t": format_mass(load.net_g)}
        return {**({"no": self.no} if self.no else {}), "at": format_at(self.weighed_s), **said}


class ProposedReceipt(Struct, frozen=True, kw_only=True):
    """What is signed of one manifest, as far as the scale knows it."""

    load: ComingLoad
    lines: tuple[WeighedLine, ...]
    body: dict[str, Any]

    @property
    def chain(self) -> str:
        """Where it stands."""
        return f"manifest/{self.load.id}"


def slip_number(truck: ComingTruck, weighed_s: int) -> str:
    """The number of a weighing that several manifests share and that no scale has printed: minute and plate. One manifest needs none."""
    if len(truck.loads) < 2:
        return ""
    plate = normal(truck.plates[0]) if truck.plates else truck.key
    return f"{format_at(weighed_s)[:16].translate(_DIGITS)}-{plate}"[:60]


_DIGITS = str.maketrans("", "", "-:T")


def advised(load: WeighedLoad) -> Way:
    """What is offered first. Too much came: what is beyond the manifest may be refused (部分接受). Too little came: there is nothing to refuse, what
    came is accepted and the difference reported (Order 23 Art. 18.2)."""
    return "partly" if load.verdict == "more" else "accept"


def receipts(truck: ComingTruck, load: WeighedLoad, way: Way, slip: Slip) -> Iterator[ProposedReceipt]:
    """The receipts of everything on the truck, in the order of its manifests."""
    for one in truck.loads:
        lines = tuple(line for line in load.lines if line.line.manifest == one.id)
        body = {
            "accepted_at": format_at(slip.weighed_s),
            "lines": [_line(line, way, is_return=one.is_return) for line in lines],
            "weighing": {"method": "weighbridge", "tickets": [slip.told(load)]},
        }
        yield ProposedReceipt(load=one, lines=lines, body=body)


def unweighed(load: ComingLoad, at_s: int) -> ProposedReceipt:
    """A truck that is sent away from the gate without having been weighed: everything that was sent is refused."""
    lines = [{"line": line.line, "opinion": "reject", "accepted_t": format_mass(0), "method": line.method} for line in load.lines]
    body = {"accepted_at": format_at(at_s), "lines": lines, "weighing": {"method": "estimate"}}
    return ProposedReceipt(load=load, lines=(), body=body)


def _line(line: WeighedLine, way: Way, *, is_return: bool) -> dict[str, Any]:
    """Part 3 of the form for one line. A difference beyond the tolerance is named as one of the quantity; only where nothing came is nothing
    accepted."""
    opinion = "reject" if way == "accept" and not line.came_g else way
    over_g = max(line.difference_g, 0) if line.level else 0
    masses = {
        "accept": {"accepted_t": format_mass(line.came_g)},
        "partly": {"accepted_t": format_mass(line.came_g - over_g), **({"refused_t": format_mass(over_g)} if over_g else {})},
        "reject": {"accepted_t": format_mass(0), "refused_t": format_mass(line.came_g)},
    }[opinion]
    found: dict[str, Any] = {"line": line.line.line, "opinion": opinion, **masses}
    if not is_return:
        found["method"] = line.line.method
    if line.level:
        found["differences"] = ["quantity"]
    return found

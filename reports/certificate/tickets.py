"""A weighing ticket (磅单) in one line."""

from ledger.mass import format_mass, parse_mass
from manifests.acts import Ticket
from reports.words import moment


def ticket_text(ticket: Ticket) -> str:
    """``JJ-000123　江津1号地磅　毛 18.348000 皮 12.800000 净 5.548000 吨``."""
    masses = (("毛", ticket.gross_t), ("皮", ticket.tare_t), ("净", ticket.net_t))
    written = " ".join(f"{name} {format_mass(parse_mass(mass))}" for name, mass in masses)
    when = "" if ticket.at is None else moment(ticket.at)
    return "　".join(part for part in (ticket.no or "", ticket.scale or "", when, f"{written} 吨") if part)

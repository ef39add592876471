"""Sites (场所) of parties, as ``party.site/1`` registers them: what lets a party act from another place than its address (kinds §2)."""

from __future__ import annotations

from msgspec import Struct

from ledger.admission.facts import Facts


class Site(Struct, frozen=True, kw_only=True):
    """Register ``site:<USCC> <id>``: what the last ``party.site`` of this id said. Days are ``YYYY-MM-DD``."""

    name: str
    division: str
    address: str
    plan_class: str | None = None
    """重点 key, 简化 simple, 登记 registered."""
    closed_on: str | None = None


def site_key(uscc: str, site: str) -> str:
    """Key of the register of a party's site."""
    return f"site:{uscc} {site}"


def site_at(facts: Facts, uscc: str, site: str) -> Site | None:
    """A party's open site, or ``None`` where it has none of that id or closed it; the register must be loaded."""
    found: Site | None = facts.get(site_key(uscc, site))
    return None if found is None or found.closed_on is not None else found

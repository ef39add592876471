"""What ``/v1/movements`` answers: an account as it stands, and the entries that moved it, newest first. Masses are tonnes of six decimals."""

from typing import Any

from msgspec import Struct, field

from ledger.admission.entry import Entry, read_entry
from ledger.admission.kind_table import Kinds
from ledger.answers import ChangedParty
from ledger.mass import format_mass, tonnes
from ledger.pending.answers import title_of
from ledger.problem import Language, Mark, mark
from manifests.accounts.moves import MovedRow
from manifests.accounts.standing import StandingQuota
from manifests.model import trunk_of
from whitelist.balance import QuotaBalance, level_of
from whitelist.thresholds import Thresholds


class Movement(Struct, frozen=True, gc=False, kw_only=True):
    """One entry's change of the account."""

    index: int
    at: str
    """Admission of the entry: a quota moves when the log admits, whenever the act was done."""
    kind: str
    text: str
    """What the act is called."""
    books: str
    """Its column in a monthly statement: decided, reserved, settled, corrected, released, outside."""
    party: str
    """Who moved it: the signer of the first role, or for whom it was signed."""
    by: tuple[str, ...]
    chain: str
    """Where the act stands: of a manifest (or its case), an approval, a list, a permit."""
    manifest: str
    """``<generator>/<ULID>`` of the manifest that it is about, also where a case moved it; empty where none is."""
    moved_t: str
    """More taken, or with a sign less."""
    balance_t: str
    """What the account holds after it."""


class AccountMovements(Struct, frozen=True, gc=False, kw_only=True):
    """An account at a log of ``size`` entries, and a page of its movements. What is taken is committed, used and reserved,
    what it is taken of limit and extra without what is kept."""

    size: int
    account: str
    quota: str
    """Q1 of a list's row, Q2 of a decision's line, Q3 of a site's yearly scale."""
    chain: str
    """Of a site the newest permit of its line of renewals."""
    number: int | None
    """Row or line, from 0; ``None`` for a permit."""
    holder: str
    """Receiver of the row or permit, generator of the decision."""
    year: int | None
    """Of a site: to which year the figures belong; its account counts on over the years."""
    limit_t: str
    extra_t: str
    """What the other side has consented to beyond the limit, of all applications."""
    kept_t: str | None
    """Of it what is for one application alone and not taken by it (Q1): nobody else draws on it."""
    committed_t: str | None
    """Held by decisions and not moved by manifests (Q1)."""
    used_t: str | None
    """Accepted, or used before this log (``quota.open``); of a row also what is under way on its decisions."""
    reserved_t: str | None
    """Issued and not received (Q2, Q3)."""
    returned_t: str | None
    """What ended decisions hold and no longer need (Q1): the next decision takes it."""
    left_t: str | None
    """Below 0 where it is overdrawn. All of them ``None`` of a year before the last, of which only the movements are known."""
    permille: int | None
    balance_t: str
    """What the account holds by its newest movement, over all years."""
    opened_index: int | None
    """Entry that stated what was used before this log."""
    alert: Mark | None
    """QUOTA_LEFT at 80, 95, 100 %, QUOTA_OVERDRAWN or PERMIT_SCALE beyond, as it is now."""
    movements: tuple[Movement, ...]
    next: str | None
    is_whole: bool
    """Whether the movements are shown: to the holder, the authorities and whom they let read about them."""
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)
    """Of the parties above those renamed or closed since."""


def movement(row: MovedRow, kinds: Kinds, language: Language) -> Movement:
    """A movement for the wire."""
    entry: Entry = read_entry(row.entry, kinds)
    statement = entry.statement
    trunk = trunk_of(statement.chain) if statement.chain_type in ("manifest", "case") else ""
    return Movement(
        index=row.idx,
        at=entry.admission.at,
        kind=statement.kind,
        text=title_of(statement.kind, kinds, language),
        books=kinds.of(statement.kind, entry.admission.ruleset).books or "",
        party=statement.principal or statement.by[0],
        by=statement.by,
        chain=statement.chain,
        manifest=trunk.removeprefix("manifest/"),
        moved_t=format_mass(row.after_g - row.before_g),
        balance_t=format_mass(row.after_g),
    )


def figures_of(balance: QuotaBalance | None) -> dict[str, Any]:
    """The fields of an account that a balance gives."""
    if balance is None:
        return dict.fromkeys(("kept_t", "committed_t", "used_t", "reserved_t", "returned_t", "left_t", "permille"))
    grams = {name: getattr(balance, f"{name}_g") for name in ("kept", "committed", "used", "reserved", "returned", "left")}
    return {f"{name}_t": format_mass(found) for name, found in grams.items()} | {"permille": balance.permille}


def alert_of(account: str, balance: QuotaBalance | None, limits: Thresholds | None, kinds: Kinds, language: Language) -> Mark | None:
    """What the account raises now, in the words of its case."""
    found = None if balance is None or limits is None else level_of(account, balance, limits)
    if balance is None or found is None:
        return None
    level, code = found
    return _mark(code, level, balance, kinds, language)


def year_bounds(year: int | None) -> tuple[str, str]:
    """First text of ``admission.at`` in a year and the first behind it; of no year all."""
    return ("", "~") if year is None else (f"{year:04d}-01-01T", f"{year + 1:04d}-01-01T")


class QuotaAlert(Struct, frozen=True, gc=False, kw_only=True):
    """An account that is nearly or wholly used, or beyond its limit, as it is now."""

    account: str
    """``GET /v1/movements?account=`` shows it with every movement."""
    quota: str
    chain: str
    number: int | None
    holder: str
    limit_t: str
    taken_t: str
    left_t: str
    permille: int
    alert: Mark


class QuotaAlerts(Struct, frozen=True, gc=False, kw_only=True):
    """Alerts about quotas at a log of ``size`` entries, the gravest first; ``total`` of them, by level in ``levels``."""

    size: int
    total: int
    levels: dict[str, int]
    quotas: tuple[QuotaAlert, ...]
    names: dict[str, str] = field(default_factory=dict)
    """Of the codes above."""
    changed: dict[str, ChangedParty] = field(default_factory=dict)
    """Of the parties above those renamed or closed since."""


def quota_alert(found: StandingQuota, kinds: Kinds, language: Language) -> QuotaAlert:
    """An alert for the wire."""
    balance = found.balance
    return QuotaAlert(
        account=found.account,
        quota=found.account[:2],
        chain=found.chain,
        number=None if found.account.startswith("Q3") else found.number,
        holder=found.holder,
        limit_t=format_mass(balance.open_g),
        taken_t=format_mass(balance.taken_g),
        left_t=format_mass(balance.left_g),
        permille=balance.permille,
        alert=_mark(found.code, found.level, balance, kinds, language),
    )


def _mark(code: str, level: str, balance: QuotaBalance, kinds: Kinds, language: Language) -> Mark:
    percent = f"{balance.permille / 10:g}"
    own = {"limit": tonnes(balance.open_g), "taken": tonnes(balance.taken_g), "left": tonnes(balance.left_g), "percent": percent}
    return mark(code, kinds.rules, language, level, ("USED", own) if code == "QUOTA_LEFT" else ("", {}))

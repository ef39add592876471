"""What open items answer over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from ledger.admission.entry import Entry
from ledger.answers import ChangedParty
from ledger.labels import words_of
from ledger.mass import format_mass
from ledger.problem import Language
from ledger.times import DAY_S, format_at
from reports.items.acts.comment import ItemComment
from reports.items.acts.settle import ItemSettle
from reports.items.model import Outcome, parts_of
from reports.items.open import FoundItem, FoundOperand
from reports.items.threads import KnownThread, status_of
from reports.items.words import CODES, ROLES, STATUSES, ItemStatus, source_words
from reports.matching.compared import ComparedBook
from reports.matching.words import OUTCOMES
from signing.phrase import word_in


class OpenItemOperand(Struct, frozen=True, kw_only=True):
    """One side: where it comes from, and what it says; ``mass_t`` is empty where it is no mass."""

    source: str
    source_text: str
    mass_t: str
    told: str


class ItemRemark(Struct, frozen=True, kw_only=True):
    """What somebody said in a thread. ``text`` is empty for the operator, who reads no bodies."""

    index: int
    at: str
    by: tuple[str, ...]
    text: str
    files: int


class ItemEnd(Struct, frozen=True, kw_only=True):
    """How a thread was settled."""

    index: int
    at: str
    by: tuple[str, ...]
    outcome: str
    outcome_text: str
    amount_t: str
    case: str
    text: str


class ItemThread(Struct, frozen=True, kw_only=True):
    """A thread (kinds §9): ``item/<YYYY-MM>/<ULID>``."""

    chain: str
    remarks: tuple[ItemRemark, ...]
    settled: ItemEnd | None


class OpenItem(Struct, frozen=True, kw_only=True):
    """Something that does not match, with both operands, who has to do something, by when, and what was said of it."""

    key: str
    check: str
    code: str
    code_text: str
    level: str
    status: str
    """``open``, ``talked`` (commented on), ``changed`` (settled, with another difference since), ``gone`` (its cause is not there any more), ``settled``."""
    status_text: str
    source: str
    """``log`` or ``books``."""
    chain: str
    line: int | None
    """From 0."""
    subject: str
    waste: str
    left: OpenItemOperand
    right: OpenItemOperand
    difference_t: str
    """Left less right; empty of what is no mass."""
    owner: str
    role: str
    role_text: str
    due_on: str
    overdue: bool
    since_at: str
    age_days: int | None
    why: str
    """Of a book: how the lines found each other, in what they agree and differ."""
    place: str
    """Of a book: file, sheet and row."""
    lines: tuple[str, ...]
    """Of a book: manifests and lines that it is about, where they are several."""
    threads: tuple[ItemThread, ...]


class OutcomeCount(Struct, frozen=True, kw_only=True):
    """How many lines of each side ended in an outcome, and how heavy they are."""

    outcome: str
    outcome_text: str
    logged: int
    logged_t: str
    booked: int
    booked_t: str


class BookSums(Struct, frozen=True, kw_only=True):
    """M2 or M3 of one code."""

    check: str
    code: str
    logged: int
    logged_t: str
    booked: int
    booked_t: str
    difference_t: str
    """Book less log."""


class BookCompared(Struct, frozen=True, kw_only=True):
    """What came of one book, or one side of it."""

    book: str
    holder: str
    kind: str
    file: str
    side: str
    """``out``, ``in`` or ``weighing``."""
    outcomes: tuple[OutcomeCount, ...]
    sums: tuple[BookSums, ...]


class OpenItems(Struct, frozen=True, kw_only=True):
    """A page of the open items of a month."""

    size: int
    """Entries over which the statement was drawn that they are of."""
    at: str
    month: str
    total: int
    """Of all that were asked for, on whatever page."""
    unsettled: int
    items: tuple[OpenItem, ...]
    books: tuple[BookCompared, ...]
    """Of the first page: the books that were compared."""
    left_off: tuple[str, ...]
    """Holders whose books have too many lines to be compared with all others at once; ask for each by ``party``."""
    next: str | None
    names: dict[str, str] = field(default_factory=dict)
    changed: dict[str, ChangedParty] = field(default_factory=dict)  # Of the parties named those renamed or closed since.


class StandingItem(Struct, frozen=True, kw_only=True):
    """An item with how far it is: what items are chosen and ordered by, before those of a page are told in words."""

    item: FoundItem
    status: ItemStatus
    threads: tuple[KnownThread, ...]
    overdue: bool


def standing_item(item: FoundItem, threads: Sequence[KnownThread], today: str) -> StandingItem:
    """One that is there."""
    return _standing(item, status_of(item, threads), threads, today)


def gone_item(key: str, threads: Sequence[KnownThread], today: str, *, is_seen: bool = True) -> StandingItem:
    """What somebody talks of, and is not there any more; or of which the reader sees nothing but the talk (not ``is_seen``)."""
    parts, nothing = parts_of(key), FoundOperand(source="log", told="-")
    is_settled = any(one.state.settled is not None for one in threads)
    item = FoundItem(
        key=key,
        source="books" if parts.chain.startswith("book/") or "-" in parts.check else "log",
        check=parts.check.partition("-")[0],
        code="",
        level="",
        chain=parts.chain,
        line=parts.line,
        left=nothing,
        right=nothing,
        owner="",
        role="",
        due_on="",
    )
    return _standing(item, "settled" if is_settled else "gone" if is_seen else "talked", threads, today)


def _standing(item: FoundItem, status: ItemStatus, threads: Sequence[KnownThread], today: str) -> StandingItem:
    is_late = status not in ("settled", "gone") and bool(item.due_on) and item.due_on < today
    return StandingItem(item=item, status=status, threads=tuple(threads), overdue=is_late)


def item_answer(standing: StandingItem, now_s: int, language: Language) -> OpenItem:
    """An item for the wire, its threads without their words."""
    place, item, status = 0 if language == "zh" else 1, standing.item, standing.status
    return OpenItem(
        key=item.key,
        check=item.check,
        code=item.code,
        code_text=CODES.get(item.code, (item.code, item.code))[place],
        level=item.level,
        status=status,
        status_text=STATUSES[status][place],
        source=item.source,
        chain=item.chain,
        line=item.line,
        subject=item.subject,
        waste=item.waste,
        left=_operand(item.left, place),
        right=_operand(item.right, place),
        difference_t="" if item.difference_g is None else format_mass(item.difference_g),
        owner=item.owner,
        role=item.role,
        role_text=ROLES.get(item.role, (item.role, item.role))[place],
        due_on=item.due_on,
        overdue=standing.overdue,
        since_at="" if item.since_s is None else format_at(item.since_s),
        age_days=None if item.since_s is None else max(now_s - item.since_s, 0) // DAY_S,
        why=word_in(item.why, language),
        place=item.place,
        lines=item.lines,
        threads=tuple(ItemThread(chain=one.chain, remarks=(), settled=None) for one in standing.threads),
    )


def _operand(operand: FoundOperand, place: int) -> OpenItemOperand:
    mass_t = "" if operand.grams is None else format_mass(operand.grams)
    return OpenItemOperand(source=operand.source, source_text=source_words(operand.source)[place], mass_t=mass_t, told=operand.told)


def thread_answer(chain: str, entries: Sequence[Entry], language: Language, *, is_told: bool) -> ItemThread:
    """What was said in a thread; ``is_told``: the words too."""
    remarks, settled = list[ItemRemark](), None
    for entry in entries:
        body, by, at = entry.statement.body, entry.statement.by, entry.admission.at
        if isinstance(body, ItemComment):
            remarks.append(ItemRemark(index=entry.index, at=at, by=by, text=body.text if is_told else "", files=len(body.files)))
        elif isinstance(body, ItemSettle):
            settled = ItemEnd(
                index=entry.index,
                at=at,
                by=by,
                outcome=body.outcome,
                outcome_text=words_of(Outcome)[body.outcome] if language == "zh" else body.outcome.replace("_", " "),
                amount_t=body.amount_t or "",
                case=body.case or "",
                text=(body.text or "") if is_told else "",
            )
    return ItemThread(chain=chain, remarks=tuple(remarks), settled=settled)


def compared_answer(found: ComparedBook, language: Language) -> BookCompared:
    """A book that was compared, in counts."""
    place, counts = (0 if language == "zh" else 1), dict[str, list[int]]()
    for outcome in found.outcomes:
        count = counts.setdefault(outcome.kind, [0, 0, 0, 0])
        for at, (lines, grams) in enumerate(((outcome.logged, outcome.logged_g), (outcome.booked, outcome.booked_g))):
            count[2 * at] += len(lines)
            count[2 * at + 1] += grams if lines else 0
    told: Mapping[str, tuple[str, str]] = {str(kind): words for kind, words in OUTCOMES.items()}
    return BookCompared(
        book=found.book.id,
        holder=found.book.holder,
        kind=found.book.kind,
        file=found.book.file,
        side=found.side,
        outcomes=tuple(
            OutcomeCount(
                outcome=kind,
                outcome_text=words[place],
                logged=counts[kind][0],
                logged_t=format_mass(counts[kind][1]),
                booked=counts[kind][2],
                booked_t=format_mass(counts[kind][3]),
            )
            for kind, words in told.items()
            if kind in counts
        ),
        sums=tuple(
            BookSums(
                check=one.check,
                code=one.code,
                logged=one.logged,
                logged_t=format_mass(one.logged_g),
                booked=one.booked,
                booked_t=format_mass(one.booked_g),
                difference_t=format_mass(one.difference_g),
            )
            for one in found.sums
        ),
    )

"""The nouns of the log and of its judgement: statement, admission, entry head, account, moment; facts and findings.

Source: formats §1 (statement), §4 (entry). Nothing here does I/O or reads a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from functools import wraps
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, cast

from msgspec import Struct, field

from signing.phrase import Word, cut
from signing.refusal import EXPECTED_MAX, FOUND_MAX, Lift, Reason

StateT = TypeVar("StateT")
OneT = TypeVar("OneT")
OtherT = TypeVar("OtherT")
AnswerT = TypeVar("AnswerT")

Level = Literal["L", "M", "H"]
Alert = tuple[Level, str]
if TYPE_CHECKING:
    Tag = tuple[str] | tuple[str, int]
else:  # a decoder cannot tell two tuples apart; ledger.admission.entry checks the length
    Tag = tuple[str | int, ...]


class Seen(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A checkpoint that the signer has verified."""

    size: int
    root: str


class Statement(Struct, frozen=True, gc=False, kw_only=True):
    """A parsed statement. ``body`` is the Struct that its kind names; ``hash`` is the statement hash, 64 hex digits."""

    kind: str
    chain: str
    seq: int
    prev: str
    by: tuple[str, ...]
    principal: str | None = None  # The wire field ``for``: the USCC for whom the signer of the first role acts.
    at: str
    at_s: int  # ``at`` in Unix seconds.
    seen: Seen | None = None
    body: Any
    hash: str
    keyids: tuple[str, ...] = ()
    """Keys that signed, in the order of ``by``; not part of the act, read only where a kind asks for one key (``key.rotate``)."""

    @property
    def chain_type(self) -> str:
        """First segment of the chain name, e.g. ``manifest``."""
        return self.chain.partition("/")[0]

    @property
    def owner(self) -> str:
        """Second segment of the chain name, e.g. the generator's USCC."""
        return self.chain.split("/", 2)[1]


class Moment(Struct, frozen=True, gc=False):
    """Where and when a statement is judged: the only clock a rule may read."""

    index: int
    at_s: int  # Unix seconds of ``admission.at``.
    ruleset: str


class Head(Struct, Generic[StateT], frozen=True, gc=False):
    """Newest entry of a chain and the personality's state after it."""

    seq: int
    hash: str
    idx: int
    state: StateT | None = None


class Account(Struct, frozen=True, gc=False):
    """A quota account: grams used so far and the index of the entry that last touched it."""

    idx: int
    used_g: int


class AccountRow(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """How one entry changed one account (formats §4). Field order is the published order."""

    account: str
    prev_index: int | None = None
    before_g: int
    after_g: int


class Decision(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    """What the log decided about an admitted statement; tags and alerts sorted by code, accounts by name. Only ``route`` may be absent.
    Field order is the published order."""

    route: str | None = None
    tags: tuple[Tag, ...]
    alerts: tuple[Alert, ...]
    accounts: tuple[AccountRow, ...]


class Admission(Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """The second half of an entry. Field order is the published order."""

    index: int
    at: str
    ruleset: str
    facts: tuple[tuple[str, int], ...]
    decision: Decision


class Unread(LookupError):
    """A rule asked for a key that its kind did not declare in ``reads``: a programming error, never a user's."""


class RowDamaged(ValueError):
    """A derived row of the database that nobody can read: edited, or cut short. The audit names it; entries and proofs are untouched."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class DataMissing(Exception):
    """An adopted file is not here: the operator must put it into the log's ``data/`` directory. No rule that reads it can decide."""


def kept_for_last(work: Callable[[OneT, OtherT], AnswerT]) -> Callable[[OneT, OtherT], AnswerT]:
    """Keeps the last answer of a pure function of two frozen values: the rules of one act ask the same of the same two one after the other.
    The very objects are compared, so an answer never ages, and threads that share it only ask anew."""
    last: tuple[object, object, AnswerT | None] = (None, None, None)

    @wraps(work)
    def asked(one: OneT, other: OtherT) -> AnswerT:
        nonlocal last
        known_one, known_other, answer = last
        if known_one is one and known_other is other:
            return answer  # type: ignore[return-value]  # an answer, for the values are no None
        answer = work(one, other)
        last = (one, other, answer)
        return answer

    return asked


def chain_key(chain: str) -> str:
    """Key of a chain's head."""
    return f"chain:{chain}"


def chain_keys(chains: Iterable[str]) -> list[str]:
    """Keys of several heads; every statement asks for some ten."""
    return list(map("chain:".__add__, chains))


def account_key(account: str) -> str:
    """Key of a quota account."""
    return f"account:{account}"


class Values(dict[str, Any]):
    """Values of an overlay by key; ``None`` is known to be absent. What is asked for and not loaded raises Unread."""

    def __missing__(self, key: str) -> Any:
        """What is said of a key that nobody loaded."""
        raise Unread(key)


class Facts:
    """Everything a decision may know: an overlay of loaded values (``None`` = known to be absent) and the adopted data sets.

    Keys are strings: ``chain:<name>`` holds a Head, ``account:<name>`` an Account, any other ``<register>:<key>`` a value of the type that
    a personality registered for it. The sequencer fills the overlay from the database in one query per batch; the auditor fills the same
    overlay by replaying entries. Rules cannot tell the difference, which is what makes a decision recomputable.
    """

    def __init__(self, dataset: Callable[[str, str], Any], values: Values | None = None) -> None:
        """``dataset(name, sha256)`` returns the parsed data file; it must be pure and cached. ``values`` says what becomes of a key that is
        not loaded."""
        self.values = Values() if values is None else values
        self.changed: set[str] = set()
        self._dataset = dataset
        self._log: Any = None
        self._data: dict[str, Any] = {}  # Data sets that were asked for, as ``_log``, the head of ``log/main``, pins them.
        self._found: dict[Any, Any] = {}  # What was worked out of them.

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of ``keys`` that are not loaded yet."""
        values, wanted = self.values, dict.fromkeys(keys)
        return [] if values.keys() >= wanted.keys() else [key for key in wanted if key not in values]

    def holds(self, key: str) -> bool:
        """Whether a value is loaded, be it that the log has none: a kind's reads follow what it names only then."""
        return key in self.values

    def put(self, key: str, value: Any) -> None:
        """Change a value; it is written back at the end of the batch."""
        self.values[key] = value
        self.changed.add(key)

    def put_all(self, values: Mapping[str, Any]) -> None:
        """Change several values."""
        self.values.update(values)
        self.changed.update(values)

    def get(self, key: str) -> Any:
        """A loaded value or ``None`` if the log has none; raises Unread if nobody loaded it."""
        return self.values[key]

    def head(self, chain: str) -> Head[Any] | None:
        """Head of a chain, or ``None`` for a chain without entries."""
        head: Head[Any] | None = self.values["chain:" + chain]
        return head

    def state(self, chain: str) -> Any:
        """The personality's state of a chain, or ``None``."""
        head: Head[Any] | None = self.values["chain:" + chain]
        return None if head is None else head.state

    def used_g(self, account: str) -> int:
        """Grams used on an account; 0 before its first touch."""
        found: Account | None = self.values["account:" + account]
        return 0 if found is None else found.used_g

    def account_row(self, account: str, delta_g: int) -> AccountRow:
        """How a change moves an account from where it stands."""
        found: Account | None = self.get("account:" + account)
        before = 0 if found is None else found.used_g
        return AccountRow(account=account, prev_index=None if found is None else found.idx, before_g=before, after_g=before + delta_g)

    def pinned_data(self, name: str, sha256: str) -> Any:
        """A data file that a statement pins by itself, parsed as the data set ``name``."""
        return self._dataset(name, sha256)

    def data(self, name: str) -> Any:
        """The parsed data set ``name`` in force at this index, or ``None`` if none was adopted."""
        log: Any = self.values["chain:log/main"]  # its head, which changes with every adoption
        if log is not self._log:
            self._log, self._data, self._found = log, {}, {}
        elif (found := self._data.get(name)) is not None:
            return found
        if log is None or name not in log.state.data:
            return None
        found = self._data[name] = self._dataset(name, log.state.data[name].sha256)
        return found

    def of_data(self, work: Callable[[Facts, str, str], Any], one: str, other: str) -> Any:
        """What a function works out of ``log/main`` and the adopted data alone, for two texts; kept until the head of ``log/main`` changes."""
        if self.get("chain:log/main") is self._log and (key := (work, one, other)) in self._found:
            return self._found[key]
        found = work(self, one, other)
        if self.get("chain:log/main") is self._log:
            self._found[work, one, other] = found
        return found


class Admitted(Struct, frozen=True, gc=False, kw_only=True):
    """A statement may enter. ``accounts`` are changes in grams by account name, merged per account; zero changes are dropped."""

    route: str | None = None
    tags: tuple[Tag, ...] = ()
    alerts: tuple[Alert, ...] = ()
    accounts: Mapping[str, int] = field(default_factory=dict)
    read: Set[str] = frozenset()  # Chains read beside those that the kind names: of parties whose roles others signed.


class Refused(Struct, frozen=True, gc=False):
    """A statement may not enter: all reasons, in order of report."""

    reasons: tuple[Reason, ...]


class Findings(Struct, eq=False, kw_only=True, gc=False):
    """Reasons in order of report; alerts and tags without repetition; and what an admission carries, route and changes of accounts."""

    reasons: list[Reason] = []
    alerts: dict[str, Level] = {}
    said: dict[str, tuple[str, dict[str, Word]]] = {}
    """What is so in the case of an alert, as (cause, places): for answers that are given at once. The log keeps level and code."""
    tags: set[Tag] = set()
    route: str | None = None
    accounts: dict[str, int] = {}
    read: set[str] = set()

    def refuse(
        self,
        code: str,
        field: str,
        found: object = "",
        expected: object = "",
        cause: str = "",
        near: Word = "",
        lift: Word = "",
        **places: Word,
    ) -> None:
        """A reason not to admit; found and expected are values or Phrases, and cut so that no body is echoed whole. ``near``: the text that would
        be right. ``cause`` and ``places``: its text and what is so in the case; the text itself is written by whoever answers. ``lift``: who can lift it, where
        the case says it and not the text."""
        self.reasons.append(
            Reason(code, field, cut(found, FOUND_MAX), cut(expected, EXPECTED_MAX), cause, places, str(near), cast("Lift", lift))
        )

    def alert(self, level: Level, code: str, cause: str = "", **places: Word) -> None:
        """A fact worth an official's look; of two levels of one code the graver stays, of two cases of one level the first."""
        known = self.alerts.get(code)
        if known is None or "LMH".index(level) > "LMH".index(known):
            self.alerts[code] = level
            if cause:
                self.said[code] = (cause, places)

    def tag(self, code: str) -> None:
        """A property of the admission."""
        self.tags.add((code,))

    def sorted_alerts(self) -> tuple[Alert, ...]:
        """Alerts by code."""
        return tuple([(self.alerts[code], code) for code in sorted(self.alerts)])

    def sorted_tags(self) -> tuple[Tag, ...]:
        """Tags by code."""
        return tuple(sorted(self.tags))

    def answer(self) -> Admitted | Refused:
        """Refused if there is any reason, else admitted with what was found."""
        if self.reasons:
            return Refused(tuple(self.reasons))
        tags, alerts = self.sorted_tags() if self.tags else (), self.sorted_alerts() if self.alerts else ()
        return Admitted(route=self.route, tags=tags, alerts=alerts, accounts=self.accounts, read=self.read)

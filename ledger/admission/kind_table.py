"""The table of all kinds the log knows, assembled from personalities; one decoder per kind and version, kept for ever. Adopted data."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from ledger.admission.near import nearest
from ledger.admission.personality import CHANGEABLE, RULESETS, Judged, Kind, Personality, Ruleset
from ledger.chain import KEPT_MAX, ULID, USCC, is_chain_name
from ledger.model import Account, DataMissing, Findings, Head, RowDamaged, Seen
from signing.phrase import Phrase, Word, joined
from signing.refusal import Rule, following, refuse
from signing.uscc import check_uscc

ADOPTION = "ruleset.adopt/1"
_PARTS = (
    (USCC, "<统一社会信用代码>", "<USCC>"),
    (ULID, "<存证标识>", "<ULID>"),
    ("(20[0-9]{2})-([0-9]{2})-([0-9]{2})-([a-z0-9]{1,16})", "<年份>-<移出省>-<接受省>-<名称>", "<year>-<from>-<to>-<name>"),
    ("20[0-9]{2}-(?:0[1-9]|1[0-2])", "<年-月>", "<YYYY-MM>"),
    ("[1-8][0-9]-[1-8][0-9]", "<移出省>-<接受省>", "<from>-<to>"),
    ("(?:main|refusals|erasures|issuers)", "main（或 refusals、erasures、issuers）", "main (or refusals, erasures, issuers)"),
)
"""Parts of the grammars of chains, as people read them."""


class Kinds:
    """Kinds by name, chain grammars by type, and the codec of every value that the overlay holds."""

    def __init__(self, personalities: Sequence[Personality]) -> None:
        self.by_name: dict[str, Kind] = {}
        self.rules: dict[str, Rule] = {}
        self.data: dict[str, Callable[[bytes], Any]] = {}
        self.rulesets: dict[str, Ruleset] = dict(RULESETS)  # Every ruleset that this program can run, by version.
        self._chains: dict[str, re.Pattern[str]] = {}
        self._parties: dict[str, re.Pattern[str]] = {}
        self._states: dict[str, type] = {}
        self._registers: dict[str, Any] = {}
        for personality in personalities:
            _add(self.by_name, ((kind.name, kind) for kind in personality.kinds))
            _add(self._chains, ((chain_type, re.compile(pattern)) for chain_type, pattern in personality.chains.items()))
            self._parties.update((chain_type, re.compile(_with_parties(pattern))) for chain_type, pattern in personality.chains.items())
            _add(self._states, personality.states.items())
            _add(self._registers, personality.registers.items())
            _add(self.rules, personality.rules.items())
            _add(self.rulesets, ((ruleset.version, ruleset) for ruleset in personality.rulesets))
            self.data.update(personality.data)
        self.parties_in = lru_cache(8192)(self._read_chain)
        """The parties that a chain (at most 270 characters) is named after, where its grammar says so; ``None`` where it is out of form."""
        self._type_of = lru_cache(8192)(self._judge_chain)
        self._in_force: dict[str, dict[str, Kind]] = {}
        first = dict(self.by_name)
        for ruleset in self.rulesets.values():
            _add(self.by_name, ((kind.name, kind) for kind in ruleset.adds))
            _add(self.rules, ((rule.code, rule) for rule in ruleset.texts))
        for personality in personalities:
            self.rules = following(self.rules, personality.follow_ons)
        for version in self.rulesets:
            self._put_together(version, first)
        self._heads = {t: msgspec.msgpack.Decoder(Head[state]) for t, state in self._states.items()}  # type: ignore[valid-type]  # known at run time
        self._others = {r: msgspec.msgpack.Decoder(value) for r, value in self._registers.items()}
        self._account = msgspec.msgpack.Decoder(Account)
        self.encode = msgspec.msgpack.Encoder().encode  # A value of the overlay as the database keeps it; :meth:`decode` is the inverse.
        self._resolved: list[msgspec.json.Decoder[Any]] = [
            msgspec.json.Decoder(form) for form in (Seen, *(kind.body for kind in self.by_name.values()))
        ]
        """Every form that threads read statements into. msgspec resolves a form when it is first read, and while one thread does, another
        that begins with the same form reads what is half made and crashes the interpreter; so all are resolved here, on one thread."""

    def of(self, name: str, ruleset: str) -> Kind:
        """A kind as a ruleset has it; Refusal RULESET_UNKNOWN, or KIND_UNKNOWN for one that came later."""
        try:
            return self._in_force[ruleset][name]
        except KeyError:
            if ruleset not in self._in_force:
                raise refuse("RULESET_UNKNOWN", field="ruleset", found=ruleset, expected=", ".join(self.rulesets)) from None
            raise refuse("KIND_UNKNOWN", field="kind", found=name, expected=Phrase(f"{ruleset} 的种类", f"a kind of {ruleset}")) from None

    def _put_together(self, version: str, first: dict[str, Kind]) -> dict[str, Kind]:
        """The kinds of a version: those of its base with its changes. Once for each, however they branch."""
        if version not in self._in_force:
            ruleset = self.rulesets[version]
            kinds = dict(self._put_together(ruleset.base, first) if ruleset.base else first)
            kinds |= {kind.name: kind for kind in ruleset.adds}
            for name, functions in ruleset.changes.items():
                if not functions.keys() <= CHANGEABLE:
                    raise ValueError(f"{version} changes more of {name} than {', '.join(sorted(CHANGEABLE))}")
                kinds[name] = replace(kinds[name], **({"listed": None} if "reads" in functions else {}), **functions)
            if not ruleset.base and ADOPTION in kinds:
                kinds[ADOPTION] = replace(kinds[ADOPTION], rules=(*kinds[ADOPTION].rules, self._is_known))
            self._in_force[version] = kinds
        return self._in_force[version]

    def _is_known(self, judged: Judged, out: Findings) -> None:
        """A log never adopts rules that its own server and auditors could not run: which these are, only this table knows."""
        version = judged.statement.body.version
        if version not in self.rulesets:
            out.refuse("RULESET_UNKNOWN", "body.version", version, ", ".join(self.rulesets))

    def chain_pattern(self, chain_type: str) -> re.Pattern[str] | None:
        """Grammar of whole chain names of one type, or ``None`` for an unknown type."""
        return self._chains.get(chain_type)

    def type_of(self, chain: str) -> str | None:
        """The type of a chain whose name is in form throughout, the USCCs in it too; else ``None``."""
        return self._type_of(chain) if len(chain) <= KEPT_MAX else None

    def _judge_chain(self, chain: str) -> str | None:
        parties = self.parties_in(chain) if is_chain_name(chain) else None
        return None if parties is None or not all(map(check_uscc, parties)) else chain.partition("/")[0]

    def chain_words(self, chain_type: str) -> Word:
        """The grammar of a type's names for people: ``manifest/<USCC>/<ULID>``; of an unknown type those that there are."""
        pattern = self._chains.get(chain_type)
        if pattern is None:
            return joined(*map(self.chain_words, sorted(self._chains)), by=" | ")
        zh, en = pattern.pattern, pattern.pattern
        for part, chinese, english in _PARTS:
            zh, en = zh.replace(part, chinese), en.replace(part, english)
        return Phrase(zh, en)

    def chain_near(self, chain: str) -> str:
        """The name that was meant, where it is written in other letters or with blanks."""
        return nearest(chain, lambda name: self._read_chain(name) is not None)

    def _read_chain(self, chain: str) -> tuple[str, ...] | None:
        pattern = self._parties.get(chain.partition("/")[0])
        match = None if pattern is None else pattern.fullmatch(chain)
        return None if match is None else tuple(match.groupdict().values())

    def parse_data(self, name: str) -> Callable[[bytes], Any] | None:
        """Parser of the data set ``name``; names ending in ``-`` in the table serve as prefixes."""
        longer = (parser for prefix, parser in self.data.items() if prefix.endswith("-") and name.startswith(prefix))
        return self.data.get(name) or next(longer, None)

    def decode(self, key: str, raw: bytes) -> Any:
        """The inverse of ``encode`` for the value under ``key``; RowDamaged for what is no such value."""
        register, _, rest = key.partition(":")
        try:
            if register == "chain":
                return (self._heads.get(rest) or self._heads[rest.partition("/")[0]]).decode(raw)
            if register == "account":
                return self._account.decode(raw)
            return self._others[register].decode(raw)
        except msgspec.DecodeError as error:
            raise RowDamaged(key) from error


def _with_parties(pattern: str) -> str:
    """A grammar of chains in which every party is a named group."""
    first, *rest = pattern.split(USCC)
    return first + "".join(f"(?P<party{number}>{USCC}){part}" for number, part in enumerate(rest))


def _add(table: dict[str, Any], more: Iterable[tuple[str, Any]]) -> None:
    for key, value in more:
        if table.setdefault(key, value) != value:
            raise ValueError(f"{key} is defined by two personalities")


class DataSets:
    """Adopted data by name and SHA-256, parsed once (formats §5). ``read`` maps ``data/<sha256>`` to bytes or None."""

    def __init__(self, kinds: Kinds, read: Callable[[str], bytes | None]) -> None:
        self._kinds, self._read = kinds, read
        self._parsed: dict[tuple[str, str], Any] = {}

    def __call__(self, name: str, digest: str) -> Any:
        """The parsed content, or None for a name that no personality knows. Raises DataMissing."""
        if (name, digest) not in self._parsed and (parser := self._kinds.parse_data(name)) is not None:
            raw = self._read(f"data/{digest}")
            if raw is None or sha256(raw).hexdigest() != digest:
                raise DataMissing(f"{name} ({digest}) is {'missing' if raw is None else 'changed'} in data/")
            self._parsed[name, digest] = parser(raw)
        return self._parsed.get((name, digest))

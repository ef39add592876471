"""A log in memory: runs statements through reads, decide and evolve as admission does, without signatures and without a database."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from msgspec.structs import replace

from ledger.admission.admit import decide
from ledger.admission.form import read_body
from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind, Reads
from ledger.directory import LOG_MAIN, Authority, DataPin, LogState, PartyState, party_chain
from ledger.kinds.site import Site, site_key
from ledger.model import Account, AccountRow, Admission, Admitted, Decision, Facts, Head, Moment, Refused, Statement, account_key, chain_key
from ledger.times import SHANGHAI, format_at
from signing.refusal import Reason, Refusal
from tests.workbench import as_asked
from whitelist.acts import PERSONALITY
from whitelist.adopted import DataFile, data_files
from whitelist.check import check, reads
from whitelist.check_answers import AskedTransfer
from whitelist.checked import Asked
from whitelist.quota import Q3_PREFIX, q3_account, q3_change, q3_key
from whitelist.transfer import Answer

GENERATOR = "915101120000FX029E"  # 成都锦川蓄能回收有限公司（虚构）
RECEIVER = "915001160000FX0107"  # 重庆江津再生铅有限公司（虚构）
OTHER_GENERATOR = "915105000000FX0537"
OTHER_RECEIVER = "915001050000FX045U"
SICHUAN = "915101000000FX037W"  # stands for the province's authority
CHONGQING = "915117000000FX061Q"  # stands for the city's authority
KINDS = {kind.name: kind for kind in PERSONALITY.kinds}


def ulid(number: int) -> str:
    """A ULID that is easy to read in a failure."""
    return f"01{number:024d}"


PERMIT = f"permit/{RECEIVER}/{ulid(1)}"
APPROVAL = f"approval/{GENERATOR}/{ulid(2)}"
LIST = "list/2026-51-50-cy"
MANIFEST = f"manifest/{GENERATOR}/{ulid(3)}"


def seconds(text: str) -> int:
    """Unix seconds of a Shanghai time ``2026-11-05 08:30``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp())


@cache
def _files() -> dict[str, tuple[DataFile, bytes]]:
    return {sha256(raw).hexdigest(): (file, raw) for file in data_files() for raw in [file.path.read_bytes()]}


@cache
def dataset(name: str, digest: str) -> Any:
    """The parsed data file of a name and digest."""
    _, raw = _files()[digest]
    parser = Kinds([PERSONALITY]).parse_data(name)
    assert parser is not None
    return parser(raw)


class Refusing(Exception):
    """A statement was refused; carries the answer."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(", ".join(f"{r.code}({r.field}: {r.found})" for r in refused.reasons))
        self.reasons = refused.reasons
        self.codes = [reason.code for reason in refused.reasons]


class Log:
    """Facts, an index and a clock."""

    def __init__(self, now: str = "2026-02-02 09:00") -> None:
        self.facts = Facts(dataset)
        self.now = seconds(now)
        self.index = 0
        pins = {file.name: DataPin(file.version, digest) for digest, (file, _) in _files().items()}
        state = LogState(
            found="00" * 32,
            origin="test",
            operator="914306816828384165",
            operator_name="运营单位（虚构）",
            authorities=(Authority(SICHUAN, "四川（虚构）", ("51",)), Authority(CHONGQING, "重庆（虚构）", ("50",))),
            ruleset="liandan-2026.1",
            data=pins,
        )
        self.facts.values[chain_key(LOG_MAIN)] = Head(0, "00" * 32, 0, state)

    def at(self, text: str) -> None:
        """Set the clock."""
        self.now = seconds(text)

    @property
    def moment(self) -> Moment:
        """The moment of the next entry."""
        return Moment(self.index + 1, self.now, "liandan-2026.1")

    def state(self, chain: str) -> Any:
        """State of a chain."""
        head = self.facts.values.get(chain_key(chain))
        return None if head is None else head.state

    def used(self, account: str) -> int:
        """Grams used on an account."""
        found = self.facts.values.get(account_key(account))
        return 0 if found is None else found.used_g

    def register(self, party: str) -> None:
        """Give a party a chain on the log."""
        self.facts.put(chain_key(party_chain(party)), Head(0, "00" * 32, 0, PartyState(name="测试单位（虚构）")))

    def site(self, party: str, site: str, division: str, *, is_open: bool = True) -> None:
        """Register a site of a party, or close it."""
        value = Site(name="分厂", division=division, address="示范路2号（虚构）", closed_on=None if is_open else "2026-01-01")
        self.facts.put(site_key(party, site), value)

    def load(self, found: Reads) -> bool:
        """Make named keys present, as the sequencer does; whether anything was new."""
        keys = [*map(chain_key, found.chains), *map(account_key, found.accounts), *found.registers]
        missing = self.facts.missing(keys)
        self.facts.values.update(dict.fromkeys(missing))
        return bool(missing)

    def load_permit_accounts(self, permit: str) -> None:
        """Load what a manifest entry on a permit reads."""
        self.load(Reads(accounts=(q3_account(permit),), registers=(q3_key(permit),)))

    def statement(self, kind: str, chain: str, body: Any, by: str | tuple[str, ...], principal: str | None = None) -> Statement:
        """The next statement of a chain, its body as it comes through the door."""
        head = self.facts.values.setdefault(chain_key(chain), None)
        try:
            read = read_body(msgspec.json.decode(msgspec.json.encode(body)), KINDS[kind].body)
        except Refusal as refusal:
            raise Refusing(Refused(refusal.reasons)) from None
        return Statement(
            kind=kind,
            chain=chain,
            seq=0 if head is None else head.seq + 1,
            prev="00" * 32,
            by=by if isinstance(by, tuple) else (by,),
            principal=principal,
            at=format_at(self.now),
            at_s=self.now,
            body=read,
            hash=sha256(f"{chain}{self.index}".encode()).hexdigest(),
        )

    def post(self, kind: str, chain: str, body: Any, by: str | tuple[str, ...], principal: str | None = None) -> Admission:
        """Admit a statement, or raise Refusing."""
        statement = self.statement(kind, chain, body, by, principal)
        chosen: Kind = KINDS[kind]
        is_open = self.facts.head(chain) is not None
        assert chosen.opens or is_open, f"{kind} cannot open a chain"
        if is_open and chosen.opens and not chosen.again:  # as admission says
            raise Refusing(Refused((Reason("CHAIN_NOT_OPEN", "seq", str(statement.seq), "0"),)))
        while self.load(chosen.reads(statement, self.facts)):
            pass
        self.load(Reads(chains=tuple(map(party_chain, (*statement.by, principal or statement.by[0])))))
        answer = as_asked(
            lambda keys: self.facts.values.update(dict.fromkeys(keys)), lambda: decide(chosen, statement, self.facts, self.moment)
        )
        if isinstance(answer, Refused):
            raise Refusing(answer)
        return self.enter(chosen, statement, answer)

    def enter(self, kind: Kind, statement: Statement, answer: Admitted) -> Admission:
        """Write an admitted statement's changes."""
        moment = self.moment
        decision = Decision(route=answer.route, tags=answer.tags, alerts=answer.alerts, accounts=self.rows(dict(answer.accounts)))
        admission = Admission(index=moment.index, at=format_at(moment.at_s), ruleset=moment.ruleset, facts=(), decision=decision)
        changes = kind.evolve(statement, admission, self.facts)
        self.draw(admission)
        for key, value in changes.registers.items():
            self.facts.put(key, value)
        self.facts.put(chain_key(statement.chain), Head(statement.seq, statement.hash, moment.index, changes.state))
        self.index = moment.index
        return admission

    def rows(self, deltas: dict[str, int]) -> tuple[AccountRow, ...]:
        """Account rows of an entry."""
        found = []
        for name, delta in sorted(deltas.items()):
            account: Account | None = self.facts.get(account_key(name))
            before = 0 if account is None else account.used_g
            found.append(AccountRow(account=name, prev_index=account and account.idx, before_g=before, after_g=before + delta))
        return tuple(row for row in found if row.before_g != row.after_g)

    def draw(self, admission: Admission) -> None:
        """Apply an admission's account rows."""
        for row in admission.decision.accounts:
            self.facts.put(account_key(row.account), Account(admission.index, row.after_g))

    def ask(self, transfer: AskedTransfer) -> Answer:
        """The check as a dry run asks it: through the form, with everything it reads loaded."""
        try:
            asked: AskedTransfer = read_body(msgspec.json.decode(msgspec.json.encode(transfer)), AskedTransfer)
        except Refusal as refusal:
            return Answer(route="", reasons=refusal.reasons, draws={})
        while self.load(reads(asked, asked.generator, self.now, self.facts)):
            pass
        return check(Asked(generator=asked.generator, transfer=asked, at_s=self.now, moment=self.moment), self.facts)

    def issue(self, transfer: AskedTransfer) -> Answer:
        """Ask, and where nothing stands against it book the draws as ``manifest.issue`` does."""
        answer = self.ask(transfer)
        if not answer.reasons:
            self.book(answer.draws)
        return answer

    def book(self, deltas: dict[str, int], settled_g: tuple[tuple[int, int], ...] = ()) -> None:
        """An entry that changes accounts: an issue or a void, or the settlement of what was reserved into years: (year, grams)."""
        moment = self.moment
        decision = Decision(tags=(), alerts=(), accounts=self.rows(deltas))
        admission = Admission(index=moment.index, at=format_at(moment.at_s), ruleset=moment.ruleset, facts=(), decision=decision)
        registers: dict[str, Any] = {}
        for account, delta in deltas.items():
            if account.startswith(Q3_PREFIX):
                reserved_g = delta - sum(grams for _, grams in settled_g)
                registers |= q3_change(self.facts, account[3:], admission, reserved_g=reserved_g, settled_g=settled_g)
        self.draw(admission)
        for key, value in registers.items():
            self.facts.put(key, value)
        self.index = moment.index

    def only_authority(self, uscc: str, regions: tuple[str, ...] = ("50",)) -> None:
        """Leave one authority on the log."""
        head = self.facts.values[chain_key(LOG_MAIN)]
        alone = (Authority(uscc, "主管部门（虚构）", regions),)
        self.facts.values[chain_key(LOG_MAIN)] = replace(head, state=replace(head.state, authorities=alone))

    def without_data(self, name: str) -> None:
        """Forget an adopted data set."""
        head = self.facts.values[chain_key(LOG_MAIN)]
        self._adopt({key: pin for key, pin in head.state.data.items() if key != name})

    def adopt_again(self, name: str, other: str) -> None:
        """Adopt the shipped file ``other`` under ``name``."""
        data: dict[str, DataPin] = self.facts.values[chain_key(LOG_MAIN)].state.data
        self._adopt({**data, name: data[other]})

    def _adopt(self, data: dict[str, DataPin]) -> None:
        head = self.facts.values[chain_key(LOG_MAIN)]
        self.facts.values[chain_key(LOG_MAIN)] = replace(head, state=replace(head.state, data=data))

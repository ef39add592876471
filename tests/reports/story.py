"""Stories told through real admission, for the tests of reports: parties, permit, list, decision, and manifests of any shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Literal

from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.bundle import make_bundle
from ledger.kinds.issuer import LOG_ISSUERS, IssuerKey, IssuerRetire
from ledger.mass import format_mass, parse_mass
from ledger.times import format_at, parse_at
from ledger.tree.merkle import inclusion_proof
from ledger.tree.tiles import TileReader
from manifests import acts
from manifests.acts import PERSONALITY as MANIFESTS
from manifests.model import Vehicle
from reports.evidence import collect
from reports.items.acts import PERSONALITY as ITEMS
from reports.periods.acts import PERSONALITY as PERIODS
from signing import b64
from signing.certificate import certify
from signing.keys import PrivateKey
from signing.possession import register
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, Workbench
from whitelist.acts import PERSONALITY as WHITELIST
from whitelist.acts.apply import Agreement, ApplicationLine, ApprovalApply
from whitelist.acts.decide import ApprovalDecide, DecidedLine
from whitelist.acts.list_propose import ListCountersign, ListPropose
from whitelist.acts.list_rows import ListRows, Row
from whitelist.acts.permit import PermitGrant
from whitelist.adopted import data_files
from whitelist.approval import ListingRef
from whitelist.fields import PermitItem, Place, Scope
from whitelist.listing import Conditions, rows_hash
from whitelist.transfer import Contract, DangerousGoods, PlanRef, WasteLine

GENERATOR = "915101120000FX029E"
RECEIVER = "915001160000FX0107"
CARRIERS = ("915101000000FX037W", "915105000000FX0537", "915117000000FX061Q", "915001050000FX045U")
NAMES: Mapping[str, str] = {
    GENERATOR: "成都锦川蓄能回收有限公司（虚构）",
    RECEIVER: "重庆江津再生铅有限公司（虚构）",
    CARRIERS[0]: "四川蜀安危货运输有限公司（虚构）",
    CARRIERS[1]: "泸州长航危货运输有限公司（虚构）",
    CARRIERS[2]: "达州绿焰环保科技有限公司（虚构）",
    CARRIERS[3]: "重庆渝中捷运危险货物运输有限公司（虚构）",
}
PERMIT = f"permit/{RECEIVER}/01K9000000000000000000PERM"
APPROVAL = f"approval/{GENERATOR}/01K9000000000000000000APPR"
LIST = "list/2026-51-50-cy"
ORIGIN = Place(division="510112", address="成都市龙泉驿区桃都大道88号（虚构）")
PORT = Place(division="510502", address="泸州市江阳区国际集装箱码头3号泊位（虚构）")
DESTINATION = Place(division="500116", address="重庆市江津区德感工业园12号（虚构）")
BATTERY = "900-052-31"
LEAD_WASTES = (BATTERY, "384-004-31", "304-002-31", "398-052-31", "243-001-31", "900-025-31")


def trunk(serial: int) -> str:
    """Chain of the manifest with this serial."""
    return f"manifest/{GENERATOR}/01K9{serial:022d}"


def waste(mass_t: str = "5.600000", number: int = 0, **changes: Any) -> WasteLine:
    """Lead batteries on line ``number`` of the decision."""
    line = WasteLine(
        name=f"废铅蓄电池{number or ''}",
        code=BATTERY,
        category="HW31",
        hazards=("T", "C"),
        components="铅、硫酸",
        form="S",
        packing="box",
        packs=14,
        mass_t=mass_t,
        method="R4",
        decision_line=number,
        dg=DangerousGoods(un_no="2794", dg_class="8"),
    )
    return replace(line, **changes)


class Story:
    """A log with a decision of ``len(lines)`` lines, given on the list; then manifests, act by act."""

    def __init__(
        self,
        lines: Sequence[WasteLine] = (),
        names: Mapping[str, str] = NAMES,
        approved_t: str = "3000",
        *,
        witness_policy: tuple[str, ...] = ("quorum none",),
        conditions: Conditions | None = None,
        without: str = "",
        clock: Literal["real", "simulated"] = "simulated",
    ) -> None:
        """``without`` names a data set that the log does not begin with."""
        self.lines, self.conditions = tuple(lines) or (waste(),), conditions
        files = {file.name: (file.version, file.path.read_bytes()) for file in data_files() if file.name != without}
        begun_s = parse_at("2026-01-05T09:00:00+08:00")
        self.bench = Workbench([WHITELIST, MANIFESTS, PERIODS, ITEMS], files, at_s=begun_s, witness_policy=witness_policy, clock=clock)
        for party, name in names.items():
            self.bench.register(party, name)
        self._permit()
        self._list()
        self.at("2026-02-02T09:00:00+08:00")
        self.decide_for(GENERATOR, approved_t)
        self.at("2026-10-08T08:30:00+08:00")

    def at(self, text: str) -> None:
        """Set the clock."""
        self.bench.at_s = parse_at(text)

    def issuer(self, use: str = "pdf", name: str = "", last: date = date(2036, 12, 31)) -> PrivateKey:
        """Register a key of the operator that signs documents or claims."""
        key = PrivateKey.from_seed("ecdsa-p256-sha256", sha256(f"{use} {name}".encode()).digest())
        made = register(key, self.bench.found, OPERATOR)
        days = date(2026, 1, 1), last
        body = IssuerKey(
            use="pdf" if use == "pdf" else "claim",
            suite=made.suite,
            spki=made.spki,
            pop=made.pop,
            cert=b64.encode(certify(key.spki, f"联单运营单位（虚构）{name}", *days, key)) if use == "pdf" else None,
            valid_from=str(days[0]),
            valid_to=str(days[1]),
        )
        self.bench.post("issuer.key/1", LOG_ISSUERS, (OPERATOR,), body)
        return key

    def retire(self, key: PrivateKey) -> None:
        """The operator retires such a key."""
        self.bench.post("issuer.retire/1", LOG_ISSUERS, (OPERATOR,), IssuerRetire(keyid=key.keyid, reason="设备遗失"))

    def _permit(self) -> None:
        item = PermitItem(category="HW31", scope="INCLUDE", codes=tuple(sorted({line.code for line in self.lines})), methods=("R4",))
        body = PermitGrant(
            no="CQ5001160043（虚构）",
            permit_class="permit",
            valid_from="2022-07-01",
            valid_to="2027-06-30",
            division=DESTINATION.division,
            address=DESTINATION.address,
            items=(item,),
            scale_t="60000",
        )
        self.bench.post("permit.grant/1", PERMIT, (AUTHORITY_50,), body)

    def _list(self) -> None:
        codes = tuple(sorted({line.code for line in self.lines}))
        row = Row(
            receiver=RECEIVER,
            permit=PERMIT,
            waste=Scope(category="HW31", scope="INCLUDE", codes=codes),
            methods=("R4",),
            quota_t="60000.000000",
        )
        propose = ListPropose(
            letter_no="川环函〔2025〕900号（虚构）",
            letter_date="2025-12-20",
            effective_from="2026-01-01",
            effective_to="2026-12-31",
            kind="mutual",
            suspension_stops="issue",
            rows=1,
            pages=1,
        )
        self.bench.post("list.propose/1", LIST, (AUTHORITY_51,), propose)
        self.bench.post("list.rows/1", LIST, (AUTHORITY_51,), ListRows(page=0, rows=(row,)))
        digest = rows_hash(self.bench.facts.state(LIST).rows)
        body = ListCountersign(rows_hash=digest, letter_no="渝环函〔2025〕800号（虚构）", letter_date="2025-12-25")
        self.bench.post("list.countersign/1", LIST, (AUTHORITY_50,), body)

    def decide_for(self, generator: str, approved_t: str) -> str:
        """Apply and decide for a generator; the chain of the decision."""
        chain = APPROVAL.replace(GENERATOR, generator)
        applied = tuple(
            ApplicationLine(
                name=line.name,
                code=line.code,
                category=line.category,
                hazards=line.hazards,
                mass_t=approved_t,
                method=line.method,
                listing=ListingRef(list=LIST, row=0),
            )
            for line in self.lines
        )
        body = ApprovalApply(
            receiver=RECEIVER,
            permit=PERMIT,
            origin=ORIGIN,
            applied_to="2026-12-31",
            lines=applied,
            contract=Agreement(no="JC-2026-014（虚构）"),
        )
        self.bench.post("approval.apply/1", chain, (generator,), body)
        self.wait(days=7, hours=7)
        decided = ApprovalDecide(
            approve=True,
            no="川环审批〔2026〕1号（虚构）" if generator == GENERATOR else "川环审批〔2026〕2号（虚构）",
            valid_to="2026-12-31",
            lines=tuple(DecidedLine(line=number, mass_t=approved_t) for number in range(len(applied))),
            conditions=self.conditions,
        )
        self.bench.post("approval.decide/1", chain, (AUTHORITY_51,), decided)
        return chain

    # --- acts --------------------------------------------------------------------------------------------------------------------

    def wait(self, **spans: int) -> None:
        """Move the clock: ``minutes=``, ``hours=``, ``days=``."""
        self.bench.at_s += sum({"minutes": 60, "hours": 3600, "days": 86_400}[unit] * count for unit, count in spans.items())

    def issue(self, serial: int, lines: Sequence[WasteLine] = (), generator: str = GENERATOR, **changes: Any) -> Entry:
        """开具."""
        body = acts.Issue(
            lines=tuple(lines) or self.lines,
            receiver=RECEIVER,
            permit=PERMIT,
            approval=APPROVAL.replace(GENERATOR, generator),
            number=f"20265101{serial:06d}",
            origin=ORIGIN,
            destination=DESTINATION,
            consignor="generator",
            carriers=CARRIERS[:1],
            emergency_measures="配备防酸手套、耐酸围堰和碱性吸附材料；泄漏时先围堵、后中和，并报告当地生态环境部门。",
            plan=PlanRef(filing_no="GL-510112-2026-001"),
            contract=Contract(no="HT-2026-001", valid_to="2027-12-31"),
            planned_at=format_at(self.bench.at_s + 3600),
        )
        chain = trunk(serial).replace(GENERATOR, generator)
        return self.bench.post("manifest.issue/1", chain, (generator,), replace(body, **changes))

    def depart(self, serial: int, by: tuple[str, ...] = (GENERATOR, CARRIERS[0]), at: str | None = None, **changes: Any) -> Entry:
        """起运, claimed at the present or ``at``."""
        lines = self.bench.facts.state(trunk(serial)).lines
        packs = Counter({code: sum(line.packs for line in lines if line.code == code) for code in sorted({line.code for line in lines})})
        day = f"{date(2024, 1, 1) + timedelta(days=serial % 900):%Y%m%d}"
        labels = tuple(f"{GENERATOR}{code.replace('-', '')}{day}{count:03d}" for code in packs for count in range(1, packs[code] + 1))
        body = acts.Depart(
            vehicle=Vehicle(kind="truck", plate=f"川A·F{serial % 10_000:04d}", licence_no=f"5101{serial:08d}"),
            waybill_no=f"5101002026{serial:06d}",
            gate=acts.Gate(labels=labels, checks=("carrier", "vehicle", "crew", "labels")),
            place=ORIGIN,
        )
        return self.bench.post("manifest.depart/1", trunk(serial), by, replace(body, **changes), at=at or format_at(self.bench.at_s))

    def arrive(self, serial: int, by: tuple[str, ...] = (CARRIERS[0],)) -> Entry:
        """运抵."""
        return self.bench.post("manifest.arrive/1", trunk(serial), by, acts.Arrive(place=DESTINATION))

    def receive(self, serial: int, lines: Sequence[acts.ReceivedLine] = (), generator: str = GENERATOR, **changes: Any) -> Entry:
        """接受确认; without lines everything is accepted as declared."""
        chain = trunk(serial).replace(GENERATOR, generator)
        state = self.bench.facts.state(chain)
        given = tuple(lines) or tuple(
            acts.ReceivedLine(line=number, opinion="accept", accepted_t=f"{line.sent_g / 1e6:.6f}", method=line.method)
            for number, line in enumerate(state.lines)
        )
        body = acts.Receive(
            accepted_at=format_at(self.bench.at_s),
            lines=given,
            weighing=acts.Weighing(method="weighbridge", tickets=(_slip(given, serial),)),
        )
        return self.bench.post("manifest.receive/1", chain, (RECEIVER,), replace(body, **changes))

    def dispose(self, serial: int) -> Entry:
        """利用处置 of everything that was accepted."""
        state = self.bench.facts.state(trunk(serial))
        fates = tuple(
            acts.DisposedLine(line=number, method=line.method, mass_t=f"{line.accepted_g / 1e6:.6f}")
            for number, line in enumerate(state.lines)
            if line.accepted_g
        )
        return self.bench.post("manifest.dispose/1", trunk(serial), (RECEIVER,), acts.Dispose(fates=fates))

    def verify(self, serial: int) -> Entry:
        """核实."""
        return self.bench.post("manifest.verify/1", trunk(serial), (GENERATOR,), acts.Verify())

    def ordinary(self, serial: int, accepted_t: str = "5.548000") -> None:
        """One load of the worked example, from issue to verification."""
        self.issue(serial)
        self.wait(minutes=40)
        self.depart(serial)
        self.wait(hours=4)
        self.arrive(serial)
        self.wait(minutes=30)
        self.receive(serial, [acts.ReceivedLine(line=0, opinion="accept", accepted_t=accepted_t, method="R4")])
        self.wait(days=3)
        self.dispose(serial)
        self.wait(days=1)
        self.verify(serial)

    async def bundle(self, serial: int) -> bytes:
        """The manifest's bundle under the newest checkpoint."""
        return await bundle_of(self.bench, trunk(serial))


async def bundle_of(bench: Workbench, chain: str) -> bytes:
    """A bundle from the workbench, chosen by the product's own rule."""
    by_chain: dict[str, list[Entry]] = {}
    for entry in bench.entries:
        by_chain.setdefault(entry.statement.chain, []).append(entry)

    async def entries_of(name: str) -> list[Entry]:
        return by_chain.get(name, [])

    cases = [name for name in sorted(by_chain) if name.startswith(chain.replace("manifest/", "case/", 1) + "/")]
    files = bench.export()
    reader = TileReader(len(bench.entries), files.get)
    entries = await collect(entries_of, chain, cases)
    return make_bundle(files["checkpoint"], chain, entries, lambda index: inclusion_proof(index, len(bench.entries), reader.hash_at))


LONG = "龘靐齉爩㙍䶮𬭊𪚥环境科技（集团）股份有限公司四川天府新区成都直管区第二危险废物资源化综合利用分公司（虚构）"
"""A name with rare characters, one of which no shipped font has (U+2A6A5)."""


def _slip(lines: Sequence[acts.ReceivedLine], serial: int) -> acts.Ticket:
    """What the weighbridge said of a receipt."""
    net_g = sum(parse_mass(line.accepted_t) + parse_mass(line.refused_t or "0") for line in lines)
    gross_t = format_mass(net_g + 12_800_000)
    return acts.Ticket(no=f"JJ-{serial:06d}", scale="江津1号地磅", gross_t=gross_t, tare_t="12.800000", net_t=format_mass(net_g))


@cache
def worst() -> Story:
    """16 lines of long names, four legs, differences and refusals, serial 900; shared, so never changed."""
    lines = tuple(
        replace(
            waste("0.350000", number),
            name=f"含铅废物（铅蓄电池拆解产生的废铅膏、铅渣及酸液混合物，第{number + 1}类）",
            components="铅、二氧化铅、硫酸、锑",
        )
        for number in range(16)
    )
    names = {**NAMES, GENERATOR: LONG, RECEIVER: f"重庆{LONG}"}
    story = Story(lines, names)
    story.issue(900, carriers=CARRIERS, commit={"contact.name": "ab" * 32, "contact.phone": "cd" * 32})
    story.wait(minutes=30)
    loaded = tuple(acts.LoadedLine(line=number, mass_t="0.351") for number in range(16))
    story.depart(900, loaded=loaded)
    for giving, taking, kind in ((0, 1, "ship"), (1, 2, "train"), (2, 3, "truck")):
        story.wait(hours=5)
        body = acts.HandOver(
            vehicle=Vehicle(kind=kind, plate=f"长航货{taking}号（挂{taking}）", licence_no=f"50{taking:08d}"),
            waybill_no=f"WB{taking:010d}",
            place=PORT,
        )
        story.bench.post("manifest.hand_over/1", trunk(900), (CARRIERS[giving], CARRIERS[taking]), body)
    story.wait(hours=6)
    story.arrive(900, (CARRIERS[3],))
    story.wait(hours=1)
    now = format_at(story.bench.at_s)
    report = acts.Report(at=now, ref="津环告〔2026〕11号（虚构）")
    received = tuple(_received(number) for number in range(16))
    story.receive(900, received, reported_to_authority=report, notified_generator=report)
    return story


def _received(number: int) -> acts.ReceivedLine:
    if number == 3:
        return acts.ReceivedLine(
            line=3,
            opinion="reject",
            accepted_t="0",
            differences=("form",),
            major_difference=True,
            reason_code="form",
            reason="外壳破损、电解液泄漏，形态与联单不符",
            major_difference_note="联单为固态，到场为半固态，含游离酸液",
        )
    if number == 7:
        return acts.ReceivedLine(
            line=7,
            opinion="partly",
            accepted_t="0.2",
            refused_t="0.151",
            method="R4",
            reason_code="packing",
            reason="部分外壳破损",
            differences=("packing",),
        )
    return acts.ReceivedLine(line=number, opinion="accept", accepted_t="0.3505", method="R4")


@cache
def ordinary() -> Story:
    """A finished manifest, serial 123; shared, so never changed."""
    (story := Story()).ordinary(123)
    return story

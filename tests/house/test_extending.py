"""What ``docs/extending.md`` promises: a rule is one file, an act is one file and its row in the machine, a province is data alone.

In a scratch copy of the tree a newcomer's changes are made, and what must pass is run there in a process of its own. What somebody adds who
only reads (an endpoint, a field on paper) stands in ``test_extending_reading``.
"""

from __future__ import annotations

import re
from pathlib import Path

from tests.house.scratch import assert_shown, changed, insert, run, run_tests
from tests.workbench import uscc

RULE = '''
def fates_are_told_apart(judged: Judged, out: Findings) -> None:
    """One line and method stands once in an act: two entries are one fate written twice."""
    told = [(fate.line, fate.method) for fate in judged.statement.body.fates]
    if len(set(told)) != len(told):
        out.refuse("FATE_TWICE", "body.fates", len(told), len(set(told)))


'''
RULE_TEXT = """
FATE_TWICE | - | receiver | [DESIGN]
同一行、同一方式的利用处置情况重复填写。 || 合并为一项后重新签名提交。
A line and method stands twice among the fates. || Merge the two and sign again.
"""
RULE_TEST = """
from tests.manifests.driver import RECEIVER, Driver
from liandan.wiring import RULES
from manifests import acts

def test_it() -> None:
    log = Driver().to_arrived()
    log.receive()
    twice = acts.Dispose(fates=tuple(acts.DisposedLine(line=0, method="R4", mass_t="1.000000") for _ in range(2)))
    assert log.refused("manifest.dispose/1", (RECEIVER,), twice) == ["FATE_TWICE"]
    log.dispose((0, "R4", "2.000000"))
    assert RULES["FATE_TWICE"].do_zh == "合并为一项后重新签名提交。"
"""


def add_rule(scratch: Path) -> None:
    """A rule with its texts: one file."""
    act = scratch / "manifests/acts/dispose.py"
    insert(act, "DISPOSE = trunk_act(", RULE)
    content = act.read_text(encoding="utf-8")
    before, _, after = content.partition("DISPOSE = trunk_act(")
    after = after.replace("rules=(", "rules=(fates_are_told_apart, ", 1).replace('texts=texts("""', f'texts=texts("""{RULE_TEXT}', 1)
    act.write_text(f"{before}DISPOSE = trunk_act({after}", encoding="utf-8")
    (scratch / "tests/added/test_rule.py").write_text(RULE_TEST, encoding="utf-8")


ACT = '''"""途中检查: the carrier looks at the load under way."""

from __future__ import annotations

from typing import Annotated

from ledger.fields import Text, label
from ledger.model import Statement
from manifests.act import TIMES, Body, trunk_act
from manifests.machine import Act
from manifests.model import ManifestState


class Inspect(Body, frozen=True, kw_only=True):
    """途中检查 (``manifest.inspect/1``)."""

    finding: Annotated[Text, label("检查情况", "finding")]


def _advance(state: ManifestState, statement: Statement) -> ManifestState:
    return state


INSPECT = trunk_act(
    Act.INSPECT,
    zh="途中检查",
    en="inspect",
    body=Inspect,
    rules=TIMES,
    advance=_advance,
    books=None,
    effect=("途中检查情况记入联单。", "What was found under way stands on the manifest."),
)
'''
ROW = '    (Stage.IN_TRANSIT, Act.INSPECT): Move(_TRIP, (Capacity.CARRIER,), "[DESIGN]", ()),\n'
ACT_TEST = """
from tests.manifests.asking import possible
from tests.manifests.driver import CARRIER, GENERATOR, Driver
from liandan.kind_pages import kinds_page
from liandan.wiring import KINDS
from manifests.acts import ACTS_BY_KIND
from manifests.acts.inspect import Inspect
from reports.words import name_of_act

def test_it() -> None:
    log = Driver()
    log.issue()
    body = Inspect(finding="捆扎完好")
    assert log.refused("manifest.inspect/1", (CARRIER,), body) == ["ACT_NOT_OPEN"]
    log.depart()
    assert log.refused("manifest.inspect/1", (GENERATOR,), body) == ["SIGNER_ROLE"]
    assert log.refused("manifest.inspect/1", (CARRIER,), {"finding": " ", "found": 1}) == ["FIELD_UNKNOWN", "MISSING"]
    [offered] = [one for one in possible(log, CARRIER) if one.prepared.kind == "manifest.inspect/1"]
    assert (offered.prepared.asked, offered.blockers) == (("finding",), ())
    before = log.state()
    log.post("manifest.inspect/1", (CARRIER,), body)
    assert log.state().stage == before.stage
    assert len(log.state().acts) == len(before.acts) + 1
    assert name_of_act("manifest.inspect/1") == "途中检查"
    assert "manifest.inspect/1" in ACTS_BY_KIND
    assert "检查情况 finding" in kinds_page(KINDS)
"""


def add_act(scratch: Path) -> None:
    """A new act of the trunk: one file, and its name and row in the machine."""
    (scratch / "manifests/acts/inspect.py").write_text(ACT, encoding="utf-8")
    machine = scratch / "manifests/machine.py"
    insert(machine, '    VERIFY = "verify"\n', '    INSPECT = "inspect"\n')
    first = re.search(r"^    \(Stage\.IN_TRANSIT, Act\.ARRIVE\)", machine.read_text(encoding="utf-8"), re.M)
    assert first is not None
    insert(machine, first[0], ROW)
    (scratch / "tests/added/test_act.py").write_text(ACT_TEST, encoding="utf-8")


PROVINCE_TEST = """
from itertools import permutations
from ledger.bundle import open_bundle
from ledger.kinds.founding import FoundingAuthority
from reports.certificate.facts import facts_of
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from reports.reconcile import begin, finish, to_bytes
from reports.words import province
from signing.possession import register
from tests.reports.story import Story
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, key_of, uscc

async def test_it() -> None:
    story = Story()
    sichuan = uscc("510000", 51)
    keys = (register(key_of(sichuan), story.bench.found, sichuan),)
    third = FoundingAuthority(sichuan, "丙省生态环境厅（虚构）", ("51",), keys)
    story.bench.post("authority.admit/1", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), third)
    story.ordinary(1)
    assert story.bench.entries[-1].statement.kind == "manifest.verify/1"
    raw = await story.bundle(1)
    bundle = open_bundle(raw, all_kinds())
    assert facts_of(bundle).state.route == "LISTED"
    assert facts_of(bundle).state.number.startswith("20265201")
    assert render_certificate(bundle, raw).startswith(b"%PDF")
    fold = begin("2026-10", story.bench.kinds, story.bench.dataset)
    for entry in story.bench.entries:
        fold.step(entry)
    assert set(fold.directions()) == set(permutations(("50", "51", "52"), 2))
    statement = finish(fold, ("52", "50"), "")
    assert len(statement.rows) == 1 and statement.is_balanced
    assert finish(fold, ("51", "50"), "").rows == ()
    assert to_bytes(statement, "pdf").startswith(b"%PDF")
    assert province("52") == "贵州省"
"""
MOVED = {
    "915101120000FX029E": uscc("520112", 29),
    '"510112"': '"520112"',
    "list/2026-51-50-cy": "list/2026-52-50-gz",
    '"20265101': '"20265201',
    'f"20265101': 'f"20265201',
    'uscc("510000", 51)': 'uscc("520000", 52)',
    '("51",)': '("52",)',
}
DIVISIONS = ("520000,province,贵州省,,贵州省", "520100,city,贵州省,贵阳市,贵阳市", "520112,county,贵州省,贵阳市,乌当区")
"""A log between 贵州 and 重庆, where the stories of the tests speak of 四川 and 重庆."""


def add_province(scratch: Path) -> None:
    """A third province: rows of a data file. The story of the tests moves there; of the product's code nothing changes."""
    with (scratch / "whitelist/data/divisions.csv").open("a", encoding="utf-8", newline="") as file:
        file.writelines(f"{row},,,\r\n" for row in DIVISIONS)
    for name in ("tests/workbench.py", "tests/reports/story.py"):
        path = scratch / name
        content = path.read_text(encoding="utf-8")
        for old, new in MOVED.items():
            content = content.replace(old, new)
        path.write_text(content, encoding="utf-8")
    (scratch / "tests/added/test_province.py").write_text(PROVINCE_TEST, encoding="utf-8")


def test_a_rule_and_an_act_are_added_where_the_page_says(scratch: Path) -> None:
    add_rule(scratch)
    assert changed(scratch) == ["manifests/acts/dispose.py"]
    assert_shown(scratch, "A rule with its texts")
    add_act(scratch)
    assert changed(scratch) == ["manifests/acts/dispose.py", "manifests/acts/inspect.py", "manifests/machine.py"]
    assert_shown(scratch, "An act")
    run(scratch, "liandan.schemas")
    run_tests(scratch, "tests/added", "tests/house/test_rules.py", "tests/liandan/test_schemas.py::test_docs_formats_is_what_the_types_say")
    assert (scratch / "docs/formats/manifest.inspect-1.json").exists()
    assert "FATE_TWICE" in (scratch / "docs/formats/kinds.md").read_text(encoding="utf-8")


def test_a_third_province_is_data_alone(scratch: Path) -> None:
    add_province(scratch)
    assert changed(scratch) == ["whitelist/data/divisions.csv"]
    assert_shown(scratch, "A third province")
    run_tests(scratch, "tests/added")

"""E5: one baseline, one function. What the log alerts about a weight is what the statement lists, whatever the masses and tolerances."""

from __future__ import annotations

from hashlib import sha256

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.kinds.founding import Adopted
from ledger.mass import format_mass
from manifests import acts
from tests.reports.month import drawn
from tests.reports.story import Story, trunk, waste
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR
from whitelist.adopted import data_files

FORMS = ("S", "SS", "L", "G")
GRAMS = st.integers(1_000_000, 12_000_000)
NEAR = st.integers(-700_000, 700_000)


def weight_of(story: Story, serial: int) -> str:
    """Level of the log's alert WEIGHT on the receipt, empty where there is none."""
    (entry,) = [
        entry for entry in story.bench.entries if entry.statement.chain == trunk(serial) and entry.statement.kind.startswith("manifest.rec")
    ]
    return next((level for level, code in entry.admission.decision.alerts if code == "WEIGHT"), "")


def level_of(story: Story) -> str:
    """The gravest level that the statement gives to lines of the month."""
    statement = drawn(story)
    levels = {row.level for row in statement.received}
    assert {row.level for row in statement.differing} >= levels - {""}, "a line beyond the tolerance is listed in M4"
    return "H" if "H" in levels else "M" if "M" in levels else ""


def tell(
    form: str, declared_g: int, loaded_g: int | None, received_g: int, refused_g: int, serial: int = 1, story: Story | None = None
) -> Story:
    """One load from issue to receipt, with these grams."""
    packing = "tank" if form in ("L", "G") else "box"
    told = story or Story((waste(format_mass(declared_g), form=form, packing=packing),))
    told.issue(serial)
    loaded = () if loaded_g is None else (acts.LoadedLine(line=0, mass_t=format_mass(loaded_g)),)
    told.wait(minutes=30)
    told.depart(serial, loaded=loaded)
    told.wait(hours=4)
    told.arrive(serial)
    accepted_g = received_g - refused_g
    line = acts.ReceivedLine(line=0, opinion="accept", accepted_t=format_mass(accepted_g))
    if refused_g:
        opinion = "partly" if accepted_g else "reject"
        line = acts.ReceivedLine(
            line=0,
            opinion=opinion,
            accepted_t=format_mass(accepted_g),
            refused_t=format_mass(refused_g),
            reason_code="other",
            reason="混入杂物",
        )
    told.receive(serial, [line])
    return told


@given(form=st.sampled_from(FORMS), declared_g=GRAMS, load=NEAR | st.none(), more=NEAR, refused=st.sampled_from((0, 1, 2)))
@example(form="S", declared_g=10_000_000, load=500_000, more=0, refused=0)  # the case itself: 10.0 t declared, 10.5 t loaded and accepted
@settings(max_examples=40)
def test_the_statement_lists_exactly_what_the_log_alerts(form: str, declared_g: int, load: int | None, more: int, refused: int) -> None:
    loaded_g = None if load is None else max(1, declared_g + load)
    sent_g = declared_g if loaded_g is None else loaded_g
    received_g = max(1, sent_g + more)
    story = tell(form, declared_g, loaded_g, received_g, (0, received_g // 2, received_g)[refused])
    assert weight_of(story, 1) == level_of(story)


def test_ten_tonnes_declared_ten_and_a_half_loaded_and_accepted_is_no_difference_of_weight() -> None:
    story = tell("S", 10_000_000, 10_500_000, 10_500_000, 0)
    assert (weight_of(story, 1), level_of(story)) == ("", "")
    (departure,) = [entry for entry in story.bench.entries if entry.statement.kind == "manifest.depart/1"]
    assert ("M", "LOAD_WEIGHT") in departure.admission.decision.alerts, "what was loaded beyond the declared is said where it was loaded"


def test_a_receipt_is_judged_by_the_tolerances_of_its_day() -> None:
    """The same difference before and after the log has adopted others: each level is that of its own day, and both versions are printed."""
    story = tell("S", 10_000_000, None, 10_070_000, 0)
    assert level_of(story) == ""
    (file,) = [file for file in data_files() if file.name == "thresholds"]
    strict = file.path.read_bytes().replace(b'"weight_permille_S": 10', b'"weight_permille_S": 5')
    assert strict != file.path.read_bytes()
    digest = sha256(strict).hexdigest()
    story.bench.data[f"data/{digest}"] = strict
    story.bench.post("data.adopt/1", "log/main", (OPERATOR, AUTHORITY_51, AUTHORITY_50), Adopted("thresholds", "2026-strict", digest))
    tell("S", 10_000_000, None, 10_070_000, 0, 2, story)
    assert (weight_of(story, 1), weight_of(story, 2)) == ("", "M")
    statement = drawn(story)
    assert {row.manifest[-1]: row.level for row in statement.rows} == {"1": "", "2": "M"}
    assert [tolerance.version for tolerance in statement.tolerances] == [file.version, "2026-strict"]

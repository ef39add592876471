"""How a certificate looks: margins, rare characters, remarks that stay with their table."""

from __future__ import annotations

import io

import pypdf
import pypdfium2
import pytest
from msgspec.structs import replace

from ledger.bundle import open_bundle
from manifests import acts
from reports.certificate.facts import facts_of
from reports.certificate.render import render_pages
from reports.kinds import all_kinds
from tests.reports.story import CARRIERS, NAMES, ordinary, worst
from tests.reports.test_certificate import certificate, text_of


@pytest.mark.parametrize("story", [ordinary, worst], ids=["ordinary", "worst"])
async def test_nothing_is_drawn_beyond_the_margins(story: object) -> None:
    told = ordinary() if story is ordinary else worst()
    _, _, pdf = await certificate(told, 123 if story is ordinary else 900)
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        wide, high = page.get_size()
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            if right - left > 30 or not text.get_text_range(at, 1).strip():
                continue  # the watermark, white space
            assert left >= 36
            assert right <= wide - 36
            assert bottom >= 15
            assert top <= high - 30
        text.close()
        page.close()
    document.close()


async def test_the_worst_case_names_rare_characters_and_keeps_every_line() -> None:
    bundle, _, pdf = await certificate(worst(), 900)
    text = text_of(pdf)
    assert "U+2A6A5" in text
    assert "注：下列字符本件字体无字形" in text
    assert all(f"第{number}类" in text for number in range(1, 17))
    assert all(f"{NAMES[carrier]}" in text for carrier in CARRIERS)
    assert "经办人姓名、经办人联系电话" in text
    assert "拒收原因：形态；拒收理由：外壳破损" in text
    assert len(facts_of(bundle).lines) == 16
    assert len(pdf) <= 160_000


async def test_a_remark_never_stands_apart_from_the_table_that_it_is_about() -> None:
    """Part 1 grows line by line, until part 3 has gone to the third page."""
    facts = facts_of(open_bundle(await ordinary().bundle(123), all_kinds()))
    noted = replace(
        facts,
        lines=(replace(facts.lines[0], got=replace(facts.lines[0].got, note="到场有破损", reason="外壳破损")),),
        receive=replace(facts.receive, weighing=acts.Weighing(method="weighbridge")),
    )
    places = []
    for more in range(20, 60):
        issue = replace(facts.issue, plan=None, contract=None, emergency_measures="配备防酸手套" + "\n围堵" * more)
        reader = pypdf.PdfReader(io.BytesIO(render_pages(replace(noted, issue=issue))))
        pages = [page.extract_text() for page in reader.pages]
        assert [("行说明" in page, "Opinion" in page) for page in pages].count((True, False)) == 0, more
        places.append(next(at for at, page in enumerate(pages) if "行说明" in page))
    assert (places[0], places[-1]) == (1, 2)

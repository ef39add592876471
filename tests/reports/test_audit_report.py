"""The audit on paper: one page whatever was found, the same bytes for the same report."""

from __future__ import annotations

import pypdfium2
import pytest

from ledger.auditing.report import AuditReport, Finding
from reports.audit_report import render_audit


def report(count: int) -> AuditReport:
    found = AuditReport(origin="log.example/paper", found="ab" * 32, size=70_000, root="r" * 44, clock="real", entries=70_000)
    found.add(
        *(
            Finding(
                code="LEAF_DIFFERS",
                index=at,
                chain="manifest/915101120000FX029E/01K9",
                field="tile/0/000",
                found="0" * 64,
                expected="1" * 900,
            )
            for at in range(count)
        )
    )
    return found


@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 12, 13, 14, 15, 40, 3000])
def test_the_report_is_one_page_however_much_was_found(count: int) -> None:
    assert len(pypdfium2.PdfDocument(render_audit(report(count)))) == 1


def test_the_same_report_gives_the_same_bytes() -> None:
    assert render_audit(report(3)) == render_audit(report(3)) != render_audit(report(4))


def test_a_damaged_export_without_anything_readable_still_prints() -> None:
    assert len(pypdfium2.PdfDocument(render_audit(AuditReport(count=1, findings=[Finding(code="FILE_MISSING", field="checkpoint")])))) == 1


def test_the_place_of_a_finding_is_printed_whole() -> None:
    found = report(1)
    found.findings[0] = Finding(
        code="DECISION_DIFFERS",
        index=7,
        chain="manifest/915101120000FX029E/01K9ABCDEFGHJKMNPQRSTVWXYZ",
        field="admission.decision.accounts",
    )
    text = pypdfium2.PdfDocument(render_audit(found))[0].get_textpage().get_text_range()
    assert "admission.decision.accounts" in text.replace("\r\n", "")

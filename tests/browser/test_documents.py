"""The page and ``liandan verify`` give one answer to documents of every kind, in both languages."""

import pytest

from reports.paper.tongue import TONGUES, Tongue
from tests.browser.conftest import Desk
from tests.browser.test_agreement import agree
from tests.reports.papers import drawn, signed

NAMES = ("certificate-partly", "transit-issued", "transit-handed-over", "approval", "list", "dossier")


@pytest.mark.parametrize("tongue", TONGUES)
@pytest.mark.parametrize("name", NAMES)
def test_signed_documents(shared_desk: Desk, name: str, tongue: Tongue) -> None:
    pdf, pin = drawn(tongue)[name], signed()[0].bench.found
    assert agree(shared_desk, pdf, pin)["verdict"] == "good"
    assert agree(shared_desk, pdf + b"\n", pin)["verdict"] == "unchecked"
    assert agree(shared_desk, pdf)["verdict"] == "unpinned"


def test_a_paper_that_says_it_is_another(shared_desk: Desk) -> None:
    pdf, pin = drawn("zh")["certificate-partly"], signed()[0].bench.found
    for said in (b"transit 00001 zh", b"attestation 6 zh", b"nonsenses 60 zh"):
        changed = pdf.replace(b"certificate 7 zh", said)
        assert changed != pdf
        assert agree(shared_desk, changed, pin)["verdict"] == "unchecked"


@pytest.mark.parametrize("tongue", TONGUES)
def test_an_attestation_counts_by_its_signature(shared_desk: Desk, tongue: Tongue) -> None:
    pdf, pin = drawn(tongue)["no-record-number"], signed()[0].bench.found
    assert agree(shared_desk, pdf, pin)["verdict"] == "good"
    assert agree(shared_desk, pdf + b"\n", pin)["verdict"] == "unchecked"

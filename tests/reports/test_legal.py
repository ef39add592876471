"""Citations follow the date of the event (R-73)."""

from __future__ import annotations

import pytest

from reports.legal import Topic, bases, basis


@pytest.mark.parametrize("topic", ["manifest", "approval", "listing"])
def test_before_the_code_the_old_law_is_cited(topic: Topic) -> None:
    text = "".join(citation.zh for citation in basis(topic, "2026-08-14"))
    assert "固体废物污染环境防治法" in text
    assert "生态环境法典" not in text


@pytest.mark.parametrize("topic", ["manifest", "approval", "listing"])
def test_from_the_code_on_the_old_law_is_never_cited(topic: Topic) -> None:
    text = "".join(citation.zh for citation in basis(topic, "2026-08-15"))
    assert "生态环境法典" in text
    assert "固体废物污染环境防治法" not in text


def test_the_articles_are_those_of_the_code() -> None:
    assert "第五百三十六条第一款" in basis("manifest", "2026-11-05")[0].zh
    assert "第五百三十六条第二款" in basis("approval", "2026-11-05")[0].zh
    assert "第四百七十条" in basis("listing", "2026-11-05")[0].zh


def test_every_citation_keeps_its_mark() -> None:
    for topic in ("manifest", "approval", "listing"):
        for day in ("2021-06-01", "2026-01-01", "2026-12-01"):
            assert all(citation.mark.startswith("[READ") for citation in basis(topic, day))


def test_the_order_is_not_cited_before_it_was_in_force() -> None:
    assert len(basis("manifest", "2021-12-31")) == 1
    assert len(basis("manifest", "2022-01-01")) == 2


def test_a_transfer_over_the_turn_of_the_laws_cites_both() -> None:
    found = bases("manifest", ["2026-08-16", "2026-08-14", "2026-08-15"])
    assert [(first, last) for first, last, _ in found] == [("2026-08-14", "2026-08-14"), ("2026-08-15", "2026-08-16")]

"""What a published schema allows is never refused for its form, and what it forbids always is: by the types, and by a running log.

A sample of what ``bench/schemas.py`` does at length.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from schemathesis import GenerationMode

from ledger.admission.statement import Draft
from liandan import schema_examples
from liandan.wiring import KINDS
from signing.envelope import freeze
from tests.liandan.schema_bodies import OF_TEXT, codes_of, generated, judge, variants
from tests.liandan.serving import NOW, http, post_all
from tests.workbench import OPERATOR, Workbench, key_of

EVERY = 12  # One variant in so many.
BEHIND_FORM = {"PREDECESSOR_MISSING", "CHAIN_NOT_OPEN", "DATA_MISSING", *OF_TEXT}
"""What a statement meets once its body is in form, here: it is no next one of its chain, and adopted files are not there."""
_SLOW = {"manifest.issue/1", "log.found/1", "list.rows/1", "approval.apply/1", "manifest.receive/1"}
"""Kinds whose bodies take seconds to make; the campaign makes them."""


@pytest.mark.parametrize("kind", sorted(KINDS.by_name))
def test_variants_of_the_example_are_judged_alike(kind: str) -> None:
    bodies = list(variants(kind))
    for body in bodies[:: EVERY if len(bodies) > 60 else 1]:
        verdict = judge(kind, body)
        assert not verdict.disagreement, (verdict, body)


MADE: list[tuple[str, Any]] = []
"""Bodies from the schemas, for the running log too."""


@pytest.mark.parametrize("kind", sorted(KINDS.by_name.keys() - _SLOW))
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_bodies_from_the_schema_are_judged_alike(kind: str, mode: GenerationMode) -> None:
    def see(body: Any) -> None:
        verdict = judge(kind, body)
        assert not verdict.disagreement, (verdict, body)
        assert verdict.is_allowed == (mode is GenerationMode.POSITIVE), body
        MADE.append((kind, body))

    generated(kind, mode, 1, see)


@pytest.fixture(scope="module")
async def client(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    async with http(shared_database_url, tmp_path_factory.mktemp("bodies")) as found:
        await post_all(found, Workbench())
        yield found


def signed(kind: str, body: object) -> bytes:
    """A statement in form whose place in its chain is none: past the form it is refused for that alone."""
    chain = schema_examples.statements()[kind]["chain"]
    draft = Draft(kind=kind, chain=chain, seq=7, prev="0" * 64, by=(OPERATOR,), at=NOW, body=body)
    return freeze(draft.sign([key_of(OPERATOR)]))


async def test_a_running_log_says_the_same(client: httpx.AsyncClient) -> None:
    """Hundreds of bodies over HTTP, in batches: the codes of their form or, past it, that of their place."""
    # A draft leaves nulls out, so bodies with one are the business of the tests above.
    every = [*MADE, *((kind, body) for kind in KINDS.by_name for body in list(variants(kind))[::16])]
    some = [(kind, body) for kind, body in every if "null" not in json.dumps(body) and len(str(body)) < 6000]  # larger: refused for that
    seen = dict.fromkeys((True, False), 0)
    for start in range(0, len(some), 100):
        part = some[start : start + 100]
        answer = await client.post("/v1/statements/batch", content=b"\n".join(signed(*one) for one in part), timeout=120)
        lines = [json.loads(line) for line in answer.text.splitlines()][:-1]
        assert len(lines) == len(part)
        for (kind, body), line in zip(part, lines, strict=True):
            codes, expected = {error["code"] for error in line["problem"]["errors"]}, set(codes_of(kind, body))
            assert expected <= codes <= (expected | OF_TEXT if expected else BEHIND_FORM), (kind, codes, body)
            seen[not expected] += 1
    assert min(seen.values()) > 80, seen

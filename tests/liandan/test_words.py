"""What a running log says, in both languages: whole, at once, and in no other language than the reader's."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from ledger.problem import Problem
from signing.envelope import PAYLOAD_LOGIN, PAYLOAD_STATEMENT, freeze, seal
from tests.house.test_words import strange_words
from tests.ledger.test_form_words import STATEMENT, lines
from tests.liandan.serving import http, post_all
from tests.liandan.test_reading import token_of
from tests.workbench import OPERATOR, Workbench, key_of, uscc

PARTY = uscc("510112", 2)


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for all tests here."""
    bench = Workbench()
    bench.register(PARTY)
    async with http(shared_database_url, tmp_path_factory.mktemp("words")) as client:
        await post_all(client, bench)
        yield client


def signed(body: object, kind: str = PAYLOAD_STATEMENT) -> bytes:
    return freeze(seal(kind, json.dumps(body, ensure_ascii=False).encode(), [key_of(OPERATOR)]))


LOGIN = {"origin": "x y", "audience": 7, "nonce": "AA", "keyid": "Z", "not_after": "tomorrow", "scope": ["all"], "extra": 1}
WRONG = lines(mass_t=5, code="90005231", form="固态", packs="3", hazards=["X"], name="\u3000")
POSTS: dict[str, tuple[str, bytes]] = {
    "no JSON": ("/v1/statements", b"{"),
    "no envelope": ("/v1/statements", b'{"payload":1,"x":2}'),
    "an envelope out of form": ("/v1/statements", b'{"payloadType":"x","payload":"a-_","signatures":[{"keyid":"A","sig":"?"},7]}'),
    "a login for a statement": ("/v1/statements", signed(LOGIN, PAYLOAD_LOGIN)),
    "fields of a statement": (
        "/v1/statements",
        signed({"kind": "manifest.isue/1", "seq": "0", "by": "x", "at": "now", "seen": 1, "sean": 2}),
    ),
    "fields of a body": ("/v1/statements", signed(WRONG | {"by": [OPERATOR]})),
    "no such chain": ("/v1/statements", signed(STATEMENT | {"chain": "party/x"})),
    "nothing before it": ("/v1/statements", signed({**STATEMENT, "by": [OPERATOR], "seq": 3})),
    "a key of nobody": ("/v1/statements", freeze(seal(PAYLOAD_STATEMENT, json.dumps(lines()).encode(), [key_of("nobody")]))),
    "disclosures": ("/v1/statements", b'{"envelope":{},"disclosures":7,"more":1}'),
    "an empty batch": ("/v1/statements/batch", b"\n"),
    "a login out of form": ("/v1/tokens", signed(LOGIN, PAYLOAD_LOGIN)),
    "a login with a number": ("/v1/tokens", freeze(seal(PAYLOAD_LOGIN, b'{"origin":1.5}', [key_of(OPERATOR)]))),
    "a query of a post": ("/v1/statements/batch?atomci=true&atomic=maybe", b"x"),
}
GETS = (
    "/v1/nothing", "/v1/feed", "/v1/checkpoints?aftr=1&after=1e3", "/tile/0/x", "/problems/none",
)  # fmt: skip
READS = (
    "/v1/feed?limit=9999&after=x", "/v1/manifests?stage=arived&number=2026 5101000123&plate=-&from=1", "/v1/permits?code=９００-052-31&recevier=x",
    "/v1/approvals?stage=done", "/v1/quotas?quota=q1&year=1999", "/v1/parties?min_size=999999", "/v1/manifests/00000000000000",
    "/v1/manifests?cursor=x", "/v1/reconciliations/2026-13", "/v1/figures/26", "/v1/movements?account=Q1", "/v1/parties/x", "/v1/feed?after=999999",
)  # fmt: skip


def check(answer: httpx.Response, language: str) -> Problem:
    """The problem, in which nothing is of the other language."""
    told: dict[str, Any] = answer.json()
    assert {"code", "errors"} <= told.keys(), answer.text
    texts = [told["title"], told["detail"]]
    for error in told["errors"]:
        texts += [error[name] for name in ("message", "what_to_do", "source", "lifted_by", "expected") if name in error]
        texts += [error["found"]] if re.search("[\u4e00-\u9fff]", error.get("found", "")) else []  # else it is what was typed
        assert error["lifted_by"]
    own = {
        "isue",
        "manifest",
        "x",
        "y",
        "now",
        "A",
        "tomorrow",
        "all",
        "arived",
        "done",
        "q1",
        "maybe",
        "nobody",
        "sean",
        "extra",
        "aftr",
        "atomci",
        "recevier",
    }
    for text in texts:
        if language == "en":
            assert not re.search(
                "[\u4e00-\u9fff]", re.sub("固态|[^ ]*（虚构）|《[^》]*》|国家危险废物名录|危险废物经营许可证管理办法", "", text)
            ), text
        else:
            assert set(strange_words(re.sub("[0-9a-f]{64}|[0-9A-Z]{18,}|[A-Za-z0-9_]+(?: / [A-Za-z0-9_]+)+", "", text))) <= own, text
    return told  # type: ignore[return-value]  # as JSON


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", POSTS)
async def test_what_is_posted_out_of_form_is_answered_in_one_language(still: httpx.AsyncClient, name: str, language: str) -> None:
    path, raw = POSTS[name]
    check(await still.post(path, content=raw, headers={"Accept-Language": language}), language)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_what_is_asked_out_of_form_is_answered_in_one_language(still: httpx.AsyncClient, language: str) -> None:
    for path in GETS:
        check(await still.get(path, headers={"Accept-Language": language}), language)
    token = await token_of(still, PARTY)
    for path in READS:
        check(await still.get(path, headers={"Accept-Language": language, **token}), language)
    hooks = [b'{"url":7,"kinds":"x","more":1}', b"{", b'{"url":"http://a"}', b'{"url":"https://a.example.cn/","kinds":["manifest.isue"]}']
    for body in hooks:
        check(await still.post("/v1/webhooks", content=body, headers={"Accept-Language": language, **token}), language)
    for question in (b'{"transfers":7,"asof":1}', b'{"transfers":[],"as_of":1.5}', b"[]", b'{"at":"now"}'):
        check(await still.post("/v1/checks", content=question, headers={"Accept-Language": language, **token}), language)


async def test_a_query_is_judged_whole_with_its_near_misses(still: httpx.AsyncClient) -> None:
    answer = await still.get("/v1/manifests?stage=arived&number=2026 5101 000123&recevier=x&limit=0", headers=await token_of(still, PARTY))
    errors = {error["field"]: error for error in answer.json()["errors"]}
    assert {field: error.get("near", "") for field, error in errors.items()} == {
        "stage": "arrived", "number": "20265101000123", "recevier": "receiver", "limit": "",
    }  # fmt: skip
    assert "arrived" in errors["stage"]["expected"]
    assert "receiver" in errors["recevier"]["expected"], "the parameters that there are"
    assert "1 至" in errors["limit"]["expected"]
    assert all(error["found"] for error in errors.values())


async def test_dry_runs_tell_every_defect_of_every_transfer_by_the_paths_of_the_act(still: httpx.AsyncClient) -> None:
    """S8: /v1/checks stopped at the first one, and wrote two styles of paths."""
    transfer = json.dumps({"generator": PARTY, **WRONG["body"]}, ensure_ascii=False)
    number = transfer.replace('"mass_t": 5', '"mass_t": 5.5')
    raw = f'{{"transfers":[{transfer},{number}]}}'.encode()
    answer = await still.post("/v1/checks", content=raw, headers=await token_of(still, PARTY))
    assert answer.status_code == 200, answer.text
    one, other = ({(error["code"], error["field"]) for error in each["reasons"]} for each in answer.json()["answers"])
    assert {field for _, field in one} == {field for _, field in other} == {
        f"body.lines.0.{name}" for name in ("mass_t", "code", "form", "packs", "hazards.0", "name")
    }  # fmt: skip
    assert one - other == {("FIELD_TYPE", "body.lines.0.mass_t")}
    assert other - one == {("NOT_INTEGER", "body.lines.0.mass_t")}
    wrong = await still.post("/v1/checks", content=b'{"transfers":{},"asof":1.5,"at":"now"}', headers=await token_of(still, PARTY))
    assert [error["field"] for error in wrong.json()["errors"]] == ["body.asof", "body.at", "body.transfers"]


async def test_a_login_tells_every_field_that_is_wrong(still: httpx.AsyncClient) -> None:
    answer = await still.post("/v1/tokens", content=signed(LOGIN, PAYLOAD_LOGIN))
    fields = {error["field"] for error in answer.json()["errors"]}
    assert fields == {"extra", "origin", "audience", "nonce", "keyid", "not_after", "scope.0"}
    right = LOGIN | {"origin": "x", "audience": "y", "nonce": "A" * 43 + "=", "keyid": "a" * 64, "not_after": "2026-10-01T10:00:00+08:00"}
    raw = json.dumps({name: right[name] for name in right if name not in ("extra", "scope")} | {"scope": 1.5}).encode()
    answer = await still.post("/v1/tokens", content=freeze(seal(PAYLOAD_LOGIN, raw, [key_of(OPERATOR)])))
    assert [(error["code"], error["field"]) for error in answer.json()["errors"]] == [("NOT_INTEGER", "scope")]

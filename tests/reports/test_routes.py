"""Reports over HTTP, from a real log on PostgreSQL: the same files, and only for those who may read them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from asyncpg import Pool, Record
from httpx import ASGITransport, AsyncClient
from litestar import Litestar, Request, Response
from litestar.di import Provide
from msgspec.structs import replace

from ledger.admission.entry import Entry
from ledger.caller import Caller
from ledger.log import Log, LoggedEntry
from ledger.store import projected
from ledger.times import parse_at
from manifests.projection import follow, write
from manifests.store import fetch_view
from reports.attachment import bundle_in, layout_in
from reports.drawing import Drawer, StatementSource
from reports.issuing import NO_SIGNERS, Signers
from reports.press import Press
from reports.reconcile import to_bytes
from reports.reconciliation.kept.keeping import PURPOSE, KeptIn
from reports.routes import router
from reports.verify import verify_bytes
from signing.envelope import freeze
from signing.refusal import Refusal
from tests.ledger.log_server import running
from tests.reports.month import drawn, october
from tests.reports.papers import approval_bundle, list_bundle, paper, signed
from tests.reports.story import APPROVAL, CARRIERS, GENERATOR, LIST, RECEIVER, trunk
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR

STORY = october()
ENTRIES = STORY.bench.entries


async def replay(log: Log, entries: Sequence[Entry] = ENTRIES) -> None:
    """Post the story's statements, each at its own time, and let the projection follow."""
    for entry in entries:
        (answer,) = await log.append([freeze(entry.envelope)], now_s=parse_at(entry.admission.at))
        assert isinstance(answer, LoggedEntry)
        assert answer.entry.raw == entry.raw
    await log.publisher.wait_for(len(entries), 10)
    async with log.pool.acquire() as conn:
        await follow(conn, entries)


def drawer_of(log: Log) -> Drawer:
    """What a server of this log draws statements with; what it gathers is kept beside the log."""
    files = log.publisher.files.root
    kept = KeptIn(files.with_name("statements") / "gathered", log.operator_key.secret(PURPOSE))
    return Drawer(StatementSource(files, log.publisher.log_keys, kept, log.publisher.files.closed))


def application(log: Log, caller: Caller, signers: Signers = NO_SIGNERS) -> Any:
    """The reports' routes with one caller, as the shell would serve them."""

    def refused(request: Request[Any, Any, Any], error: Refusal) -> Response[Any]:
        return Response({"codes": error.codes}, status_code=422)

    things: dict[str, Any] = {"log": log, "caller": caller, "press": Press(log.kinds, signers), "drawer": drawer_of(log)}

    def provide(name: str) -> Provide:
        return Provide(lambda: things[name], sync_to_thread=False)

    provided = {name: provide(name) for name in things}
    return Litestar(route_handlers=[router], dependencies=provided, exception_handlers={Refusal: refused})


@pytest.fixture
async def log(pool: Pool[Record], tmp_path: Path) -> AsyncIterator[Log]:
    async with running(pool, tmp_path, STORY.bench.kinds, STORY.bench.data) as log:
        await replay(log)
        yield log


def caller_of(uscc: str, role: Any = "party") -> Caller:
    """Somebody with a token."""
    return Caller(uscc=uscc, role=role, keyid="0" * 64)


async def ask(log: Log, caller: Caller, path: str, signers: Signers = NO_SIGNERS) -> Any:
    """GET a path as somebody."""
    async with AsyncClient(transport=ASGITransport(application(log, caller, signers)), base_url="http://reports") as client:
        return await client.get(path)


async def test_reports_of_a_running_log(log: Log) -> None:
    authority, generator = caller_of(AUTHORITY_50, "authority"), caller_of(GENERATOR)
    ulid = trunk(3).rpartition("/")[2]

    by_number = await ask(log, generator, "/v1/manifests/20265101000003/certificate.pdf")
    assert by_number.status_code == 200
    assert by_number.headers["content-type"] == "application/pdf"
    said = "filename*=UTF-8''%E8%BD%AC%E7%A7%BB%E8%AF%81%E6%98%8E-20265101000003.pdf"
    assert by_number.headers["content-disposition"] == f'inline; filename="certificate-20265101000003.pdf"; {said}'
    report = verify_bytes(by_number.content, "c.pdf", STORY.bench.found)
    assert report.is_good
    assert report.subject == trunk(3)

    bundle = await ask(log, authority, f"/v1/manifests/{ulid}/bundle")
    assert verify_bytes(bundle.content, "b.json", STORY.bench.found).is_good
    assert len(ENTRIES) in log.publisher.files.archived_sizes(), "a printed checkpoint is archived"

    early = await ask(log, authority, f"/v1/manifests/{trunk(10).rpartition('/')[2]}/certificate.pdf")
    assert early.json() == {"codes": ["CERT_STATE"]}
    on_the_road = await ask(log, authority, f"/v1/manifests/{trunk(10).rpartition('/')[2]}/bundle")
    assert verify_bytes(on_the_road.content, "b.json").stage == "in_transit"

    for stranger in (caller_of(CARRIERS[3]), generator):
        unknown = await ask(log, stranger, "/v1/manifests/20265101999999/bundle")
        assert unknown.json() == {"codes": ["MANIFEST_UNKNOWN"]}
    hidden = await ask(log, caller_of(CARRIERS[3]), f"/v1/manifests/{ulid}/certificate.pdf")
    assert hidden.json() == {"codes": ["MANIFEST_UNKNOWN"]}

    for suffix in ("json", "xlsx", "pdf"):
        answer = await ask(log, authority, f"/v1/reconciliations/2026-10.{suffix}?from=51&to=50")
        assert answer.content == to_bytes(drawn(STORY), suffix), "the same bytes as from the entries alone"
    assert json.loads((await ask(log, authority, "/v1/reconciliations/2026-10?from=51&to=50")).content)["month"] == "2026-10"
    english = await ask(log, authority, "/v1/reconciliations/2026-10.pdf?from=51&to=50&lang=en")
    assert english.content == to_bytes(drawn(STORY), "pdf", "en")
    assert english.headers["content-disposition"] == 'inline; filename="reconciliation-2026-10-51-50.en.pdf"'
    open_month = await ask(log, authority, "/v1/reconciliations/2026-11.xlsx?from=51&to=50")
    assert open_month.headers["content-disposition"] == 'inline; filename="reconciliation-2026-11-51-50-provisional.xlsx"'
    unsaid = await ask(log, caller_of(OPERATOR, "operator"), "/v1/reconciliations/2026-10")
    assert unsaid.json() == {"codes": ["DIRECTION_FORM"]}, "no direction is anybody's default"
    other = await ask(log, authority, "/v1/reconciliations/2026-10?from=50&to=51")
    assert other.json()["lines"] == []

    assert (await ask(log, authority, "/v1/reconciliations/2026-13")).json() == {"codes": ["MONTH_FORM"]}
    assert (await ask(log, authority, "/v1/reconciliations/2026-10.txt")).json() == {"codes": ["MONTH_FORM"]}
    assert (await ask(log, authority, "/v1/reconciliations/2026-10?from=51&to=51")).json() == {"codes": ["DIRECTION_FORM"]}


async def test_a_statement_is_for_those_whose_it_is(log: Log) -> None:
    """A firm has its own, an office of a province its directions and what lies in it, the operator everything; with a tag each."""
    office, firm, operator = caller_of(AUTHORITY_51, "authority"), caller_of(GENERATOR), caller_of(OPERATOR, "operator")
    month = "/v1/reconciliations/2026-10"
    own = await ask(log, firm, month)
    assert own.json()["scope"] == {"party": GENERATOR}
    assert own.headers["content-disposition"] == f'inline; filename="reconciliation-2026-10-{GENERATOR}.json"'
    for caller in (office, operator, firm):
        assert (await ask(log, caller, f"{month}?party={GENERATOR}")).content == own.content, "the same bytes for whoever may read it"
    assert (await ask(log, caller_of(CARRIERS[3]), month)).json()["lines"] == [], "who took no part in it has an empty one"
    assert (await ask(log, office, month)).json()["scope"] == {"authority": AUTHORITY_51, "regions": ["51"]}

    async def refused(caller: Caller, query: str) -> list[str]:
        return (await ask(log, caller, f"{month}?{query}")).json()["codes"]  # type: ignore[no-any-return]  # JSON

    assert await refused(firm, f"party={RECEIVER}") == ["REPORT_SCOPE"]
    assert await refused(firm, "from=51&to=50") == ["REPORT_SCOPE"], "a direction names everybody"
    assert await refused(office, f"party={RECEIVER}") == ["REPORT_SCOPE"], "it lies in the other province"
    assert await refused(office, "from=53&to=50") == ["REPORT_SCOPE"], "no direction of its region"
    assert await refused(office, "party=91510100MA00XX0A0X") == ["SCOPE_UNKNOWN"]

    async with AsyncClient(transport=ASGITransport(application(log, firm)), base_url="http://reports") as client:
        first = await client.get(month)
        again = await client.get(month, headers={"If-None-Match": first.headers["etag"]})
        other = await client.get(month, headers={"If-None-Match": '"0"'})
    assert (first.status_code, again.status_code, again.content, other.status_code) == (200, 304, b"", 200)
    assert other.headers["etag"] == first.headers["etag"] == again.headers["etag"]


async def test_nobody_else_can_stand_in_front_of_a_manifests_certificate(log: Log) -> None:
    """ULIDs and numbers are chosen outside: another issuer may repeat them, also a dozen times."""
    authority, generator = caller_of(AUTHORITY_50, "authority"), caller_of(GENERATOR)
    ulid = trunk(3).rpartition("/")[2]
    async with log.pool.acquire() as conn:
        view = await fetch_view(conn, trunk(3))
        assert view is not None
        others = [f"9151010000000{number:02d}XXX" for number in range(12)]
        at = await projected(conn)
        copies = [
            replace(view, chain=f"manifest/{other}/{ulid}", issued_s=view.issued_s - 60, state=replace(view.state, generator=other))
            for other in others
        ]
        assert await write(conn, at, at, copies, {}, [])
    assert (await ask(log, authority, f"/v1/manifests/{ulid}/bundle")).json() == {"codes": ["MANIFEST_AMBIGUOUS"]}
    for caller in (authority, generator):
        bundle = await ask(log, caller, f"/v1/manifests/{GENERATOR}/{ulid}/bundle")
        assert verify_bytes(bundle.content, "b.json", STORY.bench.found).subject == trunk(3)
        certificate = await ask(log, caller, f"/v1/manifests/{GENERATOR}/{ulid}/certificate.pdf")
        assert verify_bytes(certificate.content, "c.pdf", STORY.bench.found).is_good
    hidden = await ask(log, caller_of(CARRIERS[3]), f"/v1/manifests/{GENERATOR}/{ulid}/bundle")
    assert hidden.json() == {"codes": ["MANIFEST_UNKNOWN"]}


async def test_documents_of_a_running_log(pool: Pool[Record], tmp_path: Path) -> None:
    """Each kind, for whoever may read what it is about, signed by the keys that the process has."""
    story, signers = signed()
    async with running(pool, tmp_path, story.bench.kinds, story.bench.data) as log:
        await replay(log, story.bench.entries)
        authority, generator, stranger = caller_of(AUTHORITY_50, "authority"), caller_of(GENERATOR), caller_of(CARRIERS[3])

        async def told(caller: Caller, path: str) -> tuple[str, str, str]:
            answer = await ask(log, caller, path, signers)
            if answer.status_code != 200:
                assert "codes" in answer.json(), answer.text
                return answer.json()["codes"][0], "", ""
            assert answer.headers["content-type"] == "application/pdf"
            report = verify_bytes(answer.content, "x.pdf", story.bench.found)
            return report.verdict, report.document, layout_in(answer.content)[1]  # type: ignore[index]  # every document says it

        on_the_road, ulid = trunk(2).removeprefix("manifest/"), trunk(2).rpartition("/")[2]
        for caller in (authority, generator, caller_of(CARRIERS[0])):
            assert await told(caller, f"/v1/manifests/{on_the_road}/transit.pdf") == ("good", "transit", "zh")
            assert await told(caller, f"/v1/manifests/{ulid}/transit.pdf?lang=en") == ("good", "transit", "en")
        assert await told(stranger, f"/v1/manifests/{ulid}/transit.pdf") == ("MANIFEST_UNKNOWN", "", "")
        assert await told(generator, f"/v1/manifests/{trunk(4).removeprefix('manifest/')}/transit.pdf") == ("TRANSIT_VOID", "", "")
        assert await told(generator, "/v1/manifests/20265101000005/certificate.pdf?lang=en") == ("good", "certificate", "en")

        decision = f"/v1/approvals/{APPROVAL.removeprefix('approval/')}/excerpt.pdf"
        for caller in (authority, generator, caller_of(RECEIVER)):
            assert await told(caller, decision) == ("good", "approval", "zh")
        assert await told(stranger, decision) == ("EXCERPT_UNKNOWN", "", "")
        by_hand = paper("approval", await approval_bundle(story), signers)
        assert (await ask(log, authority, decision, signers)).content == by_hand, "the entries that moved the lines last, as in the story"

        rows = f"/v1/lists/{LIST.removeprefix('list/')}/excerpt.pdf"
        assert await told(generator, f"{rows}?receiver={RECEIVER}&lang=en") == ("good", "list", "en")
        assert (await ask(log, authority, rows, signers)).content == paper("list", await list_bundle(story), signers)
        foreign = await ask(log, stranger, rows, signers)
        assert bundle_in(foreign.content).count(b"entry") < bundle_in((await ask(log, authority, rows, signers)).content).count(b"entry")
        assert verify_bytes(foreign.content, "x.pdf", story.bench.found).verdict == "good"
        assert await told(generator, f"{rows}?receiver={GENERATOR}") == ("EXCERPT_UNKNOWN", "", "")

        none = "/v1/no-record.pdf"
        assert await told(authority, f"{none}?number=20265101999999") == ("good", "attestation", "zh")
        assert await told(authority, f"{none}?number=20265101000002") == ("ATTESTATION_FOUND", "", "")
        assert await told(generator, f"{none}?generator={GENERATOR}&code=900-052-31&from=2026-09-01&to=2026-09-30&lang=en") == (
            "good", "attestation", "en",
        )  # fmt: skip
        assert await told(generator, f"{none}?generator={GENERATOR}&code=900-052-31&to=2026-10-08") == ("ATTESTATION_FOUND", "", "")
        for caller, query in ((generator, "number=20265101999999"), (generator, f"generator={RECEIVER}"), (authority, "code=900-052-31")):
            assert await told(caller, f"{none}?{query}") == ("ATTESTATION_SCOPE", "", "")
        backwards = f"generator={GENERATOR}&from=2026-11-30&to=2026-10-01"
        assert await told(authority, f"{none}?{backwards}") == ("ATTESTATION_SCOPE", "", ""), "a period that holds no day finds nothing"
        for day in ("from=0001-01-01", "to=2026-02-30", "from=9999-12-31", "from=2026-12-01&to=2026-12-31"):
            told_of = await told(authority, f"{none}?generator={GENERATOR}&{day}")
            assert told_of == ("ATTESTATION_SCOPE", "", ""), f"{day}: no day, or none that the log has reached"
        assert await told(authority, f"{none}?generator={RECEIVER}&to=9999-12-31") == ("good", "attestation", "zh")
        assert await told(authority, f"{none}?generator={GENERATOR[:-1]}A") == ("USCC", "", ""), "nobody has such a code"
        for unseen in ("number=20265101000002%0A", f"generator={GENERATOR}&code=900-052-31%0A", f"generator={GENERATOR}&to=2026-10-31%0A"):
            assert await told(authority, f"{none}?{unseen}") == ("QUERY_FORM", "", ""), "nobody sees it on paper"
        assert (await ask(log, authority, f"{none}?number=20265101999999")).json() == {"codes": ["ISSUER_KEY"]}

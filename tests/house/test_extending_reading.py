"""What ``docs/extending.md`` promises to whoever adds something to read: an endpoint with a filter and a field on paper are two files each."""

from __future__ import annotations

from pathlib import Path

from tests.house.scratch import assert_shown, changed, insert, run, run_tests

COUNT = '''
async def count_views(conn: Conn, search: Search) -> dict[str, int]:
    """How many manifests stand at each stage."""
    groups = search.groups()
    where = " AND ".join(f"terms && ${number}::text[]" for number in range(1, len(groups) + 1))
    sql = f"SELECT stage, count(*) AS found FROM manifest_view WHERE {where} GROUP BY stage ORDER BY stage"  # noqa: S608
    return {row["stage"]: row["found"] for row in await conn.fetch(sql, *groups)}


'''
HANDLER = '''
Consigned = Annotated[str | None, in_query("^[1-8][0-9]$", "移出省份 / province of origin", "51", "from_province")]


class ManifestCounts(Struct, frozen=True, kw_only=True):
    """How many manifests stand at each stage, of those that the caller may see."""

    size: int
    stages: dict[str, int]


@get("/v1/manifests/counts", responses=READ_REFUSALS)
async def get_counts(log: TheLog, caller: TheCaller, from_province: Consigned = None) -> ManifestCounts:
    """Count manifests by stage; of one province of origin, if asked."""
    async with service.projection(log) as now:
        stages = await store.count_views(now.workspace.conn, scoped(Search(from_province=from_province), caller))
    return ManifestCounts(size=now.size, stages=stages)


'''
ENDPOINT_TEST = """
from __future__ import annotations
from pathlib import Path
from asyncpg import Pool, Record
from manifests.routes import ROUTER
from tests.manifests.driver import GENERATOR, STRANGER
from tests.manifests.test_worked_example import Example
from tests.whitelist.web import codes_of, serving

async def test_it(pool: Pool[Record], tmp_path: Path) -> None:
    bench = Example()
    bench.issue()
    bench.depart()
    async with serving(pool, tmp_path, bench, [ROUTER]) as web:
        whole = (await web.get("/v1/manifests/counts")).json()
        assert whole == {"size": len(bench.entries), "stages": {"accepted": 1, "in_transit": 1}}
        assert (await web.get("/v1/manifests/counts?from_province=51", GENERATOR)).json() == whole
        assert (await web.get("/v1/manifests/counts?from_province=50")).json()["stages"] == {}
        assert (await web.get("/v1/manifests/counts", STRANGER)).json()["stages"] == {}, "who may see nothing counts nothing"
        for wrong in ("from_province=5", "from_province=510", "province=51"):
            answer = await web.get(f"/v1/manifests/counts?{wrong}")
            assert codes_of(answer, 400) == ["QUERY_FORM"], wrong
        described = (await web.get("/schema/openapi.json")).json()["paths"]["/v1/manifests/counts"]["get"]
        assert "Count manifests by stage" in described["description"]
"""


def add_endpoint(scratch: Path) -> None:
    """The query in the store, the handler in the routes."""
    insert(scratch / "manifests/store.py", "\nasync def search_views(", COUNT)
    routes = scratch / "manifests/routes.py"
    insert(routes, '\n@get("/v1/manifests/machine"', HANDLER)
    content = routes.read_text(encoding="utf-8")
    content = content.replace("from manifests import service\n", "from manifests import service, store\n")
    content = content.replace("from manifests.search import Search\n", "from manifests.search import Search, scoped\n")
    content = content.replace("from ledger.reading", "from msgspec import Struct\n\nfrom ledger.reading", 1)
    routes.write_text(content.replace("route_handlers=[", "route_handlers=[get_counts, ", 1), encoding="utf-8")
    (scratch / "tests/added/test_endpoint.py").write_text(ENDPOINT_TEST, encoding="utf-8")


FIELD = '    invoice_no: Annotated[Text | None, label("发票编号", "invoice")] = None\n'
FIELD_TEST = """
import io
import json
from pathlib import Path
import pypdf
from ledger.admission.form import read_body
from ledger.bundle import open_bundle
from manifests.acts import Issue
from reports.certificate.render import render_certificate
from reports.kinds import all_kinds
from signing.refusal import Refusal
from tests.reports.story import Story

async def printed(**changes: str) -> str:
    story = Story()
    story.issue(1, **changes)
    story.depart(1)
    story.wait(hours=4)
    story.arrive(1)
    story.receive(1)
    raw = await story.bundle(1)
    pdf = render_certificate(open_bundle(raw, all_kinds()), raw)
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\\n", "")

async def test_it() -> None:
    with_it = await printed(invoice_no="FP-2026-0815")
    assert "发票编号" in with_it and "Invoice" in with_it and "FP-2026-0815" in with_it
    assert "发票编号" not in await printed()
    schema = json.loads(Path("docs/formats/manifest.issue-1.json").read_text(encoding="utf-8"))
    assert "发票编号" in json.dumps(schema, ensure_ascii=False)
    assert "发票编号 invoice" in Path("docs/formats/kinds.md").read_text(encoding="utf-8")
    try:
        read_body({"invoice_no": "\u3164"}, Issue)
    except Refusal as refusal:
        assert ("MISSING", "body.invoice_no") in [(reason.code, reason.field) for reason in refusal.reasons]
"""


def add_field(scratch: Path) -> None:
    """The field in the body, its path in the table of the certificate, whose layout becomes another."""
    insert(scratch / "whitelist/transfer.py", "    insurance_no: ", FIELD)
    fields = scratch / "reports/certificate/fields.py"
    insert(fields, '"insurance_no"', '"invoice_no", ')
    layout, following = (f"LAYOUT = {number}\n" for number in _layouts(fields))
    fields.write_text(fields.read_text(encoding="utf-8").replace(layout, following), encoding="utf-8")
    (scratch / "tests/added/test_field.py").write_text(FIELD_TEST, encoding="utf-8")


def _layouts(fields: Path) -> tuple[int, int]:
    [line] = [line for line in fields.read_text(encoding="utf-8").splitlines() if line.startswith("LAYOUT = ")]
    number = int(line.removeprefix("LAYOUT = "))
    return number, number + 1


def test_an_endpoint_and_a_printed_field_are_added_where_the_page_says(scratch: Path) -> None:
    add_endpoint(scratch)
    assert changed(scratch) == ["manifests/routes.py", "manifests/store.py"]
    assert_shown(scratch, "An endpoint with a filter")
    add_field(scratch)
    assert changed(scratch) == ["manifests/routes.py", "manifests/store.py", "reports/certificate/fields.py", "whitelist/transfer.py"]
    assert_shown(scratch, "An optional field that the certificate prints")
    run(scratch, "liandan.schemas")
    run_tests(scratch, "tests/added", "tests/house/test_acts.py", "tests/liandan/test_schemas.py::test_docs_formats_is_what_the_types_say")

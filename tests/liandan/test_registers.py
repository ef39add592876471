"""Registers and dossiers over real HTTP and by command: who may have whose, in which form, the same bytes as from an export, and what is refused."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import xlsxwriter
from click.testing import CliRunner

from liandan.cli.dossier import dossier as dossier_command
from liandan.cli.register import register as command
from reports.attachment import bundle_in
from reports.verify import verify_bytes
from signing.envelope import freeze
from tests.liandan.serving import http
from tests.liandan.test_reading import token_of
from tests.reports.month import october
from tests.reports.story import CARRIERS, GENERATOR, RECEIVER
from tests.workbench import AUTHORITY_50, AUTHORITY_51, OPERATOR, uscc

STORY = october()


@pytest.fixture(scope="module")
async def still(shared_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """A client of one server for all tests here, on which October has happened."""
    async with http(shared_database_url, tmp_path_factory.mktemp("registers")) as client:
        for entry in STORY.bench.entries:
            answer = await client.post("/v1/statements", content=freeze(entry.envelope), headers={"Liandan-Now": entry.admission.at})
            assert answer.status_code == 201, answer.text
        yield client


async def test_a_firm_has_its_own_and_an_authority_those_of_its_region(still: httpx.AsyncClient) -> None:
    generator, receiver, carrier, origin, destination, operator = [
        await token_of(still, party) for party in (GENERATOR, RECEIVER, CARRIERS[0], AUTHORITY_51, AUTHORITY_50, OPERATOR)
    ]
    own = await still.get("/v1/registers/generator/2026-10", headers=generator)
    assert own.status_code == 200, own.text
    assert (own.json()["party"], own.json()["total"]["departed_t"]) == (GENERATOR, "39.200000")
    assert (await still.get("/v1/registers/receiver/2026-10.json", headers=receiver)).json()["total"]["accepted_t"] == "31.076000"
    assert (await still.get("/v1/registers/carrier/2026.json", headers=carrier)).json()["total"]["carried_t"] == "44.800000"
    assert (await still.get(f"/v1/registers/c1/2026-10?party={GENERATOR}", headers=origin)).json()["party"] == GENERATOR
    assert (await still.get(f"/v1/registers/receiver/2026?party={RECEIVER}", headers=destination)).json()["party"] == RECEIVER
    for who, party in ((destination, GENERATOR), (origin, RECEIVER), (generator, RECEIVER), (carrier, GENERATOR), (operator, GENERATOR)):
        refused = await still.get(f"/v1/registers/c1/2026-10?party={party}", headers=who)
        assert (refused.status_code, refused.json()["code"]) == (403, "REGISTER_SCOPE")
    assert (await still.get("/v1/registers/c1/2026-10")).json()["code"] == "TOKEN_MISSING"


async def test_files_are_called_by_what_they_are(still: httpx.AsyncClient) -> None:
    token = await token_of(still, RECEIVER)
    for path, media, name in (
        ("c1/2026-10.xlsx", "application/vnd.openxml", f"register-c1-2026-10-{RECEIVER}.xlsx"),
        ("receiver/2026-10.pdf?lang=en", "application/pdf", f"register-receiver-2026-10-{RECEIVER}.en.pdf"),
        ("receiver/2026.xlsx", "application/vnd.openxml", f"register-receiver-2026-{RECEIVER}-provisional.xlsx"),
    ):
        answer = await still.get(f"/v1/registers/{path}", headers=token)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith(media)
        assert answer.headers["content-disposition"].endswith(f'filename="{name}"')
        assert answer.headers["cache-control"] == "private, no-store"
        assert (await still.head(f"/v1/registers/{path}", headers=token)).status_code == 200


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("c1/2026-13", "MONTH_FORM"),
        ("c1/26.xlsx", "MONTH_FORM"),
        ("c1/2026.csv", "MONTH_FORM"),
        ("c1/2026-10.pdf", "REGISTER_FORM"),
        ("stock/2026-10", "QUERY_FORM"),
        ("receiver/2026?party=915101120000FX0290", "USCC"),
        ("receiver/2026?firm=x", "QUERY_FORM"),
        ("receiver/2026?lang=fr", "QUERY_FORM"),
    ],
)
async def test_what_is_malformed(still: httpx.AsyncClient, path: str, code: str) -> None:
    answer = await still.get(f"/v1/registers/{path}", headers=await token_of(still, AUTHORITY_50))
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_an_export_gives_the_same_bytes(still: httpx.AsyncClient, tmp_path: Path) -> None:
    token = await token_of(still, RECEIVER)
    export, out = tmp_path / "export", tmp_path / "out"
    for name, content in STORY.bench.export().items():
        path = export / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for register, forms in (("receiver", ("json", "xlsx", "pdf")), ("c1", ("json", "xlsx"))):
        words = [register, "2026-10", "--party", RECEIVER, "--from", str(export), "--out", str(out)]
        result = await asyncio.to_thread(CliRunner().invoke, command, words)
        assert result.exit_code == 0, result.output
        for form in forms:
            content = (out / f"register-{register}-2026-10-{RECEIVER}.{form}").read_bytes()
            assert content == (await still.get(f"/v1/registers/{register}/2026-10.{form}", headers=token)).content


def test_of_files_the_firm_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["c1", "2026", "--from", str(tmp_path)])
    assert (result.exit_code, "--party" in result.output) == (2, True)


def made_in_october() -> bytes:
    """A book of what was produced (HJ 1259 B.1), two rows of heads."""
    upper = ("序号", "产生批次编码", "产生时间", "危险废物名称", "", "危险废物类别", "危险废物代码", "产生量", "计量单位")
    lower = ("", "", "", "行业俗称/单位内部名称", "国家危险废物名录名称", "", "", "", "")
    rows = [
        (number, f"CS{number}", f"2026-10-{number:02d}", "废铅蓄电池", "废铅蓄电池", "HW31", "900-052-31", mass, "吨")
        for number, mass in ((3, 12.5), (9, 7.000001))
    ]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("产生")
    for at, row in enumerate((upper, lower, *rows)):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


async def test_c1_is_filled_from_the_firms_own_books(still: httpx.AsyncClient) -> None:
    generator, origin = await token_of(still, GENERATOR), await token_of(still, AUTHORITY_51)
    before = (await still.get("/v1/registers/c1/2026-10", headers=generator)).content
    answer = await still.post("/v1/books?name=b1.xlsx&month=2026-10", content=made_in_october(), headers=generator)
    assert (answer.status_code, answer.json()["findings"]) == (200, []), answer.text
    for who in (generator, origin):
        rows = {row["code"]: row for row in (await still.get(f"/v1/registers/c1/2026-10?party={GENERATOR}", headers=who)).json()["rows"]}
        battery = rows["900-052-31"]
        assert (battery["produced_t"], battery["lacking"]) == ("19.500001", ["own_method", "own_g", "stock_opening_g", "stock_closing_g"])
        assert battery["sources"]["produced_g"].startswith("B1 2026-10 ")
        assert battery["sources"]["produced_g"].endswith("产生!3 … 产生!4 (2)")
        assert "produced_t" not in rows["384-004-31"], "of another waste the book says nothing"
    year = (await still.get("/v1/registers/c1/2026", headers=generator)).json()["rows"]
    assert all("produced_t" not in row for row in year), "one month of a year is not its sum"
    assert (await still.get("/v1/registers/c1/2026-10?books=false", headers=generator)).content == before, (
        "the log alone, as an export has it"
    )


DAYS = "from=2026-09-01&to=2026-10-31"


async def test_a_dossier_is_for_authorities_and_the_firm_itself(still: httpx.AsyncClient) -> None:
    generator, receiver, origin, destination, operator = [
        await token_of(still, party) for party in (GENERATOR, RECEIVER, AUTHORITY_51, AUTHORITY_50, OPERATOR)
    ]
    for who in (origin, destination, generator):
        answer = await still.get(f"/v1/dossiers/{GENERATOR}?{DAYS}", headers=who)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == f'inline; filename="dossier-{GENERATOR}-2026-09-01-2026-10-31.pdf"'
        report = verify_bytes(answer.content, "d.pdf", STORY.bench.found)
        assert (report.verdict, report.document, report.subject) == ("good", "dossier", f"party/{GENERATOR}")
    evidence = await still.get(f"/v1/dossiers/{GENERATOR}.json?{DAYS}", headers=origin)
    assert evidence.content == bundle_in((await still.get(f"/v1/dossiers/{GENERATOR}.pdf?{DAYS}&lang=en", headers=origin)).content)
    for who in (receiver, operator):
        refused = await still.get(f"/v1/dossiers/{GENERATOR}?{DAYS}", headers=who)
        assert (refused.status_code, refused.json()["code"]) == (403, "DOSSIER_SCOPE")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (GENERATOR, 400, "DOSSIER_PERIOD"),
        (f"{GENERATOR}?from=2026-10-31&to=2026-10-01", 400, "DOSSIER_PERIOD"),
        (f"{GENERATOR}?from=2026-02-30&to=2026-10-01", 400, "DOSSIER_PERIOD"),
        (f"{GENERATOR}?from=2026&to=2026-10-01", 400, "QUERY_FORM"),
        (f"{GENERATOR}.xlsx?{DAYS}", 400, "USCC"),
        (f"915101120000FX0290?{DAYS}", 400, "USCC"),
        (f"{uscc('510112', 77)}?{DAYS}", 404, "DOSSIER_UNKNOWN"),
    ],
)
async def test_dossiers_that_are_none(still: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await still.get(f"/v1/dossiers/{path}", headers=await token_of(still, AUTHORITY_51))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_export_gives_the_same_dossier(still: httpx.AsyncClient, tmp_path: Path) -> None:
    token, note = await token_of(still, AUTHORITY_51), (await still.get("/checkpoint")).content
    export, out = tmp_path / "export", tmp_path / "dossier.pdf"
    for name, content in (STORY.bench.export() | {"checkpoint": note}).items():
        path = export / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    words = [GENERATOR, "--from", "2026-09-01", "--to", "2026-10-31", "--export", str(export), "--out", str(out)]
    result = await asyncio.to_thread(CliRunner().invoke, dossier_command, words)
    assert result.exit_code == 0, result.output
    assert out.read_bytes() == (await still.get(f"/v1/dossiers/{GENERATOR}?{DAYS}", headers=token)).content

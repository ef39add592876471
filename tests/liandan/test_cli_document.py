"""``liandan certificate``, ``transit``, ``excerpt``, ``no-record``: each asks the server for its own document, in the language wanted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from liandan.cli import main
from tests.workbench import uscc

asked: list[tuple[str, dict[str, object]]] = []


class Served:
    """A server that answers with what it was asked for."""

    async def get(self, path: str, **query: object) -> bytes:
        asked.append((path, {name: value for name, value in query.items() if value is not None}))
        return b"%PDF"


GENERATOR, RECEIVER = uscc("510112", 1), uscc("500118", 2)


@asynccontextmanager
async def opened(**_: object) -> AsyncIterator[Served]:
    yield Served()


@pytest.mark.parametrize(
    ("arguments", "path", "query", "file"),
    [
        (["certificate", "20265101000123"], "/v1/manifests/20265101000123/certificate.pdf", {"lang": "zh"}, "20265101000123.pdf"),
        (["transit", "G/U", "--lang", "en"], "/v1/manifests/G/U/transit.pdf", {"lang": "en"}, "U.transit.pdf"),
        (["excerpt", "approval/G/U"], "/v1/approvals/G/U/excerpt.pdf", {"lang": "zh"}, "U.excerpt.pdf"),
        (
            ["excerpt", "list/2026-51-50-cy", "--receiver", RECEIVER],
            "/v1/lists/2026-51-50-cy/excerpt.pdf",
            {"lang": "zh", "receiver": RECEIVER},
            "2026-51-50-cy.excerpt.pdf",
        ),
        (
            ["no-record", "--number", "20265101999999"],
            "/v1/no-record.pdf",
            {"lang": "zh", "number": "20265101999999"},
            "no-record-20265101999999.pdf",
        ),
        (
            [
                "no-record",
                "--generator",
                GENERATOR,
                "--code",
                "900-052-31",
                "--from",
                "2026-10-01",
                "--to",
                "2026-10-31",
                "--out",
                "none.pdf",
            ],
            "/v1/no-record.pdf",
            {"lang": "zh", "generator": GENERATOR, "code": "900-052-31", "from": "2026-10-01", "to": "2026-10-31"},
            "none.pdf",
        ),
    ],
)
def test_each_command_keeps_the_document_of_its_address(
    arguments: list[str], path: str, query: dict[str, object], file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("certificate", "document"):
        monkeypatch.setattr(f"liandan.cli.{module}.open_reader", opened)
    monkeypatch.chdir(tmp_path)
    asked.clear()
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0, answer.output
    assert asked == [(path, query)]
    assert (tmp_path / file).read_bytes() == b"%PDF"


@pytest.mark.parametrize("arguments", [["excerpt", "manifest/G/U"], ["excerpt", "approval/G/U", "--receiver", RECEIVER]])
def test_an_excerpt_is_of_a_decision_or_a_list(arguments: list[str]) -> None:
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 2
    assert "approval/" in answer.output


def test_a_reader_without_a_key_is_told_which_option_names_it(tmp_path: Path) -> None:
    for command in (["transit", "20265101000123"], ["certificate", "20265101000123"], ["manifest", "list"]):
        answer = CliRunner(env={"LIANDAN_DATA_DIR": str(tmp_path)}).invoke(main, [*command, "--url", "http://127.0.0.1:9"])
        assert (answer.exit_code, "--key" in answer.output) == (2, True), answer.output

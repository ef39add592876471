"""Makes ``reports/alphabets.py`` anew from the certificates of the tests: ``python -m tests.reports.alphabets``. Other bytes: raise LAYOUT."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from ledger.bundle import open_bundle
from manifests import acts
from reports.certificate.render import render_certificate
from reports.issuing import Signers
from reports.kinds import all_kinds
from reports.paper import sheet
from reports.paper.tongue import TONGUES, Tongue
from reports.transit import render_transit
from tests.house.source import ROOT
from tests.reports.story import Story, ordinary, worst

Render = Callable[[Any, bytes, Signers, Tongue], bytes]


def stories() -> list[tuple[Story, int, Signers]]:
    """The ordinary one, signed, first: its order is the alphabet's. Then what is unlike it."""
    story = Story()
    keys = [story.issuer(), story.issuer("claim")]
    story.ordinary(123)
    declined = Story()
    declined.issue(9)
    none = acts.ReceivedLine(line=0, opinion="reject", accepted_t="0", reason_code="no_capacity", reason="库容已满")
    declined.receive(9, [none], weighing=acts.Weighing(method="weighbridge"))
    return [(story, 123, {key.keyid: key.sign for key in keys}), (ordinary(), 123, {}), (worst(), 900, {}), (declined, 9, {})]


def drawn(render: Render, story: Story, serial: int, signers: Signers, tongue: Tongue) -> str:
    """Characters that a document draws, in order, each once."""
    raw = asyncio.run(story.bundle(serial))
    found: dict[str, None] = {}
    written = sheet._shown

    def shown(canvas: Any, size: float, x: float, y: float, text: str) -> str:
        found.update(dict.fromkeys(text))
        return written(canvas, size, x, y, text)

    sheet._shown = shown
    try:
        render(open_bundle(raw, all_kinds()), raw, signers, tongue)
    finally:
        sheet._shown = written
    return "".join(found)


def alphabet(render: Render, tongue: Tongue) -> str:
    """What the documents of all stories draw: hashes and numbers first, which any document may have."""
    first, *others = [drawn(render, *told, tongue) for told in stories()]
    return "".join(character for character in first if all(character in other for other in others))


def main() -> None:
    """Write the module."""
    found = {("certificate", tongue): alphabet(render_certificate, tongue) for tongue in TONGUES}
    found |= {("transit", tongue): alphabet(render_transit, tongue) for tongue in TONGUES}
    lines = [
        '"""What nearly every document of a kind draws: its own labels, hashes and numbers, and no more, for a document embeds all of it.',
        "",
        "Made by ``python -m tests.reports.alphabets`` from the documents of the tests: the characters that all of them draw, in the order in which",
        "one draws them, so that a label seldom changes fonts in its middle. Another alphabet gives other bytes: raise the LAYOUT with it.",
        '"""',
        "",
        "from collections.abc import Mapping",
        "",
        "from reports.paper.embedding import Alphabet",
        "from reports.paper.tongue import Tongue",
        "",
        "ALPHABETS: Mapping[tuple[str, Tongue], Alphabet] = {",
    ]
    for (name, tongue), characters in found.items():
        lines.append(f'    ("{name}", "{tongue}"): (')
        for at in range(0, len(characters), 60):
            written = characters[at : at + 60].replace("\\", "\\\\").replace('"', '\\"').replace("\u3000", "\\u3000")
            lines.append(f'        "{written}"')
        lines.append("    ),")
    (ROOT / "reports/alphabets.py").write_text("\n".join((*lines, "}", "")), encoding="utf-8")


if __name__ == "__main__":
    main()

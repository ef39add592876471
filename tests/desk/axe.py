"""axe-core, which looks for what keeps people from using a page (WCAG 2.2), for the tests alone; fetched like pdf.js (tests/browser/package.py).

``python -m tests.desk.axe`` fetches it, once; ``make test`` does so first.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.browser.package import Package

PACKAGE = Package(
    name="axe-core",
    version="4.14.1",
    integrity="FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
    parts=("LICENSE", "axe.min.js"),
    kept_as="axe",
)
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """(async () => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: %s }, resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.map((node) => node.html.slice(0, 160)).join(" | "));
})()"""


def violations(page: Any) -> list[str]:
    """What axe finds on a page as it stands, one line each; through the browser's own door, as the page's policy lets no script in."""
    source = (PACKAGE.folder / "axe.min.js").read_text(encoding="utf-8")
    door = page.context.new_cdp_session(page)
    door.send("Runtime.evaluate", {"expression": source})
    answer = door.send("Runtime.evaluate", {"expression": _RUN % _TAGS, "awaitPromise": True, "returnByValue": True})
    door.detach()
    if "exceptionDetails" in answer:
        raise AssertionError(answer["exceptionDetails"])
    found: list[str] = answer["result"]["value"]
    return found


if __name__ == "__main__":
    if said := PACKAGE.fetch():
        print(said, file=sys.stderr)  # noqa: T201  # a step of make

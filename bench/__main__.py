"""``python -m bench``: every figure we claim, beside the limit it is measured against in the same run."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec

from bench import (
    actions,
    append,
    audit,
    book_limits,
    certificates,
    checks,
    desk,
    desk_lists,
    http,
    matching,
    published,
    ready,
    rebuild,
    reconcile,
    searches,
    sheets,
    suites,
    totals,
    verify_page,
    webhooks,
    whatif,
    work,
)
from bench.figures import Figure
from liandan.process import tune

SECTIONS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "append": append.measure,
    "audit": audit.measure,
    "http": http.measure,
    "published": published.measure,
    "certificates": certificates.measure,
    "verify_page": verify_page.measure,
    "webhooks": webhooks.measure,
    "searches": searches.measure,
    "actions": actions.measure,
    "sheets": sheets.measure,
    "book_limits": book_limits.measure,
    "ready": ready.measure,
    "reconcile": reconcile.measure,
    "matching": matching.measure,
    "rebuild": rebuild.measure,
    "work": work.measure,
    "desk": desk.measure,
    "desk_lists": desk_lists.measure,
    "whatif": whatif.measure,
    "checks": checks.measure,
    "totals": totals.measure,
    "suites": suites.measure,
}


def main() -> None:
    """Run the sections asked for and write ``bench-out/figures.json``."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], help="all without arguments")
    parser.add_argument("--manifests", type=int, default=1500, help="lives of manifests in the load, 6 statements each")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--export", type=Path, help="audit, reconcile, whatif: keep what is generated here, or use what is here")
    options = parser.parse_args()
    tune()  # a load that collects for 50 ms measures itself
    sections = {
        **SECTIONS,
        "audit": partial(audit.measure, export=options.export),
        "reconcile": partial(reconcile.measure, export=options.export),
        "whatif": partial(whatif.measure, export=options.export),
    }
    figures: list[Figure] = []
    for name in options.sections or SECTIONS:
        print(f"== {name}", flush=True)
        for figure in sections[name](options.manifests):
            print(figure.line(), flush=True)
            figures.append(figure)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "figures.json").write_text(json.dumps(msgspec.to_builtins(figures), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()

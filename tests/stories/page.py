"""The page of the lives: which file shows what. ``python -m tests.stories.page`` writes ``README.md`` anew."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.stories.life import Life, read_lives

PAGE = Path(__file__).with_name("README.md")
FAULTS = Path(__file__).with_name("faults.toml")
BEGIN = "<!-- tables: python -m tests.stories.page -->\n"


class Fault(Struct, frozen=True, forbid_unknown_fields=True):
    """What goes wrong elsewhere again and again, and the tests that hold it off here; ``open`` is what is not built."""

    fault: str
    tests: tuple[str, ...]
    open: str = ""


def read_faults() -> dict[str, Fault]:
    """By their number."""
    return msgspec.toml.decode(FAULTS.read_bytes(), type=dict[str, Fault])


def tables(lives: dict[str, Life]) -> str:
    """Which file tells what, and for every item of the sources the files that show it."""
    shown: defaultdict[str, list[str]] = defaultdict(list)
    for name, life in lives.items():
        for source in life.sources:
            shown[source].append(name)
    rows = ["| file　文件 | what happens　经过 | shows　所示 |", "|---|---|---|"]
    rows += [f"| [{name}](lives/{name}.toml) | {life.zh} | {' · '.join(life.sources)} |" for name, life in lives.items()]
    rows += ["", "| item　条目 | shown by　文件 |", "|---|---|"]
    rows += [f"| {source} | {' · '.join(names)} |" for source, names in sorted(shown.items(), key=lambda one: _in_order(one[0]))]
    rows += ["", "## Recurring faults　反复出现的毛病", "", "| no. | fault　毛病 | held by　由此看住 |", "|---|---|---|"]
    for number, known in read_faults().items():
        held = [f"[{name[5:]}](lives/{name[5:]}.toml)" if name.startswith("life:") else f"`tests/{name}`" for name in known.tests]
        rows.append(f"| {number} | {known.fault}{'。' + known.open if known.open else ''} | {' · '.join(held)} |")
    return "\n".join(rows) + "\n"


def _in_order(source: str) -> list[tuple[int, str]]:
    """Numbers in a text as numbers."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in source.replace("(", " ").replace(")", " ").split()]


def page() -> str:
    """The page with its tables as they are now."""
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return head + BEGIN + "\n" + tables(read_lives())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

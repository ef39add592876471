"""The readers of this page as an ES module, for whoever signs in a browser: the same sources, put together the other way round.

``core.js`` holds the readers and exports whatever they declare; ``tables.js`` what they must know of the house, and what people call the
fields of every act (``ledger.labels``), so that a signing sheet needs no word from a server; ``texts.js`` what every code means, which is read
only where something was refused.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.labels import fields_of

_MADE = "// Put together from the readers of the verification page (liandan/verify_page): change those.\n"
_DECLARED = re.compile(r"^(?:async )?(?:function|const|class) (\w+)", re.MULTILINE)
_NOBLE = 'const nobleEd25519 = () => import("../vendor/noble-ed25519.js");'
"""Fetched where WebCrypto lacks Ed25519, and nowhere else."""
_UNSENT = re.compile(r"^ *(?:(?://.*|/\*\*.*\*/)\n)?", re.MULTILINE)
"""Indentation, and lines that are a comment and nothing else: a phone need not fetch them, and whoever reads has the sources."""


def labels_of(kinds: Kinds) -> dict[str, Any]:
    """By kind and path of a field: its Chinese and English label, and the Chinese word of each value it may have, if it has few."""
    return {
        name: {field.path: [field.zh, field.en, *([dict(field.words)] if field.words else [])] for field in fields_of(kind.body)}
        for name, kind in sorted(kinds.by_name.items())
    }


def tables_module(tables: dict[str, Any]) -> str:
    """``tables.js``."""
    lines = [f"export const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};" for name, value in tables.items()]
    return "\n".join([_MADE, *lines, ""])


def core_module(parts: list[str], tables: list[str]) -> str:
    """``core.js`` of the readers' sources."""
    names = sorted({name for part in parts for name in _DECLARED.findall(part)})
    known = f'import {{ {", ".join(tables)} }} from "./tables.js";'
    return "\n".join([_MADE, known, _NOBLE, *map(_sent, parts), f"export {{ {', '.join(names)}, {', '.join(tables)} }};", ""])


def _sent(part: str) -> str:
    """A source as it is sent. ValueError where a text runs over lines: of such a one blanks and slashes would be missed."""
    if any(line.count("`") % 2 for line in part.splitlines()):
        raise ValueError("a text of more than one line stands in a reader")
    return _UNSENT.sub("", part)

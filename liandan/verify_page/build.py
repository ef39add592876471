"""Assemble ``verify.html`` from the sources beside this file: the same sources and the same house give the same bytes.

Scripts stand inside, as modules do not load from disk; the page's policy names their hashes and allows nothing else, so no byte that is
checked can leave. What the page must know of the house (kinds, grammars of chains, schemas, texts) is written into it from the very
tables that the program runs by. ``python -m liandan.verify_page.build`` after any of them has changed; a test compares.
"""

import json
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.chain import USCC
from liandan.schemas import kind_schema
from liandan.verify_page import PAGE
from liandan.verify_page.module import core_module, labels_of, tables_module
from manifests.model import STAGES
from reports.documents import ATTESTATION, DOCUMENTS, title_of
from reports.kinds import all_kinds
from reports.rulebook import all_texts
from reports.words import ROUTES
from signing.possession import SUITE_WORDS
from signing.refusal import Refusal

HERE = Path(__file__).resolve().parent
READERS = (
    "bytes", "inflate", "asn1", "json", "sm2", "suites", "note", "policy", "schema", "statements", "manifest", "corrections", "bundle", "anchor", "paper", "claim",
    "receipts", "unlogged", "verdict",
)  # fmt: skip
"""Scripts that read and judge bytes: each uses only what stands before it, but for calls at run time. The desk signs by these, too."""
PARTS = ("kept", *READERS, "words", "show", "camera", "store", "page")
"""Scripts, in the order in which they stand in the page."""
_DROPPED = (
    "$schema", "$id", "title", "description", "default", "examples", "format", "contentEncoding", "contentMediaType", "x-liandan", "x-words",
)  # fmt: skip
READ = {
    "$defs", "$ref", "type", "properties", "required", "additionalProperties", "items", "anyOf", "propertyNames", "enum", "const", "pattern",
    "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minimum", "maximum", "exclusiveMinimum",
    "uniqueItems", "x-check", "x-check-code", "x-code", "x-codes", "x-long", "x-later",
}  # fmt: skip
"""What ``schema.js`` reads: a promise of a schema that it would pass over must stop the building."""
_CODE = re.compile(r'"([A-Z][A-Z0-9_]{2,})"')
_EXPORT = re.compile(r"^export \{ (.*?),? \};$", re.MULTILINE)


def _small(schema: Any, *, names: bool = False) -> Any:  # any part of a JSON Schema
    """A schema without what people read; ``names``: its keys are names of fields, not words of JSON Schema."""
    if isinstance(schema, list):
        return [_small(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept = schema if names else {word: part for word, part in schema.items() if word not in _DROPPED}
    if not names and (unread := kept.keys() - READ):
        raise ValueError(f"schema.js does not read {sorted(unread)}")
    return {word: _small(part, names=not names and word in ("properties", "$defs", "x-codes")) for word, part in kept.items()}


def _grammar(pattern: str) -> str:
    """A grammar of chains with every party as a named group, which both languages spell otherwise."""
    first, *rest = pattern.split(USCC)
    return first + "".join(f"(?<party{number}>{USCC}){part}" for number, part in enumerate(rest))


def _codes(value: Any) -> set[str]:  # any part of a JSON Schema
    if isinstance(value, dict):
        return set().union(*(_codes(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(_codes(part) for part in value))
    return {value} if isinstance(value, str) else set()


def tables(kinds: Kinds, scripts: str) -> dict[str, Any]:
    """What the page knows of the house, by the names that the scripts use."""
    by_name = dict(sorted(kinds.by_name.items()))
    types = sorted({kind.chain_type for kind in by_name.values()})
    schemas = {name: _small(kind_schema(kind, kinds)) for name, kind in by_name.items()}
    texts, codes = all_texts(), set(_CODE.findall(scripts)) | _codes(schemas)
    return {
        "KINDS": {
            name: {
                "types": list(kind.chain_types),
                "opens": kind.opens,
                **({"chain": kind.chain} if kind.chain else {}),
                "zh": kind.zh,
                "en": kind.en,
            }
            for name, kind in by_name.items()
        },
        "CHAINS": {name: _grammar(pattern.pattern) for name in types if (pattern := kinds.chain_pattern(name)) is not None},
        "RULESETS": {version: [name for name in by_name if not _is_known(kinds, name, version)] for version in sorted(kinds.rulesets)},
        "SCHEMAS": schemas,
        "TEXTS": {code: [texts[code].zh, texts[code].en, texts[code].do_zh, texts[code].do_en] for code in sorted(codes & texts.keys())},
        "STAGES": dict(STAGES),
        "ROUTES": dict(ROUTES),
        "SUITE_NAMES": dict(SUITE_WORDS),
        "TITLES": {name: title_of(name) for name in (*DOCUMENTS, ATTESTATION)},
    }


def _is_known(kinds: Kinds, name: str, version: str) -> bool:
    try:
        kinds.of(name, version)
    except Refusal:
        return False
    return True


def _source(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _script(kinds: Kinds) -> str:
    parts = [_source(f"{name}.js") for name in PARTS]
    constants = [
        f"const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};"
        for name, value in tables(kinds, "".join(parts)).items()
    ]
    return "\n".join(['(() => {\n"use strict";', *constants, *parts, "})();"])


def _noble() -> str:
    """noble-ed25519 as it is published, but for its last line: a module would not load from disk."""
    source, count = _EXPORT.subn(lambda found: f"globalThis.nobleEd25519 = {{ {found[1]} }};", _source("vendor/noble-ed25519.js"))
    if count != 1:
        raise ValueError("noble-ed25519 no longer ends with one export")
    return f"(() => {{\n{source}}})();"


def policy(scripts: list[str], style: str) -> str:
    """Content-Security-Policy: these scripts and this style by their hashes; nothing is loaded, sent, framed or submitted."""
    hashes = [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in (*scripts, style)]
    return (
        f"default-src 'none'; script-src {' '.join(hashes[:-1])}; style-src {hashes[-1]}; img-src data:; manifest-src 'self'; "
        "worker-src 'self'; base-uri 'none'; form-action 'none'"
    )


def build(kinds: Kinds) -> str:
    """The page."""
    style = _source("style.css")
    kept = {"script": _script(kinds), "noble": _noble(), "jsqr": _source("vendor/jsQR.js")}
    for name, text in kept.items():
        if re.search(r"</script|<!--", text, re.IGNORECASE):
            raise ValueError(f"{name} would end or hide its own element")
    licences = "".join(_source(f"vendor/{name}.LICENSE") for name in ("noble-ed25519", "jsQR"))
    filling = {
        **kept,
        "style": style,
        "policy": policy(list(kept.values()), style),
        "licences": licences.replace("&", "&amp;").replace("<", "&lt;"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: filling[found[1]], _source("page.html"))


def modules(kinds: Kinds) -> dict[str, str]:
    """The readers as modules, with what they need, by their paths under the desk's static files."""
    parts = [_source(f"{name}.js") for name in READERS]
    known = {**tables(kinds, "".join(parts)), "LABELS": labels_of(kinds)}
    texts = {"TEXTS": known.pop("TEXTS")}  # no reader uses them: they are for whoever shows a refusal
    return {
        "island/core.js": core_module(parts, list(known)),
        "island/tables.js": tables_module(known),
        "island/texts.js": tables_module(texts),
        "vendor/noble-ed25519.js": _source("vendor/noble-ed25519.js"),
        "vendor/jsQR.js": _source("vendor/jsQR.js"),
    }


def main() -> None:
    """Write the page."""
    PAGE.write_text(build(all_kinds()), encoding="utf-8")


if __name__ == "__main__":
    main()

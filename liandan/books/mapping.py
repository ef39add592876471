"""How one sender's export is to be read: which of its heads is which of our fields (对照文件). Saved once a sender; none is built in, for the heads
of the national platform and of firms' own systems are not known here. TOML or JSON.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct

from liandan.intake.masses import unit_in
from liandan.intake.model import TemplateColumn, TemplateSheet
from signing.phrase import Phrase
from signing.refusal import Reason, Refusal, refuse

SORTS: Mapping[str, str] = {
    "manifest_no": "number", "number": "number", "batch": "number", "day": "moment", "time": "clock", "departed_at": "moment", "received_at": "moment",
    "waste": "text", "internal_name": "text", "code": "code", "category": "category", "hazards": "text", "form": "text", "packing": "text",
    "packs": "whole", "components": "text", "mass": "mass", "weighed": "mass", "accepted": "mass", "gross": "mass", "tare": "mass", "unit": "unit",
    "generator": "uscc", "generator_name": "name", "receiver": "uscc", "receiver_name": "name", "carrier": "uscc", "carrier_name": "name",
    "partner": "uscc", "partner_name": "name", "permit_no": "number", "decision_no": "number", "plate": "text", "method": "text", "side": "text",
    "drop": "dropped",
}  # fmt: skip
"""Fields that a head may be, and how its cells are read. ``drop``: known and never kept, as the names of persons are."""
WORDS: Mapping[str, Phrase] = {
    "manifest_no": Phrase("联单编号", "number of the manifest"), "number": Phrase("磅单号或本行编号", "number of the row or ticket"),
    "batch": Phrase("批次编码", "batch"), "day": Phrase("日期（可带时间）", "day, perhaps with its time"), "time": Phrase("时间", "time of day"),
    "departed_at": Phrase("起运时间", "departed at"), "received_at": Phrase("接受时间", "received at"), "waste": Phrase("废物名称", "waste"),
    "internal_name": Phrase("单位内部名称", "internal name"), "code": Phrase("废物代码", "waste code"), "category": Phrase("废物类别", "category"),
    "hazards": Phrase("危险特性", "hazards"), "form": Phrase("形态", "form"), "packing": Phrase("包装方式", "packing"), "packs": Phrase("包装数量", "packs"),
    "components": Phrase("有害成分", "components"), "mass": Phrase("数量（净重）", "mass, net"), "weighed": Phrase("折合重量", "mass of what is counted in pieces"),
    "accepted": Phrase("接受量", "accepted mass"), "gross": Phrase("毛重", "gross"), "tare": Phrase("皮重", "tare"), "unit": Phrase("计量单位", "unit"),
    "generator": Phrase("移出人代码", "generator's USCC"), "generator_name": Phrase("移出人名称", "generator's name"),
    "receiver": Phrase("接受人代码", "receiver's USCC"), "receiver_name": Phrase("接受人名称", "receiver's name"),
    "carrier": Phrase("承运人代码", "carrier's USCC"), "carrier_name": Phrase("承运人名称", "carrier's name"),
    "partner": Phrase("对方代码", "other side's USCC"), "partner_name": Phrase("对方名称", "other side's name"),
    "permit_no": Phrase("许可证编号", "permit number"), "decision_no": Phrase("跨省转移批准文号", "number of the decision"), "plate": Phrase("号牌", "plate"),
    "method": Phrase("利用处置方式", "method"), "side": Phrase("移出或接受", "out or in"), "drop": Phrase("不保存", "neither read nor kept"),
}  # fmt: skip
FIELDS: Mapping[str, str] = {word.zh: field for field, word in WORDS.items()}
SIDES: Mapping[str, Literal["out", "in"]] = {"移出": "out", "接受": "in"}
OF_KIND: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "platform": (
        ("manifest_no",),
        ("code",),
        ("mass",),
        ("day", "departed_at"),
        ("generator", "generator_name"),
        ("receiver", "receiver_name"),
    ),
    "enterprise": (("code",), ("mass",), ("day", "departed_at", "received_at")),
    "tickets": (("day",), ("mass",)),
}
"""What a table of a kind cannot do without: of each group one."""
CLOCK = re.compile("([01][0-9]|2[0-3]):[0-5][0-9]")
SENDER = re.compile(r"[^\x00-\x1f\x7f/\\]{1,64}")
COLUMNS_MAX, WORDS_MAX, TEXT_MAX, FILE_MAX = 64, 200, 200, 256 * 1024
TOLD_MAX = 120_000
"""Bytes of a mapping as JSON: so it is told to the process that reads by it, and an argument of a process holds 128 KiB (Linux, MAX_ARG_STRLEN)."""


class BookMapping(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A mapping file. ``columns``: head → field (:data:`SORTS`). ``words``: field → the sender's words → ours. ``side`` of an enterprise's rows where no
    column says it. ``issue``: fields of ``manifest.issue/1`` that the export lacks; ``wastes``: the same of its lines by code, ``*`` for all."""

    sender: str
    kind: Literal["platform", "enterprise", "tickets"]
    columns: dict[str, str]
    side: str = ""
    """``out`` or ``in``, in a file 移出 or 接受 too: no enumeration, whose members a generated client could not name."""
    unit: str = ""
    """Of quantities whose unit stands nowhere in the file."""
    sheet: str = ""
    words: dict[str, dict[str, str]] = {}
    clock: dict[str, str] = {}
    """Times of day, ``HH:MM``, of ``departed_at`` and ``received_at`` where the export has a bare day: the sender's own word."""
    issue: dict[str, Any] = {}
    wastes: dict[str, dict[str, Any]] = {}

    def heads_of(self, field: str) -> list[str]:
        """The heads that are a field, in the order of the file."""
        return [head for head, known in self.columns.items() if known == field]

    def word(self, field: str, value: str) -> str:
        """A word of the sender's as ours; as it is where the file says nothing of it."""
        return self.words.get(field, {}).get(value, value)


def read_mapping(raw: bytes, name: str = "") -> BookMapping:
    """A mapping of TOML or JSON; Refusal BOOK_MAPPING with everything that is wrong."""
    if len(raw) > FILE_MAX:
        raise Refusal([Reason("BOOK_MAPPING", "", f"{len(raw)}", f"≤ {FILE_MAX}")])
    try:
        text = raw.decode("utf-8-sig")
        fields = json.loads(text) if text.lstrip()[:1] == "{" else tomllib.loads(text)
        found = _in_our_words(msgspec.convert(fields, BookMapping))
    except UnicodeDecodeError:
        raise refuse("BOOK_MAPPING", found=name, expected="UTF-8") from None
    except (ValueError, TypeError, RecursionError, msgspec.ValidationError) as error:
        raise refuse(
            "BOOK_MAPPING", found=str(error)[:120], expected=Phrase("TOML 或 JSON，见 docs/books.md", "TOML or JSON, see docs/books.md")
        ) from None
    if reasons := list(_wrong(found)):
        raise Refusal(reasons)
    if (told := len(msgspec.json.encode(found))) > TOLD_MAX:
        raise Refusal([Reason("BOOK_MAPPING", "", f"{told}", f"≤ {TOLD_MAX}")])
    return found


def _in_our_words(found: BookMapping) -> BookMapping:
    """Fields and sides may be written in Chinese, as :data:`WORDS` has them."""
    return msgspec.structs.replace(
        found,
        columns={head: FIELDS.get(field.strip(), field.strip()) for head, field in found.columns.items()},
        words={FIELDS.get(field, field): words for field, words in found.words.items()},
        side=SIDES.get(found.side, found.side),
        clock={FIELDS.get(field, field): clock for field, clock in found.clock.items()},
    )


def _wrong(found: BookMapping) -> Any:
    """Everything that is wrong with a mapping."""
    if not SENDER.fullmatch(found.sender):
        yield Reason("BOOK_MAPPING", "sender", found.sender[:40], Phrase("1 至 64 个字，不含斜线", "1 to 64 characters, no slash"))
    if not 1 <= len(found.columns) <= COLUMNS_MAX:
        yield Reason("BOOK_MAPPING", "columns", f"{len(found.columns)}", f"1 – {COLUMNS_MAX}")
    for head, field in found.columns.items():
        if field not in SORTS or not head.strip() or len(head) > TEXT_MAX:
            yield Reason("BOOK_MAPPING", f"columns.{head[:40]}", field[:40], _listed(), "FIELD")
    fields = set(found.columns.values())
    for group in OF_KIND[found.kind]:
        if not fields & set(group):
            told = Phrase("、".join(WORDS[field].zh for field in group), " / ".join(WORDS[field].en for field in group))
            yield Reason("BOOK_MAPPING", "columns", Phrase("没有这一列", "absent"), told, "LACKS", {"lacks": told})
    several = [field for field in sorted(fields - {"drop", "unit"}) if len(found.heads_of(field)) > 1]
    for field in several:
        yield Reason("BOOK_MAPPING", "columns", "、".join(found.heads_of(field))[:100], field, "TWICE")
    if found.side not in ("", "out", "in"):
        yield Reason("BOOK_MAPPING", "side", found.side[:20], Phrase("移出 / 接受", "out / in"))
    if found.kind == "enterprise" and not found.side and "side" not in fields:
        yield Reason("BOOK_MAPPING", "side", "", Phrase("移出 / 接受", "out / in"), "SIDE")
    if found.unit and not unit_in(found.unit):
        yield Reason("BOOK_MAPPING", "unit", found.unit[:20], "吨 / 千克 / 万吨")
    for field, clock in found.clock.items():
        if field not in ("departed_at", "received_at") or not CLOCK.fullmatch(clock):
            yield Reason(
                "BOOK_MAPPING", f"clock.{field[:40]}", clock[:20], Phrase("起运时间、接受时间：08:30", "departed_at, received_at: 08:30")
            )
    for field, words in found.words.items():
        if field not in SORTS or len(words) > WORDS_MAX:
            yield Reason("BOOK_MAPPING", f"words.{field[:40]}", f"{len(words)}", _listed(), "FIELD")


def _listed() -> Phrase:
    return Phrase("、".join(word.zh for word in WORDS.values())[:200], " ".join(WORDS)[:200])


def sheet_of(mapping: BookMapping) -> TemplateSheet:
    """The table that a mapping describes, for the reader of the intake."""
    needed = {field for group in OF_KIND[mapping.kind] if len(group) == 1 for field in group}
    columns = tuple(
        TemplateColumn(
            head=head, field="" if field == "drop" else field, sort=SORTS[field], needed=field in needed, spreads=SORTS[field] != "mass",
            note=WORDS[field].zh,
        )
        for head, field in mapping.columns.items()
    )  # fmt: skip
    weighed = next(iter(mapping.heads_of("weighed")), "")
    return TemplateSheet(
        mapping.sheet or mapping.sender, mapping.kind, columns, unit_heads=tuple(mapping.heads_of("unit")), weighed=weighed, keeps=True,
        unit=unit_in(mapping.unit),
    )  # fmt: skip


def written(mapping: BookMapping) -> str:
    """A mapping as TOML that :func:`read_mapping` reads."""
    lines = [f"sender = {_quoted(mapping.sender)}", f"kind = {_quoted(mapping.kind)}"]
    lines += [f"{name} = {_quoted(value)}" for name in ("side", "unit", "sheet") if (value := getattr(mapping, name))]
    lines += ["", "[columns]", *(f"{_quoted(head)} = {_quoted(WORDS[field].zh)}" for head, field in mapping.columns.items())]
    for field, words in mapping.words.items():
        lines += ["", f"[words.{field}]", *(f"{_quoted(word)} = {_quoted(meant)}" for word, meant in words.items())]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, which JSON's strings are but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

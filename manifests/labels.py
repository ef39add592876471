"""Labels (数字识别码) at loading: their form, what they must match, and that each belongs to one manifest (R-50; case E3).

A label is a 数字识别码 of HJ 1276: 18 + 8 + 8 + 3 = 37 characters, USCC, code without hyphens, day, serial. The sum is read
[READ S20b], the four widths are recalled and to be confirmed [RECALL]. Labels are read in normal form, however they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from msgspec import Struct

from ledger.admission.personality import Judged
from ledger.fields import KEPT_MAX, normal
from ledger.model import Findings
from ledger.times import day_of, read_day
from manifests.act import Entered
from manifests.model import ManifestState
from signing.phrase import Word
from signing.refusal import texts
from signing.uscc import check_uscc
from whitelist.telling import nth

LABELS_MAX = 500
"""What 24 KiB of body hold."""
BATCHES_MAX = 128
"""Different (unit, code, day) in one act: as many registers are read."""
LABEL_LENGTH = 37
PACKED = frozenset({"bag", "drum", "box"})
"""Packings whose pieces carry a label each; tanks and heaps carry theirs on the storage."""
_LABEL = re.compile(r"(?P<unit>[0-9A-HJ-NPQRTUWXY]{18})(?P<code>[0-9]{8})(?P<day>[0-9]{8})(?P<serial>[0-9]{3})")


class Label(Struct, frozen=True, gc=False):
    """A scanned 数字识别码, taken apart. ``code`` with hyphens, ``day`` as ``YYYY-MM-DD``; ``batch`` is the label less its serial."""

    batch: str
    unit: str
    code: str
    day: str
    serial: str


class LabelHolder(Struct, frozen=True, gc=False):
    """Labels of one batch that a manifest has loaded."""

    manifest: str
    is_return: bool
    serials: tuple[str, ...]


class LabelHolders(Struct, frozen=True, dict=True):
    """Register ``label:<unit, code, day>``: who loaded which serials last; a serial stands once, so it holds at most 1,000."""

    holders: tuple[LabelHolder, ...] = ()

    @cached_property
    def serials(self) -> frozenset[str]:
        """All of them: a register has hundreds of holders on a long day, and a departure rarely has a label that one of them knows."""
        return frozenset(chain.from_iterable([holder.serials for holder in self.holders]))

    def with_holder(self, holder: LabelHolder) -> LabelHolders:
        """The register after labels that it did not hold; what is known of the others is carried over."""
        found = LabelHolders((*self.holders, holder))
        found.__dict__["serials"] = self.serials.union(holder.serials)
        return found


def label_key(batch: str) -> str:
    """Key of the register of a batch."""
    return f"label:{batch}"


def read_label(text: str) -> Label | None:
    """The four segments, or ``None`` if the text is no label, its unit no USCC or its day none of the calendar."""
    return _kept(text) if len(text) <= KEPT_MAX else _kept.__wrapped__(text)


@lru_cache(2048)
def _kept(text: str) -> Label | None:
    """Kept for a moment: every rule of a departure reads the labels of its act, up to 500 of them."""
    batch = normal(text)
    found = _LABEL.fullmatch(batch)
    if found is None:
        return None
    code, day = found["code"], found["day"]
    label = Label(batch[:-3], found["unit"], f"{code[:3]}-{code[3:6]}-{code[6:]}", f"{day[:4]}-{day[4:6]}-{day[6:]}", found["serial"])
    return label if read_day(label.day) is not None and check_uscc(label.unit) else None


def read_labels(texts_: Iterable[str]) -> list[Label]:
    """Those that are labels."""
    return [label for text in texts_ if (label := read_label(text)) is not None]


def label_keys(scanned: Iterable[str]) -> tuple[str, ...]:
    """Registers of the batches of an act."""
    return tuple(dict.fromkeys(label_key(label.batch) for label in read_labels(scanned)))


def judge_label_form(out: Findings, scanned: Sequence[str]) -> None:
    """LABEL_FORM for what is no label; LIST_LENGTH for a label that comes twice, in whatever spelling, or too many batches."""
    seen: set[str] = set()
    batches: set[str] = set()
    for position, text in enumerate(scanned):
        field = f"body.gate.labels.{position}"
        label = read_label(text)
        if label is None:
            out.refuse("LABEL_FORM", field, text, "18 + 8 + 8 + 3", "FORM", label=text, where=field, why=_why(text))
        elif label.batch + label.serial in seen:
            out.refuse("LIST_LENGTH", field, text, "1", "LABEL_TWICE", label=text, where=field)
        else:
            seen.add(label.batch + label.serial)
            batches.add(label.batch)
    if len(batches) > BATCHES_MAX:
        own = {"count": str(len(batches)), "most": str(BATCHES_MAX)}
        out.refuse("LIST_LENGTH", "body.gate.labels", len(batches), f"≤ {BATCHES_MAX}", "LABEL_BATCHES", **own)


def _why(text: str) -> Word:
    """What keeps a text from being a label."""
    batch = normal(text)
    found = _LABEL.fullmatch(batch)
    if len(batch) != LABEL_LENGTH:
        return f"有 {len(batch)} 位，应为 {LABEL_LENGTH} 位", f"it has {len(batch)} characters instead of {LABEL_LENGTH}"
    if found is None:
        return "有不该出现的字符", "it has characters that no label has"
    if not check_uscc(found["unit"]):
        return f"单位代码 {found['unit']} 的校验位不对", f"the check character of the unit {found['unit']} is wrong"
    return f"日期 {found['day']} 不存在", f"there is no day {found['day']}"


def judge_labels_match(judged: Judged, out: Findings, scanned: Sequence[str]) -> None:
    """R-50, R-52 LOAD_LABEL: every label names the code of a line, and the generator or whose waste it carries on; every packed line shows
    at least one."""
    state: ManifestState = judged.state
    codes, units = {line.code for line in state.lines}, state.label_units
    shown: set[str] = set()
    for position, text in enumerate(scanned):
        field = f"body.gate.labels.{position}"
        label = read_label(text)
        if label is None:
            continue  # judged by its form
        if label.unit not in units:
            own = {"label": text, "unit": label.unit, "generator": state.generator, "where": field}
            out.refuse("LOAD_LABEL", field, label.unit, state.generator, "UNIT", **own)
        elif label.code not in codes:
            wastes = "、".join(f"{line.code} {line.name}" for line in state.lines)
            own = {"label": text, "waste": label.code, "wastes": wastes, "where": field}
            out.refuse("LOAD_LABEL", field, label.code, ", ".join(sorted(codes)), "CODE", **own)
        shown.add(label.code)
    for number, line in enumerate(state.lines):
        if line.code not in shown and line.packing in PACKED:
            lacking: dict[str, Word] = {"line": nth(number), "waste": f"{line.name} {line.code}", "packs": str(line.packs)}
            out.refuse("LOAD_LABEL", "body.gate.labels", "", f"lines.{number}: {line.code}", "NONE", **lacking)


def note_label_counts(judged: Judged, out: Findings, scanned: Sequence[str]) -> None:
    """ALERT H LABEL_COUNT: of a packed code not as many labels as packs, or a label dated after the departure."""
    labels, day = read_labels(scanned), day_of(judged.statement.at_s)
    lacking: dict[str, int] = {}
    for line in judged.state.lines:
        if line.packing in PACKED:
            lacking[line.code] = lacking.get(line.code, 0) + line.packs
    for label in labels:
        if label.code in lacking:
            lacking[label.code] -= 1
    if any(lacking.values()) or any(label.day > day for label in labels):
        out.alert("H", "LABEL_COUNT")


def note_labels_used(judged: Judged, out: Findings, scanned: Sequence[str]) -> None:
    """ALERT H LABEL_USED: a label that another manifest has loaded, unless that one carried it back, or this one carries its load on."""
    own = {judged.statement.chain, *judged.state.carried_on}
    for key, serials in _by_register(read_labels(scanned)).items():
        known: LabelHolders | None = judged.facts.get(key)
        if known is None or known.serials.isdisjoint(serials):
            continue
        new = set(serials)
        for holder in known.holders:
            if not new.isdisjoint(holder.serials) and holder.manifest not in own and not holder.is_return:
                out.alert("H", "LABEL_USED")


def _by_register(labels: Iterable[Label]) -> dict[str, list[str]]:
    """Serials by the key of their batch's register."""
    found: dict[str, list[str]] = {}
    for label in labels:
        found.setdefault(label_key(label.batch), []).append(label.serial)
    return found


def labels_written(entered: Entered) -> Mapping[str, Any]:
    """Registers after the labels of an act; nobody uses up another unit's labels, but those of a load that it carries on."""
    statement, state = entered.statement, entered.after
    if state.is_backfill:
        return {}
    scanned = read_labels(statement.body.gate.labels)
    own = [label for label in scanned if label.unit == state.generator]
    found = {key: _taken(entered.facts.get(key), statement.chain, state, new) for key, new in _by_register(own).items()}
    if not state.carried_on:
        return found
    for key, serials in _by_register(label for label in scanned if label.unit != state.generator).items():
        known: LabelHolders = entered.facts.get(key) or LabelHolders()
        held = {serial for holder in known.holders if holder.manifest in state.carried_on for serial in holder.serials}
        if new := [serial for serial in serials if serial in held]:
            found[key] = _taken(known, statement.chain, state, new)
    return found


def _taken(known: LabelHolders | None, manifest: str, state: ManifestState, new: list[str]) -> LabelHolders:
    """The newest manifest of a serial holds it; a holder that is left with none goes."""
    kept, holder = known or LabelHolders(), LabelHolder(manifest, state.route == "RETURN", tuple(new))
    if not kept.serials.isdisjoint(new):
        taken = set(new)
        rests = [(other, tuple(serial for serial in other.serials if serial not in taken)) for other in kept.holders]
        kept = LabelHolders(tuple(LabelHolder(other.manifest, other.is_return, rest) for other, rest in rests if rest))
    return kept.with_holder(holder)


TEXTS = texts("""
LABEL_FORM | R-50 | sender | HJ 1276 label of 37 characters [READ S20b], widths 18+8+8+3 [RECALL]
数字识别码不是 37 位，或其中的单位代码、日期无效。 || 重新扫描标签：18 位统一社会信用代码、8 位废物代码、8 位日期、3 位序号。
A label is not of 37 characters, or its unit or day is not valid. || Scan it again: 18 characters of the USCC, 8 of the code, 8 of the day, 3 of the serial.

LABEL_FORM:FORM
标签“{label}”不是有效的数字识别码：{why}。 || 重新扫描该标签，改正 {where}：18 位单位代码、8 位废物代码（无连字符）、8 位日期、3 位序号，共 37 位。
"{label}" is no label: {why}. || Scan it again and correct {where}: 18 characters of the unit, 8 of the waste code without hyphens, 8 of the day, 3 of the serial, 37 in all.

LOAD_LABEL | R-50 | generator | Order 23 Art. 13(3), 16.2 [READ]; HJ 1276 label of 37 characters [READ S20b], widths 18+8+8+3 [RECALL]
识别标志（标签）与联单不符，不应当予以装载。 || 核对数字识别码的单位、废物代码和日期；不属于本联单的包装（包括其他移出人的废物）不得装载，缺少标签的应先贴签。
A label does not match the manifest: the waste must not be loaded. || Check unit and code of the label; leave out what is not of this manifest, waste of another generator included, and label what has none.

LOAD_LABEL:UNIT
标签 {label} 的单位是{unit}，而本联单的移出人是{generator}，不得装载。 || 卸下这一件（{unit}的废物应由其自己的联单转移），从扫描结果中去掉 {where}；误扫的，重新扫描。
Label {label} is of {unit}; the generator of this manifest is {generator}: it must not be loaded. || Take the pack off (waste of {unit} travels on its own manifest) and {where} out of the scanned labels; if it was misread, scan it again.

LOAD_LABEL:CODE
标签 {label} 的废物代码是 {waste}，本联单只有：{wastes}，不得装载。 || 卸下这一件，从扫描结果中去掉 {where}；标签贴错的，换贴正确的标签后重新扫描；废物属于本次转移而联单漏填的，作废后重新开具。
Label {label} is of waste {waste}; this manifest has: {wastes}. It must not be loaded. || Take the pack off and {where} out of the scanned labels; replace a wrong label and scan it; if the manifest lacks the waste, void it and issue it anew.

LOAD_LABEL:NONE
第 {line}（{waste}，{packs} 件）没有扫描到任何标签，不得起运。 || 给包装贴上标签并扫描，至少一件填入 body.gate.labels（应与件数一致）；这一行没有装车的，作废后按实际重新开具。
No label of line {line} ({waste}, {packs} packs) was scanned: it must not depart. || Label the packs, scan them and put them into body.gate.labels, as many as there are packs; if the line was not loaded, void the manifest and issue it for what is.

LABEL_COUNT | R-50 | generator | Order 23 Art. 13(3) [READ]; alert [DESIGN]
标签数与包装数不符，或标签日期晚于起运。 || 不影响入账，主管部门会看到。逐件核对包装与标签；更正包装数量或补扫标签。
There are not as many labels as packs, or a label is dated after the departure. || It is entered all the same, and the authorities see it. Compare packs and labels one by one; correct the number of packs or scan what was left out.

LABEL_USED | R-50 | generator | HJ 1276 [READ S20b]; alert [DESIGN]
标签已在另一联单装载。 || 不影响入账，主管部门会看到。核实该包装是否已经转移；一个标签只用于一件包装。
A label was loaded on another manifest before. || It is entered all the same, and the authorities see it. Check whether the pack has left already; one label belongs to one pack.
""")

"""What a refusal is: one vocabulary for everything the product turns down.

A refusal is a list of reasons. A reason names a rule by its stable code and says where, what was found and what was expected;
the rule's text (Chinese and English), its source and who can lift it stand once, in the table of the package that owns the rule.
Codes match ``[A-Z0-9_]+``, are documented, and are never reused for another meaning.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Literal, get_args

from msgspec import Struct, convert
from msgspec.structs import asdict, replace

from signing.citation import cited
from signing.labelled import NO_LABELS, Labels, labelled
from signing.phrase import Language, Word, cut, word_in

Lift = Literal[
    "sender",
    "generator",
    "consignor",
    "carrier",
    "receiver",
    "origin_authority",
    "destination_authority",
    "both_authorities",
    "holding_authority",
    "declaring_authority",
    "operator",
    "nobody",
]

_LIFTS_ZH = "提交人（您） 移出人 托运人 承运人 接受人 移出地主管部门 接受地主管部门 两地主管部门 实施暂扣的主管部门 启动应急转移的主管部门 运营单位 不可解除"
_LIFTS_EN = (
    "you, who submitted this|the generator|the consignor|the carrier|the receiver|the authority of the origin|the authority of the destination|both authorities"
    "|the authority that holds it|the authority that declared the emergency|the operator|nobody"
)
LIFTS_ZH: Mapping[str, str] = dict(zip(get_args(Lift), _LIFTS_ZH.split(), strict=True))  # who can lift a reason, for Chinese readers
LIFTS_EN: Mapping[str, str] = dict(zip(get_args(Lift), _LIFTS_EN.split("|"), strict=True))  # for English ones
FOUND_MAX, EXPECTED_MAX = 120, 200  # Characters of what is quoted, so that no body is echoed whole.


TOLD_MAX = 240
"""Characters of one place: no body is echoed whole."""


class Rule(Struct, frozen=True, kw_only=True):
    """The standing text of one refusal, alert or tag code, and beside it the texts of its causes, which have places for what is so in the case."""

    code: str
    zh: str  # what is wrong, one sentence, Chinese
    en: str
    do_zh: str  # what to do, one sentence, Chinese
    do_en: str
    rule: str = ""  # number in the rule book, e.g. ``R-33``; empty for rules of the format
    source: str = ""  # law article or specification section as people read it, e.g. ``Order 23 Art. 28(1)`` or ``formats §1``
    marked: str = ""  # the same with its mark, e.g. ``Order 23 Art. 28(1) [READ]``: for whoever works on the rules (signing.citation)
    before: tuple[str, str] | None = None  # where the law has changed: (first day of ``source``, the source until the day before)
    lift: Lift = "sender"  # who can make this reason go away
    causes: Mapping[str, "Rule"] = {}  # by cause (``Reason.cause``): its own text, and who lifts it then
    follows: tuple[str, ...] = ()  # codes that this one may be a mere consequence of (see ``following``)

    def source_on(self, day: str) -> str:
        """The source in force on a day ``YYYY-MM-DD``; for an unknown day, which is blank, the present one."""
        return self.source if self.before is None or not day or day >= self.before[0] else self.before[1]

    def told(
        self,
        cause: str,
        places: Mapping[str, Word],
        names: Mapping[str, Word],
        labels: Labels = NO_LABELS,
        languages: tuple[Language, ...] = get_args(Language),
    ) -> "Rule":
        """The text of a cause with its places filled, in these languages; codes of parties and chains with their ``names``, where they are
        known, fields of the act with their ``labels``. Else the standing text."""
        text = self.causes.get(cause)
        if text is None:
            return self
        said = dict[str, str]()
        for language in languages:
            filled = _Places((name, _word(word, language)) for name, word in places.items())
            for part in (language, f"do_{language}"):
                said[part] = labelled(_named(getattr(text, part).format_map(filled), names, language), language, labels)
        return replace(text, **said)


class _Places(dict[str, str]):
    """What stands in the places of a text. A gap is better than no answer; a test sees to it that there is none."""

    def __missing__(self, name: str) -> str:
        return "…"


def _word(word: Word, language: Language) -> str:
    """What stands in a place, in one language."""
    text = word_in(word, language)
    return text if len(text) <= TOLD_MAX else f"{text[:TOLD_MAX]}…"


def _named(text: str, names: Mapping[str, Word], language: Language) -> str:
    """A text with names beside the codes of parties, ``成都锦川…（9151…）``, and from the second time on instead of them; a code that is a part of
    a chain's name or a label stays, for it is typed so. What a chain is of stands beside it in the same way."""
    for code, known in names.items():
        if code in text:
            name = word_in(known, language)
            first, *others = re.split(rf"(?<![0-9A-Za-z/=]){code}(?![0-9A-Za-z/])", text)
            whole = f"{name}（{code}）" if language == "zh" else f"{name} ({code})"
            text = first + (whole + name.join(others) if others else "")
    return text


class Reason(Struct, frozen=True, omit_defaults=True):
    """One occurrence of a rule. What it found and expected are values, which need no language, or phrases, which have two."""

    code: str
    field: str = ""  # where, as a dotted path into the statement (``body.lines.0.code``)
    found: Word = ""
    expected: Word = ""
    cause: str = ""  # which of the rule's causes it is; empty: the standing text says it
    places: Mapping[str, Word] = {}  # what is so in the case, by the places of that cause's text
    near: str = ""  # the text that would be right, where what was found shows which one was meant
    lift: Lift | Literal[""] = ""  # who can make it go away, where that is in the case and not in the text


class Refusal(Exception):
    """Input turned down, with all reasons at once, in order of report."""

    def __init__(self, reasons: Iterable[Reason], day: str = "") -> None:
        """``day`` is that of the event that was judged, ``YYYY-MM-DD``: the reasons then cite the law of that day."""
        self.reasons: tuple[Reason, ...] = tuple(reasons)
        self.day = day
        self.names: Mapping[str, Word] = {}
        """Names of parties by code, and what chains are of, as far as somebody has looked them up for the texts."""
        self.labels: Labels = NO_LABELS
        """Labels of the fields of the act that was refused, where it is known which one it is."""
        super().__init__(", ".join(f"{r.code}({r.field})" if r.field else r.code for r in self.reasons))

    @property
    def codes(self) -> list[str]:
        """Distinct codes, sorted: the form of a refusal receipt (formats §8)."""
        return sorted({reason.code for reason in self.reasons})


def refuse(code: str, *, field: str = "", found: object = "", expected: object = "", near: str = "") -> Refusal:
    """A refusal with one reason; what was found and expected is a value or a Phrase, and cut so that no body is echoed whole."""
    return Refusal([Reason(code, field, cut(found, FOUND_MAX), cut(expected, EXPECTED_MAX), near=near)])


CODE_IN_FORCE = "2026-08-15"  # 生态环境法典 Art. 1242 [READ T1–T3]: from this day the Code stands where older laws stood before


def texts(block: str, otherwise: tuple[str, str] = ("", "")) -> tuple[Rule, ...]:
    """Standing texts in the one notation of the house: three lines a code; blank lines between codes are left to the writer.

    ``CODE | rule number or - | who lifts it | source``, perhaps ``| what was the source before the Code``; then in Chinese and in English
    ``what is wrong || what to do``; where nothing is said what to do, it is ``otherwise``. A block out of form is a programming error.

    ``CODE:CAUSE`` behind its code is the text of one cause, with places like ``{left}`` for what is so in the case; of its head only who lifts
    it is given, and that only where it is somebody else: number and source are the code's.
    """
    found: dict[str, Rule] = {}
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    for head, zh, en in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        name, *cited_as = head.split(" | ")
        code, _, cause = name.partition(":")
        wrong_zh, _, do_zh = zh.partition(" || ")
        wrong_en, _, do_en = en.partition(" || ")
        said = {"zh": wrong_zh, "en": wrong_en, "do_zh": do_zh or otherwise[0], "do_en": do_en or otherwise[1]}
        if cause:
            known = found[code]
            assert cause not in known.causes, f"{code}: {cause} stands twice"
            text = convert({**asdict(known), "causes": {}, "lift": cited_as[0] if cited_as else known.lift, **said}, Rule)
            found[code] = replace(known, causes={**known.causes, cause: text})
            continue
        rule, lift, source, *before = cited_as
        assert lift in LIFTS_ZH, f"{code}: who is {lift}?"
        from_law = {"rule": "" if rule == "-" else rule, "source": cited(source), "marked": source}
        old = (CODE_IN_FORCE, cited(before[0])) if before else None
        assert code not in found, f"{code} stands twice"
        found[code] = convert({"code": code, "lift": lift, "before": old, **said, **from_law}, Rule)
    return tuple(found.values())


def table(*rules: Rule) -> Mapping[str, Rule]:
    """Rules by code; a code given twice is a programming error."""
    by_code = {rule.code: rule for rule in rules}
    if len(by_code) != len(rules):
        raise ValueError("a rule code is defined twice")
    return by_code


def following(rules: Mapping[str, Rule], block: str) -> dict[str, Rule]:
    """Rules that know which of them are mere consequences, for whoever tells reasons (ledger.problem); decisions and receipts name every code.

    A line of the block: ``CODE CODE < CAUSE CAUSE=``. Where a cause stands at the same place, be it another field of one line of a load, or with
    ``=`` at the very field, the codes before it say nothing new.
    """
    found = dict(rules)
    for line in filter(None, map(str.strip, block.split("\n"))):
        codes, _, causes = line.partition(" < ")
        for code in found.keys() & set(codes.split()):  # a code of another package is missing where its package is
            found[code] = replace(found[code], follows=(*found[code].follows, *causes.split()))
    return found

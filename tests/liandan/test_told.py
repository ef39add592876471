"""What people read about a rule: no notes of those who work on it, and texts of causes whose places the code fills."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

import pytest

from ledger.labels import fields_of
from ledger.problem import mark, problem_errors
from liandan.pages.problem import parts_of
from liandan.wiring import KINDS, RULES
from signing.citation import source_in_chinese
from signing.labelled import field_name, labelled
from signing.phrase import Language
from signing.refusal import Reason, Rule, texts
from tests.house.source import ROOT, modules

WORKING_NOTES = re.compile(
    r"\[(?:READ|RECALL|DESIGN)|法规研究|设计 §|声明种类 §|\b(?:law|addenda|design|kinds) §|\bLISTED\b|\bOFF_LOG\b|(?<![A-Za-z0-9])Q[123](?![0-9])"
)
"""Marks of research, and names of routes and accounts that stand in the evidence: nothing for a dispatcher or an official."""
BLOCK = """
LEFT | R-33 | sender | Order 23 Art. 28(1) [READ]; level [DESIGN]
数量不够。 || 减少数量。
Too much. || Send less.

LEFT:SOME | nobody
还剩 {left} 吨。 || 请与{firm}商量。
{left} t are left. || Speak to {firm}.
"""


def said(rule: Rule) -> Iterator[str]:
    """Everything of a rule that anybody reads."""
    before = "" if rule.before is None else rule.before[1]
    for source in (rule.source, before):
        yield from (source, source_in_chinese(source))
    for text in (rule, *rule.causes.values()):
        yield from (text.zh, text.en, text.do_zh, text.do_en)


def test_no_text_of_a_rule_and_no_page_of_it_shows_notes_of_its_makers() -> None:
    found = {code: [text for text in (*said(rule), *parts_of(rule)) if WORKING_NOTES.search(text)] for code, rule in RULES.items()}
    assert {code: texts_ for code, texts_ in found.items() if texts_} == {}


FOR_PEOPLE = ("README.md", "docs/index.md", "docs/*", "docs/users/*")
FOR_MAKERS = {"docs/decisions.md", "docs/extending.md", "docs/glossary.md", "docs/coverage.md"}


def test_no_page_for_people_shows_them_either() -> None:
    """What accounts and routes are called in the evidence stands in the glossary and the format alone."""
    pages = {path.relative_to(ROOT).as_posix(): path for form in FOR_PEOPLE for path in ROOT.glob(form) if path.suffix == ".md"}
    found = {name: WORKING_NOTES.findall(path.read_text(encoding="utf-8")) for name, path in pages.items() if name not in FOR_MAKERS}
    assert {name: notes for name, notes in found.items() if notes} == {}


def test_nor_does_what_is_said_of_acts_and_fields() -> None:
    told = {kind.name: [*kind.effect, kind.zh, kind.en] for kind in KINDS.by_name.values()}
    told |= {kind.name + " ": [text for field in fields_of(kind.body) for text in (field.zh, field.en)] for kind in KINDS.by_name.values()}
    assert {name: found for name, all_ in told.items() if (found := [text for text in all_ if WORKING_NOTES.search(text)])} == {}


def test_a_text_of_a_cause_says_what_is_so_in_the_case() -> None:
    [rule] = texts(BLOCK)
    reason = Reason("LEFT", "body.x", cause="SOME", places={"left": "2.4", "firm": "915101120000FX029E"})
    names = {"915101120000FX029E": "成都锦川"}
    [chinese] = problem_errors([reason], {"LEFT": rule}, "zh", names=names)
    [english] = problem_errors([reason], {"LEFT": rule}, "en")
    assert (chinese.message, chinese.what_to_do, chinese.lift) == ("还剩 2.4 吨。", "请与成都锦川（915101120000FX029E）商量。", "nobody")
    assert (english.message, english.what_to_do) == ("2.4 t are left.", "Speak to 915101120000FX029E.")
    assert (chinese.rule, chinese.source) == ("R-33", "《危险废物转移管理办法》第28条第1项")
    [standing] = problem_errors([Reason("LEFT")], {"LEFT": rule}, "en")
    assert (standing.message, standing.lift) == ("Too much.", "sender")
    assert mark("LEFT", {"LEFT": rule}, "zh", "H", ("SOME", {"left": ("2", "two"), "firm": ""})).message == "还剩 2 吨。"


def test_a_code_that_is_a_part_of_something_typed_keeps_it_whole() -> None:
    code, name = "915101120000FX029E", "成都锦川"
    [rule] = texts(BLOCK.replace("{left} t are left", "permit/{firm}/…, {firm}90005231: {left} t of {firm}, who asks as {firm}"))
    [error] = problem_errors([Reason("LEFT", cause="SOME", places={"left": "2", "firm": code})], {"LEFT": rule}, "en", names={code: name})
    assert error.message == f"permit/{code}/…, {code}90005231: 2 t of {name} ({code}), who asks as {name}."


def test_what_was_typed_is_never_echoed_whole_and_never_read_as_a_place() -> None:
    [rule] = texts(BLOCK)
    [error] = problem_errors([Reason("LEFT", cause="SOME", places={"left": "{firm}" + "x" * 500, "firm": "-"})], {"LEFT": rule}, "en")
    assert error.message == "{firm}" + "x" * 234 + "… t are left."


def test_items_are_counted_from_1_with_their_path_in_brackets() -> None:
    """Case 26 of a dispatcher: labels.13 is the 14th, and whoever strikes out the 13th strikes out the wrong pack."""
    [rule] = texts(BLOCK.replace("{left} t are left", "Correct {left}").replace("还剩 {left} 吨", "改正 {left}"))

    def told(where: str, language: Language) -> str:
        reason = Reason("LEFT", cause="SOME", places={"left": where, "firm": "-"})
        return problem_errors([reason], {"LEFT": rule}, language)[0].message

    assert told("body.gate.labels.13", "zh") == "改正第 14 项（body.gate.labels.13）。"
    assert told("body.lines.0.mass_t", "zh") == "改正第 1 项的 mass_t（body.lines.0.mass_t）。"
    assert told("body.lines.0.mass_t", "en") == "Correct mass_t of item 1 (body.lines.0.mass_t)."
    assert told("（body.lines.0.mass_t）", "zh") == "改正 （body.lines.0.mass_t）。"
    for plain in ("body.permit", "body.lines.0.lots.1", "5.6"):
        assert told(plain, "en") == f"Correct {plain}."


LABELS = {
    "lines": ("危险废物", "wastes"),
    "lines.*.mass_t": ("计划转移量（吨）", "declared mass, t"),
    "lines.*.lots": ("来源批次", "source lots"),
    "gate": ("装载", "loading gate"),
    "gate.labels": ("数字识别码", "labels of 37 characters"),
    "destination": ("接受地", "destination"),
    "destination.division": ("行政区划代码", "division"),
    "permit": ("许可证", "permit"),
}


@pytest.mark.parametrize(
    ("path", "zh", "en"),
    [
        ("body.lines.0.mass_t", "第 1 行“计划转移量（吨）”", '"declared mass, t" of line 1'),
        ("body.lines.3", "第 4 行", "line 4"),
        ("body.lines.0.lots.1", "第 1 行“来源批次”第 2 项", 'item 2 of "source lots" of line 1'),
        ("body.gate.labels.13", "“数字识别码”第 14 项", 'item 14 of "labels of 37 characters"'),
        ("body.destination.division", "“接受地·行政区划代码”", '"division, destination"'),
        ("body.permit", "“许可证”", '"permit"'),
        ("body.nothing", "", ""),
        ("by.1", "", ""),
    ],
)
def test_a_path_is_told_by_the_labels_of_the_act(path: str, zh: str, en: str) -> None:
    assert (field_name(path, "zh", LABELS), field_name(path, "en", LABELS)) == (zh, en)
    for name, language in ((zh, "zh"), (en, "en")):
        behind = f"（{path}）" if language == "zh" else f" ({path})"
        before = "→" if language == "zh" and name else "→ "
        assert labelled(f"→ {path}", language, LABELS) == (f"{before}{name}{behind}" if name else f"→ {path}")


def test_a_label_that_the_text_says_already_is_not_said_again() -> None:
    assert labelled("在 body.permit 填写许可证。", "zh", LABELS) == "在 body.permit 填写许可证。"


def places_of(text: Rule) -> set[str]:
    """Names of the places of a text; the two languages have the same."""
    chinese, english = (
        {name for _, name, _, _ in string.Formatter().parse(zh_or_en) if name} for zh_or_en in (text.zh + text.do_zh, text.en + text.do_en)
    )
    assert chinese == english, (text.code, chinese ^ english)
    return chinese


def calls() -> Iterator[tuple[str, str]]:
    """(code, cause) of every call that names a cause; what fills its places is looked at wherever a test refuses (tests/conftest.py)."""
    for tree in modules().values():
        for node in ast.walk(tree):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            at_code, at_cause = {"refuse": (0, 4), "alert": (1, 2), "Reason": (0, 4), "unfit": (0, 1)}.get(name, (0, 0))
            if isinstance(node, ast.Call) and name == "unreadable":  # liandan.intake: files that cannot be read
                yield from (("INTAKE_FILE", cause) for cause in either(node.args[0], node))
            elif isinstance(node, ast.Call) and at_cause and len(node.args) > at_cause:
                code, cause = node.args[at_code], node.args[at_cause]
                if isinstance(code, ast.Constant):
                    yield from ((code.value, one) for one in either(cause, node) if one)
    yield "QUOTA_LEFT", "USED"  # of the present, which no act gives: manifests.accounts.answers


def either(cause: ast.expr, call: ast.Call) -> list[str]:
    """The causes that an argument may be: one, or the two ends of a condition."""
    if isinstance(cause, ast.IfExp):
        return [*either(cause.body, call), *either(cause.orelse, call)]
    assert isinstance(cause, ast.Constant), ast.unparse(call)
    return [str(cause.value)]


def test_every_cause_has_a_text_and_every_text_a_cause() -> None:
    known = {(code, cause): text for code, rule in RULES.items() for cause, text in rule.causes.items()}
    assert set(calls()) == known.keys()


def test_both_languages_of_a_text_have_the_same_places() -> None:
    for rule in RULES.values():
        for text in rule.causes.values():
            places_of(text)

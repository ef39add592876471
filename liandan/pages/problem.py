"""``/problems/<code>``: what a code means, what to do, an example of the mend; and ``/problems``, the list of them. JSON for programs."""

import asyncio
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from litestar import Request, Response, get
from msgspec import Struct

from ledger.answers import filled
from ledger.describing import HTML, JSON, AnswerSpec, in_path, refusals
from ledger.labels import fields_of
from liandan.pages.layout import SENT, page
from liandan.problems import REFUSED, STATUS
from liandan.rule_page import given
from liandan.wiring import KINDS, RULES
from signing.citation import source_in_chinese
from signing.refusal import LIFTS_EN, LIFTS_ZH, Rule, refuse

FIELDS_SHOWN = 12
_PLACE = re.compile(r"\{[a-z_]+\}")


class CodePage(Struct, frozen=True, kw_only=True):
    """What a code means, for programs. ``status`` of a request that is refused for it, null for what only an alert, a tag, an audit or a command
    says. ``before``: first day of ``source``, and the source until the day before, where the law has changed."""

    code: str
    status: int | None
    zh: str
    en: str
    do_zh: str
    do_en: str
    rule: str
    source: str
    source_zh: str
    before: tuple[str, str] | None
    lift: str
    example: dict[str, str] | None
    """``found`` and ``expected`` of one refusal with ``kind`` and ``field``; ``wrong`` and ``right`` where one value mends it."""


class CodeName(Struct, frozen=True, kw_only=True):
    """A code in the list of all."""

    code: str
    status: int | None
    zh: str
    en: str


class CodeList(Struct, frozen=True, kw_only=True):
    """Every code, by name."""

    codes: tuple[CodeName, ...]


ANSWERS = {
    **refusals(404),
    200: AnswerSpec(str, media_type=HTML, also={JSON: CodePage}, headers=SENT, description="In both languages; JSON for programs"),
}
LISTED = {200: AnswerSpec(str, media_type=HTML, also={JSON: CodeList}, headers=SENT, description="In both languages; JSON for programs")}
InCode = Annotated[str, in_path("^([a-z0-9-]+|[A-Z0-9_]+)$", "错误代码 / code of a problem", "prev-mismatch")]


@cache
def _examples() -> Mapping[str, dict[str, str]]:
    """By code: a real refusal (``python -m tests.problem_examples``) or a request that is refused, with the right one."""
    here = Path(__file__).parent
    requests = tomllib.loads((here / "requests.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = json.loads((here / "examples.json").read_bytes())
    return requests | found


@cache
def _fields() -> Mapping[str, tuple[tuple[str, str, str], ...]]:
    """By code: (kind, path, Chinese name) of each field whose form it judges."""
    found: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for kind in KINDS.by_name.values():
        for field in fields_of(kind.body):
            for code in field.codes:
                found[code].append((kind.name, field.path, field.zh))
    return {code: tuple(places) for code, places in found.items()}


@get("/problems", media_type=HTML, tags=["problems"], summary="代码表 / all codes", responses=LISTED)
async def problem_list(request: Request[Any, Any, Any]) -> Response[Any]:
    """Every code with its meaning; JSON for ``Accept: application/json``."""
    if JSON in request.headers.get("accept", ""):
        await asyncio.to_thread(_refused_by_acts)
        listed = tuple(filled(CodeName, rule, status=status_of(code)) for code, rule in sorted(RULES.items()))
        return Response(CodeList(codes=listed), media_type=JSON)
    rows = "".join(
        f'<tr><td><a href="{address(code)}"><code>{code}</code></a></td>'
        f'<td>{escape(rule.zh)}<br><span lang="en">{escape(rule.en)}</span></td></tr>'
        for code, rule in sorted(RULES.items())
    )
    lead = (
        '<h1>代码 Codes</h1><p>退回理由与提示的全部代码。</p><p lang="en">Every code that a refusal, an alert or a verdict can carry.</p>'
    )
    return page("代码 · 联单", f"{lead}<table><thead><tr><th>代码</th><th>含义 Meaning</th></tr></thead><tbody>{rows}</tbody></table>")


@get("/problems/{code:str}", media_type=HTML, tags=["problems"], summary="一个代码 / one code", responses=ANSWERS)
async def problem_page(request: Request[Any, Any, Any], code: InCode) -> Response[Any]:
    """What a code means and what to do, in both languages; JSON for ``Accept: application/json``."""
    rule = RULES.get(code.upper().replace("-", "_"))
    if rule is None or code not in (rule.code, address(rule.code).removeprefix("/problems/")):
        raise refuse("NOT_FOUND", field="code", found=code[:60], expected="/problems")
    await asyncio.to_thread(_refused_by_acts)  # half a second, once: it reads the source of all rules
    if JSON in request.headers.get("accept", ""):
        more = {"status": status_of(rule.code), "source_zh": source_in_chinese(rule.source), "example": _examples().get(rule.code)}
        return Response(filled(CodePage, rule, **more), media_type=JSON)
    return page(f"{rule.code} · 联单", "".join(parts_of(rule)))


def address(code: str) -> str:
    """The page of a code."""
    return f"/problems/{code.lower().replace('_', '-')}"


@cache
def _refused_by_acts() -> frozenset[str]:
    """Codes that an act is refused for."""
    return frozenset(code for code, kinds in given().items() if any(how.refused for how in kinds.values()))


def status_of(code: str) -> int | None:
    """The HTTP status of a refusal whose first reason this is; ``None`` where no request is refused for it."""
    return STATUS.get(code, REFUSED if code in _refused_by_acts() else None)


def parts_of(rule: Rule) -> Iterator[str]:
    """The page of a code, as HTML."""
    status = status_of(rule.code)
    yield f"<h1>{rule.code}{'' if status is None else f' <small>HTTP {status} {HTTPStatus(status).phrase}</small>'}</h1>"
    yield f'<p class="lead">{escape(rule.zh)}</p><p class="do">{escape(rule.do_zh)}</p>'
    yield f'<div lang="en"><p class="lead">{escape(rule.en)}</p><p class="do">{escape(rule.do_en)}</p></div>'
    yield from _causes(rule)
    yield from _example(rule.code)
    sources = [source_in_chinese(rule.source), rule.source]
    if rule.before is not None:
        since, source = rule.before
        sources += [f"{since} 以前：{source_in_chinese(source)}", f"Before {since}: {source}"]
    yield "<h2>依据与解决 Source and remedy</h2><dl>"
    if rule.rule != "-":
        yield f"<dt>规则 rule</dt><dd>{escape(rule.rule)}</dd>"
    yield f"<dt>依据 source</dt><dd>{'<br>'.join(map(escape, dict.fromkeys(sources)))}</dd>"
    yield f'<dt>由谁解决 who can lift it</dt><dd>{LIFTS_ZH[rule.lift]} <span lang="en">{LIFTS_EN[rule.lift]}</span></dd></dl>'
    places = _fields().get(rule.code, ())
    if places:
        yield "<h2>出现在 Where it occurs</h2><ul>"
        for kind, path, zh in places[:FIELDS_SHOWN]:
            yield f"<li><code>{kind}</code> <code>{escape(path)}</code> {escape(zh)}</li>"
        yield f"<li>… {len(places)}</li></ul>" if len(places) > FIELDS_SHOWN else "</ul>"


def _causes(rule: Rule) -> Iterator[str]:
    """What is said in one case and in another; … is what is so in the case."""
    if rule.causes:
        yield "<h2>各种情形 Cases</h2><ul>"
    for text in rule.causes.values():
        zh, do_zh, en, do_en = (escape(_PLACE.sub("…", said)) for said in (text.zh, text.do_zh, text.en, text.do_en))
        yield f'<li>{zh} {do_zh}（{LIFTS_ZH[text.lift]}）<br><span lang="en">{en} {do_en} ({LIFTS_EN[text.lift]})</span></li>'
    if rule.causes:
        yield "</ul>"


def _example(code: str) -> Iterator[str]:
    """A refusal and its mend."""
    example = _examples().get(code)
    if example is None:
        return
    yield "<h2>例 Example</h2>"
    yield "<dl>"
    for name, label in (("kind", "种类 kind"), ("field", "位置 field"), ("found", "实际 found"), ("expected", "应为 expected")):
        if name in example:
            yield f"<dt>{label}</dt><dd><code>{escape(example[name])}</code></dd>"
    yield "</dl>"
    if "right" in example:
        yield f"<p>改前 before</p><pre>{escape(example['wrong'])}</pre><p>改后 after</p><pre>{escape(example['right'])}</pre>"

"""A hostile text in every free text of every kind, found in the published schemas: in the form of its act, in the history that shows acts, and on the
sheet before it is signed. What of them a log of ours holds besides is opened by everybody in test_hostile_pages.py; what it does not is listed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from liandan.desk.forms.other import kind_form
from liandan.desk.forms.showing import shown
from liandan.desk.forms.words import WORDS
from liandan.desk.shell.frame import environment, render
from liandan.schemas import kind_schema
from reports.kinds import all_kinds
from tests.browser.conftest import browser
from tests.desk.hostile_texts import TEXTS, HostileRoadside, broken_out, free_texts
from tests.desk.island.test_vectors import run, shared_desk

__all__ = ["browser", "shared_desk"]
KINDS = all_kinds().by_name
FIRM = "915101120000FX029E"
BY_OTHERS = "what its act names (a file that was brought, a ticket, a paper) is not in this story; the history shows it like any other text"
NOT_TYPED = "no text that somebody typed: names of data, rules and keys, which the programs make"
OWN_STORY = "needs a story of its own; the history shows it like any other act"
LEFT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    BY_OTHERS: {
        "party.amend/1": ("file.name",), "approval.apply/1": ("contract.file.name", "contract.no", "materials.file.name"),
        "approval.suspend/1": ("file.name",), "approval.resume/1": ("file.name",), "approval.decide/1": ("conditions.note", "files.name", "reason"),
        "list.amend/1": ("add.conditions.note", "end.reason", "letter.name"), "list.exceed_consent/1": ("letter.name",),
        "list.propose/1": ("conditions.note", "letter.name"), "list.countersign/1": ("letter.name",), "list.report/1": ("letter.name",),
        "list.rows/1": ("rows.conditions.note",), "list.suspend/1": ("file.name", "letter.name"), "list.resume/1": ("letter.name",),
        "permit.grant/1": ("basis.plan_no", "file.name"), "permit.suspend/1": ("file.name",), "permit.resume/1": ("file.name",),
        "manifest.issue/1": (
            "contract.file.name", "decision.authority", "decision.file.name", "decision.no", "files.name", "lines.dg_none", "lines.exemptions.ref",
            "lines.pieces.unit", "meters.in_no", "meters.out_no", "paper.no", "paper.reason", "paper.scan.name", "pre_notice.ref",
        ),
        "manifest.depart/1": (
            "files.name", "gate.labels", "seals", "tickets.file.name", "tickets.no", "tickets.scale", "vehicle.trailer",
            "vehicle.trailer_licence_no",
        ),
        "manifest.receive/1": (
            "files.name", "lines.files.name", "lines.found.name", "notified_generator.ref", "place.address", "reported_to_authority.ref",
            "weighing.tickets.file.name", "weighing.tickets.no", "weighing.tickets.scale",
        ),
        "manifest.transship/1": ("files.name",), "manifest.arrive/1": ("files.name", "track.name"), "case.hold/1": ("files.name",),
        "case.report/1": ("files.name",), "incident.report/1": ("files.name",),
        "incident.unmanifested/1": (
            "files.name", "informed.name", "vehicle.licence_no", "vehicle.plate", "vehicle.trailer", "vehicle.trailer_licence_no",
            "weighing.tickets.file.name", "weighing.tickets.no", "weighing.tickets.scale",
        ),
    },
    NOT_TYPED: {
        "log.found/1": ("authorities.name", "data.name", "data.version", "log_keys", "operator.name", "ruleset.name", "ruleset.version", "witness_policy"),
        **{kind: free_texts(kind) for kind in ("ruleset.adopt/1", "data.adopt/1", "log.refusals/1", "witness.set/1")},
    },
    OWN_STORY: {
        kind: free_texts(kind)
        for kind in (
            "access.grant/1", "access.revoke/1", "authority.admit/1", "crew.retire/1", "delegation.grant/1", "delegation.revoke/1",
            "issuer.retire/1", "approval.accept/1", "approval.notice/1", "approval.revoke/1", "approval.consult/1", "approval.reply/1",
            "emergency.close/1", "emergency.declare/1", "emergency.join/1", "list.confirm/1", "list.remove/1", "permit.amend/1", "permit.revoke/1",
            "quota.open/1", "approval.withdraw/1", "manifest.void/1", "manifest.hand_over/1", "manifest.dispose/1", "manifest.verify/1",
            "case.amend_consent/1", "case.amend_propose/1", "case.amend_refuse/1", "case.contest/1", "case.close_with_gap/1", "case.number/1",
            "number.settle/1", "item.comment/1", "item.settle/1", "period.dispute/1",
        )
    },
}  # fmt: skip
"""Free texts of which the hostile log has none, and why."""


@cache
def hostile_body(kind: str) -> dict[str, Any]:
    """A body with everything that its schema knows, and a hostile text wherever any text may stand."""
    schema = kind_schema(KINDS[kind], all_kinds())
    texts = iter(TEXTS * 50)

    def made(part: Mapping[str, Any], within: tuple[str, ...]) -> Any:
        if name := part.get("$ref", "").rpartition("/")[2]:
            return made(schema["$defs"][name], (*within, name)) if within.count(name) < 2 else None
        if "anyOf" in part:
            return made(next(one for one in part["anyOf"] if one.get("type") != "null"), within)
        if "const" in part or "enum" in part:
            return part.get("const", part.get("enum", [None])[0])
        match part.get("type"):
            case "object":
                return {name: value for name, one in part.get("properties", {}).items() if (value := made(one, within)) is not None}
            case "array":
                return [made(part.get("items", {}), within)]
            case "string":
                return next(texts) if re.search(part.get("pattern", ""), TEXTS[0]) else "0"
            case "boolean":
                return True
        return 1

    found: dict[str, Any] = made(schema, ())
    return found


def hostile_in(value: Any) -> Iterator[str]:
    """The hostile texts of a body."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from hostile_in(part)
    elif value in TEXTS:
        yield value


def test_every_free_text_is_found() -> None:
    assert sum(len(free_texts(kind)) for kind in KINDS) >= 244
    for kind in KINDS:
        assert len(list(hostile_in(hostile_body(kind)))) >= len(free_texts(kind)), kind


def test_what_no_log_of_ours_holds_is_listed() -> None:
    bench = HostileRoadside()
    everything = {f"{kind} {field}" for kind in KINDS for field in free_texts(kind)}
    listed = [f"{kind} {field}" for kinds in LEFT.values() for kind, fields in kinds.items() for field in fields]
    assert len(bench.spoilt) >= 80
    assert sorted(everything - bench.spoilt) == sorted(listed)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_forms_and_histories_show_it_as_text(kind: str) -> None:
    body = hostile_body(kind)
    form = kind_form(KINDS[kind], f"x/{TEXTS[0]}", FIRM, body, (), {FIRM: TEXTS[1]}, {}, "zh", next_page=TEXTS[2])
    values: dict[str, Any] = {
        "forms": (form,), "chain": TEXTS[3], "back": "/desk", "frame": "shell/part.html", "visit": None, "title": TEXTS[4], "head": (), "styles": (),
        "with_htmx": False,
    }  # fmt: skip
    drawn = render("zh", 2026, "forms/act.html", WORDS, values)
    assert broken_out(drawn) == []
    history = shown(KINDS[kind].body, body, {}, "zh")
    template = """<dl>{% for f in fields %}<dt title="{{ f.label }}">{{ f.label }}</dt><dd data-x='{{ f.text }}'>{{ f.text }}</dd>{% endfor %}</dl>"""
    told = environment().from_string(template).render(fields=history)
    assert broken_out(told) == []
    held = html.unescape(told)
    assert [text for text in hostile_in(body) if text not in held] == [], "nothing is passed over"


_SHEET = """
  const [{ fieldsOf, headlineOf }] = [await load("shown")];
  document.documentElement.lang = given.lang;
  window.planted = 0;
  return Promise.all(given.acts.map(async (said) => {
    const shown = fieldsOf(said);
    document.body.append(shown);
    await new Promise((done) => setTimeout(done, 5));
    const found = { text: shown.textContent, planted: window.planted, title: headlineOf(said),
      odd: [...shown.querySelectorAll("img, script, iframe, base, style, b, svg, [onerror], [onfocus], [hx-get], [style]")].map((one) => one.outerHTML) };
    shown.remove();
    return found;
  }));"""


def test_the_sheet_shows_it_as_text(shared_desk: Any) -> None:
    acts = [
        {
            "kind": kind,
            "chain": f"x/{FIRM}/1",
            "seq": 0,
            "prev": "0" * 64,
            "by": [FIRM],
            "at": "2026-11-05T08:00:00+08:00",
            "body": hostile_body(kind),
        }
        for kind in sorted(KINDS)
    ]
    for lang in ("zh-CN", "en"):
        for act, answer in zip(acts, run(shared_desk, _SHEET, {"lang": lang, "acts": acts}), strict=True):
            assert (answer["odd"], answer["planted"]) == ([], 0), act["kind"]
            missing = [text for text in hostile_in(act["body"]) if text not in answer["text"]]
            assert missing == [], act["kind"]

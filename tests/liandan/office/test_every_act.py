"""Every kind that a person signs is a command, and each of its bodies can be said in three ways: by questions, by single fields, by a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from ledger.admission.form import read_body
from liandan.act_tree import Node, tree_of
from liandan.cli import main
from liandan.cli.founding import Offline
from liandan.cli.office.asking import NEVER_ASKED, Asking
from liandan.cli.office.groups import BY_THE_SERVER, words_of
from liandan.cli.office.typed import Typing
from liandan.schema_examples import statements
from liandan.wiring import KINDS
from signing.refusal import Refusal

SIGNED = sorted(KINDS.by_name.keys() - BY_THE_SERVER)
EXAMPLES = sorted(statements().keys() & set(SIGNED) - {"log.found/1"})


@pytest.mark.parametrize("name", SIGNED)
def test_every_act_that_somebody_signs_is_a_command(name: str) -> None:
    command: click.Command = main
    for word in words_of(name).split():
        assert isinstance(command, click.Group), name
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"liandan {words_of(name)}: a group of the noun is missing in liandan.cli.office.nouns"
        command = found
    assert not isinstance(command, click.Group), name


def test_a_group_offers_every_act_of_its_noun_in_both_languages() -> None:
    answer = CliRunner().invoke(main, ["permit", "--help"])
    for said in ("grant", "登记经营许可证或豁免管理单位", "suspend", "permit suspension", "show"):
        assert said in answer.output
    answer = CliRunner().invoke(main, ["permit", "suspend", "--help"])
    assert "--reason TEXT" in answer.output
    assert "理由 reason，必填 / needed" in answer.output


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_body_is_said_field_by_field(name: str) -> None:
    body = statements()[name]["body"]
    settings = dict(flattened(body))
    assert Typing().placed(tree_of(KINDS.by_name[name].body), settings, {}) == body


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_body_is_said_in_answer_to_questions(name: str, tmp_path: Path) -> None:
    """But for commitments to personal data, which nobody types; keys are said by the files of their registrations."""
    kind, body = KINDS.by_name[name], statements()[name]["body"]
    asked = {field: value for field, value in body.items() if field not in NEVER_ASKED}
    committed = {field: value for field, value in body.items() if field in NEVER_ASKED}
    found = complete(tree_of(kind.body), committed, list(answers(tree_of(kind.body), asked, tmp_path)))
    assert found == body
    read_body(found, kind.body)


@pytest.mark.parametrize("name", SIGNED)
def test_nothing_is_asked_with_yes_and_what_is_missing_is_told(name: str) -> None:
    parts = tree_of(KINDS.by_name[name].body)
    needed = [f"body.{node.name}" for node in parts if node.field.is_required]
    asking = Asking(Typing(), Offline(), asks=False, all_of_it=False)
    if not needed:
        assert asyncio.run(asking.complete(parts, {})) == {}
        return
    with pytest.raises(Refusal) as refused:
        asyncio.run(asking.complete(parts, {}))
    assert [(reason.code, reason.field) for reason in refused.value.reasons] == [("FIELD_MISSING", field) for field in needed]


def test_what_does_not_fit_is_asked_again_and_what_was_meant_is_offered() -> None:
    parts = tree_of(KINDS.by_name["permit.revoke/1"].body)
    with CliRunner().isolation(input="\n\u3000\n年检不合格\n\n") as (_, errors, _):
        found = asyncio.run(Asking(Typing(), Offline(), asks=True, all_of_it=True).complete(parts, {}))
        told = errors.getvalue().decode()  # type: ignore[attr-defined]  # BytesIO
    assert found["reason"] == "年检不合格"
    assert "理由 reason (reason)" in told
    parts = tuple(node for node in tree_of(KINDS.by_name["party.site/1"].body) if node.name == "division")
    with CliRunner().isolation(input="５10112\n\n") as (_, errors, _):
        found = asyncio.run(Asking(Typing(), Offline(), asks=True, all_of_it=True).complete(parts, {}))
        told = errors.getvalue().decode()  # type: ignore[attr-defined]  # BytesIO
    assert found == {"division": "510112"}
    assert "✗" in told
    assert "您是不是想写 510112？" in told
    assert "510112 四川省成都市龙泉驿区" in told


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        ("approval.decide/1", {"lines.1.line": "0"}, "lines.1.line"),
        ("approval.decide/1", {"lines.x.line": "0"}, "lines.x.line"),
        ("approval.decide/1", {"line": "0"}, "no field"),
        ("approval.decide/1", {"approve": "vielleicht"}, "FIELD_TYPE"),
        ("approval.decide/1", {"valid_to": "2026-02-30"}, "DATE_FORM"),
        ("approval.decide/1", {"outcome": "9"}, "FIELD_TYPE"),
        ("party.register/1", {"keys.0": "/nowhere/at/all"}, "cannot be read"),
        ("permit.grant/1", {"file": "/dev"}, "cannot be read"),
        ("permit.grant/1", {"file": "a\0b"}, "cannot be read"),
        ("permit.revoke/1", {"reason": "\udcff"}, "UTF-8"),
        ("approval.withdraw/1", {"commit.x": "\udcff"}, "UTF-8"),
        ("permit.grant/1", {"items.0.codes": "HW31"}, "SCOPE_FORM"),
        ("permit.grant/1", {"scale_t": "1e9"}, "QTY"),
    ],
)
def test_a_wrong_field_is_told(kind: str, settings: Mapping[str, str], said: str) -> None:
    with pytest.raises((click.UsageError, Refusal)) as wrong:
        Typing().placed(tree_of(KINDS.by_name[kind].body), settings, {})
    told = wrong.value.format_message() if isinstance(wrong.value, click.UsageError) else ", ".join(wrong.value.codes)
    assert said in told


@given(
    name=st.sampled_from(SIGNED),
    steps=st.lists(st.sampled_from(["lines", "0", "1", "key", "keys", "commit", "file", "x", ""]), min_size=1, max_size=4),
    text=st.text(st.characters(), max_size=12),
    given_=st.dictionaries(st.sampled_from(["lines", "keys", "commit"]), st.none() | st.integers() | st.just([]) | st.just([1])),
)
def test_no_field_from_the_command_line_is_a_fault(name: str, steps: list[str], text: str, given_: dict[str, Any]) -> None:
    parts = tree_of(KINDS.by_name[name].body)
    typing = Typing()
    with suppress(click.UsageError, Refusal):
        typing.placed(parts, {".".join(steps): text}, typing.resolved(parts, given_))


# ---------------------------------------------------------------------- scripts


def complete(parts: Sequence[Node], before: Mapping[str, Any], lines: Sequence[str]) -> dict[str, Any]:
    """A dialogue with everything asked; every line was needed and no further one."""
    with CliRunner().isolation(input="".join(f"{line}\n" for line in lines)) as (_, errors, _):
        try:
            return asyncio.run(Asking(Typing(), Offline(), asks=True, all_of_it=True).complete(parts, before))
        except click.Abort:
            raise AssertionError(errors.getvalue().decode()) from None  # type: ignore[attr-defined]  # BytesIO


def answers(parts: Sequence[Node], body: Mapping[str, Any], folder: Path) -> Iterator[str]:
    """What is typed to say a body, in the order of the questions."""
    for node in parts:
        if node.name in NEVER_ASKED:
            continue
        value = body.get(node.name)
        is_object = bool(node.parts) and not node.is_key and node.field.type != "file"
        if node.field.is_list:
            yield from _items(node, value or [], folder, is_object=is_object)
        elif is_object:
            yield from ([] if node.field.is_required else ["n" if value is None else "y"])
            yield from answers(node.parts, value, folder) if value is not None else ()
        else:
            yield _said(node, value, folder)


def _items(node: Node, items: Sequence[Any], folder: Path, *, is_object: bool) -> Iterator[str]:
    least = max(node.field.least or 0, 1) if node.field.is_required else 0
    for number, item in enumerate(items):
        if is_object:
            is_asked = number >= (node.field.least or 0) or number == 0
            yield from (["y"] if is_asked and number >= least else [])
            yield from answers(node.parts, item, folder)
        else:
            yield _said(node, item, folder)
    if node.field.most is None or len(items) < node.field.most:
        yield "n" if is_object else ""


def _said(node: Node, value: Any, folder: Path) -> str:
    if not node.is_key or value is None:
        return _text(value)
    path = folder / f"{sha256(value['spki'].encode()).hexdigest()}.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)


def _text(value: Any) -> str:
    return "" if value is None else {True: "y", False: "n"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def flattened(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf with its path."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flattened(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from flattened(inner, f"{path}.{number}")
    else:
        yield path, _text(value)

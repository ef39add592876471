"""The sheet says everything that the bytes say, of every kind, in both languages; and nothing that they do not say."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from ledger.labels import fields_of
from reports.kinds import all_kinds
from tests.desk.island.test_vectors import golden, run, shared_desk

__all__ = ["shared_desk"]
_SHOW = """
  const [{ fieldsOf, headlineOf }, { readBytes }, core] = [await load("shown"), await load("statement"), await load("core")];
  document.documentElement.lang = given.lang;
  return Promise.all(given.payloads.map(async (payload) => {
    const { said } = await readBytes(core.fromBase64(payload));
    const shown = fieldsOf(said);
    return { text: shown.textContent, labels: [...shown.querySelectorAll("dt")].map((node) => node.textContent), title: headlineOf(said) };
  }));"""


def leaves(value: Any) -> Iterator[str]:
    """Every value of a statement, as it stands in its bytes."""
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part)
    else:
        yield value if isinstance(value, str) else msgspec.json.encode(value).decode()


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_every_value_of_every_kind_is_shown(shared_desk: Any, lang: str) -> None:
    statements = [one["payload"] for one in golden()]
    said = [msgspec.json.decode(payload) for payload in statements]
    assert {one["kind"] for one in said} == set(all_kinds().by_name), "a golden statement of every kind"
    answers = run(shared_desk, _SHOW, {"lang": lang, "payloads": [b64encode(payload).decode() for payload in statements]})
    missing = [
        (one["kind"], value) for one, answer in zip(said, answers, strict=True) for value in leaves(one) if value not in answer["text"]
    ]
    assert missing == []
    for one, answer in zip(said, answers, strict=True):
        kind = all_kinds().by_name[one["kind"]]
        assert answer["title"].startswith(kind.zh if lang == "zh-CN" else kind.en)
        named = {field.path: field.zh if lang == "zh-CN" else field.en for field in fields_of(kind.body)}
        for name in one["body"]:
            assert any(label.startswith(named[name]) for label in answer["labels"]), (one["kind"], name)

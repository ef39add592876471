"""The page's text for co-signing is that of the product: what one writes the other reads, whole, damaged, in any order (docs/formats/cosign.md)."""

from __future__ import annotations

import random
import re
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.pending.compact import CosignedStatement, cosigning_of, merged, read_text, read_texts, write_text
from signing.envelope import Signature
from tests.desk.driver.conftest import Phone
from tests.desk.driver.modules import needs_chromium
from tests.sample import sample

pytestmark = needs_chromium

PAGE = Path(__file__).parents[3] / "docs" / "formats" / "cosign.md"
SIGNATURES = st.dictionaries(
    st.integers(0, 7), st.builds(Signature, st.binary(min_size=32, max_size=32).map(bytes.hex), st.binary(max_size=100)), max_size=8
)
_TOOLS = """
  const f = await import("/driver/frames.js");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const text = (raw) => raw && btoa(String.fromCharCode(...raw));
  const told = (one) => ({ ...one, body: text(one.body), signatures: one.signatures.map((sign) => ({ ...sign, sig: text(sign.sig) })) });
"""
_READ = f"async ([given]) => {{ {_TOOLS} try {{ return (await f.readText(given)).map(told); }} catch (error) {{ return error.code || String(error); }} }}"
_WRITE = f"""async ([act, answer, frame]) => {{ {_TOOLS}
  const known = {{ ...act, body: bytes(act.body), signatures: act.signatures.map((one) => ({{ ...one, sig: bytes(one.sig) }})) }};
  return (await f.writeFrames(known, {{ answer, frame }})).join("\\n");
}}"""
_MERGE = f"""async ([one, other]) => {{ {_TOOLS}
  const known = (signatures) => signatures.map((sign) => ({{ ...sign, sig: bytes(sign.sig) }}));
  return f.mergedSignatures(known(one), known(other)).map((sign) => ({{ ...sign, sig: text(sign.sig) }}));
}}"""


def signatures_of(one: CosignedStatement) -> list[dict[str, Any]]:
    """As the page has them."""
    return [{"place": place, "keyid": sign.keyid, "sig": b64encode(sign.sig).decode()} for place, sign in sorted(one.signatures.items())]


def of_page(told: dict[str, Any]) -> CosignedStatement:
    """What the page read."""
    signatures = {one["place"]: Signature(one["keyid"], b64decode(one["sig"])) for one in told["signatures"]}
    return CosignedStatement(told["statement"], b64decode(told["body"] or ""), signatures)


@settings(max_examples=sample(40), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=3000), SIGNATURES, st.booleans(), st.integers(80, 4000), st.randoms())
def test_both_write_and_read_the_same(
    phone: Phone, body: bytes, signatures: dict[int, Signature], is_answer: bool, frame: int, chance: random.Random
) -> None:
    one = cosigning_of(body, signatures)
    part = one.answer if is_answer else one
    lines = write_text(part, frame).splitlines()
    chance.shuffle(lines)
    [read] = phone.run(_READ, "\n".join([*lines, lines[0].lower()]))
    assert of_page(read) == part
    act = {"statement": one.statement, "body": b64encode(body).decode(), "signatures": signatures_of(one)}
    written = phone.run(_WRITE, act, is_answer, frame)
    assert read_text(written) == part
    assert all(re.fullmatch("[0-9A-Z$%*+./:-]+", line) for line in written.splitlines()), "a QR code packs it as letters"


@settings(max_examples=sample(20), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=300), SIGNATURES, SIGNATURES)
def test_both_put_signatures_together_alike(phone: Phone, body: bytes, mine: dict[int, Signature], theirs: dict[int, Signature]) -> None:
    one, other = cosigning_of(body, mine), cosigning_of(body, theirs)
    found = phone.run(_MERGE, signatures_of(one), signatures_of(other))
    assert found == signatures_of(merged([one, other])) == phone.run(_MERGE, signatures_of(other), signatures_of(one))


def test_what_is_damaged_or_not_whole_is_said(phone: Phone) -> None:
    one = cosigning_of(bytes(range(256)) * 8, {0: Signature("ab" * 32, b"s" * 64)})
    lines = write_text(one, 100).splitlines()
    assert len(lines) > 3
    assert phone.run(_READ, "\n".join(lines[1:])) == "incomplete"
    assert phone.run(_READ, "") == "none"
    assert phone.run(_READ, "https://example.cn/v#x") == "damaged"
    for place in range(34, len(lines[1]), 37):
        changed = lines[1][:place] + ("A" if lines[1][place] != "A" else "B") + lines[1][place + 1 :]
        assert phone.run(_READ, "\n".join([lines[0], changed, *lines[2:]])) == "damaged"


def test_the_example_of_the_format_is_read(phone: Phone) -> None:
    text = PAGE.read_text(encoding="utf-8")
    [line] = re.findall(r"^LIANDAN:COSIGN1:1/1:[0-9A-F]{8}:[A-Z2-7]+$", text, re.MULTILINE)
    [read] = phone.run(_READ, line)
    assert read["statement"] in text
    assert of_page(read) == read_text(line)


def test_a_file_of_several_is_read_by_both(phone: Phone) -> None:
    several = [cosigning_of(f"statement {number}".encode() * 90, {0: Signature("cd" * 32, bytes(64))}) for number in range(3)]
    text = "\n\n".join(write_text(one, 100) for one in several)
    assert [of_page(one) for one in phone.run(_READ, text)] == read_texts(text) == several

"""The closed list of forbidden characters, code point by code point."""

from __future__ import annotations

import pytest

from signing.payload import FORBIDDEN, first_forbidden, visible

RANGES = [
    (0x0000, 0x001F), (0x007F, 0x009F), (0x00AD, 0x00AD), (0x061C, 0x061C), (0x180E, 0x180E), (0x200B, 0x200F), (0x2028, 0x202E),
    (0x2060, 0x206F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB), (0xE0000, 0xE007F), (0xD800, 0xDFFF), (0xFDD0, 0xFDEF),
]  # fmt: skip
"""Formats §1, as written there; noncharacters also end every plane."""


def expected() -> set[int]:
    listed = {point for first, last in RANGES for point in range(first, last + 1)}
    return listed | {plane << 16 | low for plane in range(17) for low in (0xFFFE, 0xFFFF)}


def test_exactly_the_listed_code_points_are_forbidden() -> None:
    assert {point for point in range(0x110000) if FORBIDDEN.match(chr(point))} == expected()


def test_every_forbidden_character_is_unprintable_so_that_the_quick_reading_sees_it() -> None:
    assert not [hex(point) for point in expected() if chr(point).isprintable()]


def test_the_first_forbidden_character_is_named_wherever_it_stands() -> None:
    for point in expected():
        assert first_forbidden(f"废{chr(point)}\u200b") == f"U+{point:04X}"


@pytest.mark.parametrize(
    "text", ["", "废矿物油", "a b", "\u3000", "\u00a0", "e\u0301", "\U0001f600", "\ue000", "\u200a", "\u2010", "\u2070", "\U000e0080"]
)
def test_other_characters_are_allowed(text: str) -> None:
    assert first_forbidden(text) is None


def test_a_shown_text_holds_no_forbidden_character_and_is_short() -> None:
    shown = visible("a\u202eb\ud800" + "x" * 500)
    assert shown.startswith("a\\u{202E}b\\u{D800}x")
    assert first_forbidden(shown) is None
    assert len(shown) < 80

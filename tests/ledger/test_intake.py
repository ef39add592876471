"""Reading and verifying a large request leaves the event loop to others in between, and answers in order."""

from __future__ import annotations

import asyncio

import pytest

from ledger.admission import intake
from ledger.admission.intake import _in_turns


async def test_others_have_their_turn_between_envelopes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TURN_S", 0.0)
    happened: list[str] = []

    def read(number: int) -> int:
        happened.append("read")
        return number * number

    async def other() -> None:
        for _ in range(3):
            happened.append("other")
            await asyncio.sleep(0)

    done, _ = await asyncio.gather(_in_turns(read, range(4)), other())
    assert done == [0, 1, 4, 9]
    assert happened[:6] == ["read", "other"] * 3


async def test_a_short_request_is_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TURN_S", 3600.0)
    happened: list[str] = []

    async def other() -> None:
        happened.append("other")

    await asyncio.gather(_in_turns(lambda _: happened.append("read"), range(8)), other())
    assert happened == ["read"] * 8 + ["other"]

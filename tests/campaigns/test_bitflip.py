"""A sample of ``python -m bench.bitflip``: whatever bit flips, the audit finds it and says where. The long mode flips 1,000."""

from __future__ import annotations

import random

import pytest

from bench.bitflip import campaign, flipped

FLIPS = 24


async def test_every_flipped_bit_is_found_and_located() -> None:
    found, missed = await campaign(FLIPS, seed=20261008)
    assert missed == []
    assert found.total() == FLIPS
    assert len(found) >= 10, "the sample covers many places"


@pytest.mark.parametrize("value", [b"\x00\xff" * 9, "联单 chain/a", 0, 77, 2**62])
def test_a_flip_changes_exactly_one_bit(value: bytes | str | int) -> None:
    chance = random.Random(7)
    for _ in range(50):
        changed = flipped(value, chance)
        if isinstance(value, int):
            assert isinstance(changed, int)
            assert (value ^ changed).bit_count() == 1
        else:
            before, after = (item.encode() if isinstance(item, str) else item for item in (value, changed))
            assert isinstance(after, bytes)
            assert sum((one ^ other).bit_count() for one, other in zip(before, after, strict=True)) == 1

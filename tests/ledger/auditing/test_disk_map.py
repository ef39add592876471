"""Values that wait in a file are the same values: a disk of any size behaves like a dict."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ledger.auditing import disk_map as spills
from ledger.auditing.disk_map import DiskMap


def disk(path: Path | None, hot: int) -> DiskMap:
    return DiskMap(path, lambda value: str(value).encode(), lambda name, raw: int(raw), hot=hot)


@pytest.mark.parametrize("hot", [2, 7, 40, 1000])
def test_a_spill_is_a_dict(hot: int) -> None:
    chance, model, kept = random.Random(hot), dict[str, int](), disk(None, hot)
    for number in range(3000):
        name = f"n{chance.randrange(60)}"
        if chance.random() < 0.4:
            model[name] = number
            kept.put(name, number)
        else:
            assert kept.get(name) == model.get(name)
        if number % 500 == 0:
            name = f"n{chance.randrange(60)}"
            assert kept.raw(name) == (None if name not in model else str(model[name]).encode())
            assert len(kept) == len(model)
    assert dict(kept.items()) == {name: str(value).encode() for name, value in model.items()}
    kept.close()


def test_no_more_than_the_hot_values_stay_in_memory() -> None:
    kept = disk(None, 20)
    for number in range(500):
        kept.put(f"n{number}", number)
        assert len(kept.young) + len(kept._old) <= 20 + 1
    kept.close()


def test_what_was_kept_is_there_again_and_what_came_after_is_not(tmp_path: Path) -> None:
    first = disk(tmp_path / "spill", 4)
    for number in range(10):
        first.put(f"n{number}", number)
    first.keep(b"mark")
    first.put("n3", 99)
    first.close()
    second = disk(tmp_path / "spill", 4)
    assert (second.mark(), second.get("n3"), len(second)) == (b"mark", 3, 10)
    second.close()


def test_names_that_share_a_slot_are_still_told_apart_and_new_ones_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spills, "_SLOTS", 3)
    kept, asked = disk(None, 4), list[str]()
    kept.db.set_trace_callback(lambda sql: asked.append(sql) if sql.startswith("SELECT value") else None)
    assert [kept.get(f"m{number}") for number in range(30)] == [None] * 30
    assert asked == []
    for number in range(30):
        kept.put(f"n{number}", number)
    assert [kept.get(f"n{number}") for number in range(30)] == list(range(30))
    assert [kept.get(f"m{number}") for number in range(30)] == [None] * 30
    assert asked
    kept.close()

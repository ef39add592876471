"""The key store: what is destroyed is in no byte of its files any more, whatever happened in between."""

from __future__ import annotations

import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.vault.keys import KeyStore, Place

PLACES: list[Place] = [(sha256(str(number).encode()).hexdigest(), "driver.name") for number in range(400)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite3"


def left(directory: Path) -> bytes:
    """Every byte that lies in the directory."""
    return b"\n".join(file.read_bytes() for file in sorted(directory.iterdir()))


def test_a_key_is_made_once_and_found_again(path: Path) -> None:
    store = KeyStore(path)
    keys = store.obtain(PLACES)
    assert len(set(keys.values())) == len(PLACES)
    assert all(len(key) == 32 for key in keys.values())
    store.close()
    again = KeyStore(path)
    assert again.obtain(PLACES[:3]) == again.fetch(PLACES[:3]) == {place: keys[place] for place in PLACES[:3]}
    again.close()


def test_the_file_is_its_owners_alone(path: Path) -> None:
    KeyStore(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("count", [1, 7, 399, 400])
def test_a_destroyed_key_is_in_no_byte_and_the_others_stay(path: Path, count: int) -> None:
    store = KeyStore(path)
    keys: dict[Place, bytes] = {}
    for start in range(0, len(PLACES), 50):  # pages split while it grows, which leaves stale copies behind
        keys |= store.obtain(PLACES[start : start + 50])
    assert all(key in left(path.parent) for key in keys.values())
    gone = PLACES[::-1][:count]
    assert store.destroy(gone) == count
    raw = left(path.parent)
    assert [place for place in gone if keys[place] in raw] == []
    kept = [place for place in PLACES if place not in gone]
    assert store.fetch(PLACES) == {place: keys[place] for place in kept}
    store.close()


def test_an_erased_place_gets_no_key_again(path: Path) -> None:
    store = KeyStore(path)
    store.obtain(PLACES[:2])
    store.destroy([PLACES[0], PLACES[2]])
    assert set(store.obtain(PLACES[:4])) == {PLACES[1], PLACES[3]}
    assert store.destroy([PLACES[0]]) == 0
    store.close()


def test_a_crash_before_the_rewrite_is_made_good_by_the_next_opening(path: Path) -> None:
    store = KeyStore(path)
    keys = store.obtain(PLACES)
    store.close()
    crashed = sqlite3.connect(path, isolation_level=None)  # what destroy commits before it rewrites, without secure_delete
    crashed.execute("PRAGMA secure_delete = OFF")
    crashed.execute("BEGIN")
    crashed.execute("DELETE FROM key WHERE statement = ?", (PLACES[5][0],))
    crashed.execute("INSERT INTO dirty VALUES (1)")
    crashed.execute("COMMIT")
    crashed.close()
    assert keys[PLACES[5]] in left(path.parent)
    KeyStore(path).close()
    assert keys[PLACES[5]] not in left(path.parent)
    assert keys[PLACES[6]] in left(path.parent)


def test_several_processes_and_threads_agree_on_a_key(path: Path) -> None:
    stores = [KeyStore(path) for _ in range(3)]
    with ThreadPoolExecutor(6) as workers:
        found = list(workers.map(lambda turn: stores[turn % 3].obtain(PLACES[:5]), range(12)))
    assert all(keys == found[0] for keys in found)
    assert stores[1].destroy(PLACES[:5]) == 5
    assert stores[2].obtain(PLACES[:5]) == stores[0].fetch(PLACES[:5]) == {}
    for store in stores:
        store.close()

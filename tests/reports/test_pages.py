"""Values in pages: the same as a dictionary in order, whatever is put, taken out and walked; a page that was touched is noticed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.reconciliation.gathered import pages
from reports.reconciliation.gathered.pages import PagedMap, Unfit

ULIDS = ("01K90000000000000000000001", "01K90000000000000000000002", "01KA0000000000000000000003")
NAMES = st.one_of(
    st.builds("{}:{:03d}".format, st.sampled_from(["=rows", "=rows:51-50", "number", "~"]), st.integers(0, 200)),
    st.builds("{}:manifest/G{}/{}".format, st.sampled_from(["chain", "=filed"]), st.integers(0, 9), st.sampled_from(ULIDS)),
)
STEPS = st.lists(st.tuples(NAMES, st.one_of(st.none(), st.text(max_size=60))), max_size=300)


def decode(_: str, raw: bytes) -> object:
    """Texts alone."""
    return msgspec.msgpack.decode(raw)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that are divided after some names."""
    monkeypatch.setattr(pages, "PAGE_BYTES", 300)


@given(STEPS, st.integers(2, 40))
def test_it_is_a_dictionary_in_order(steps: list[tuple[str, str | None]], hot: int) -> None:
    expected: dict[str, str] = {}
    with closing(PagedMap(None, msgspec.msgpack.encode, decode, hot=hot)) as held:
        for name, value in steps:
            held.put(name, value)
            if value is None:
                expected.pop(name, None)
            else:
                expected[name] = value
            assert held.get(name) == value
        assert {name: held.get(name) for name, _ in steps} == {name: expected.get(name) for name, _ in steps}
        for prefix in ("=rows:", "=rows:51-50:", "number:1", "~:", "zzz"):
            wanted = {name: value for name, value in expected.items() if name.startswith(prefix)}
            assert list(held.walk(prefix)) == sorted(wanted.items())
        assert len(held) == len(expected)
        list_of_pages = held.pages
        assert list_of_pages.firsts == sorted(list_of_pages.firsts)
        assert len(set(list_of_pages.numbers)) == len(list_of_pages.numbers) == len(list_of_pages.digests)


def kept(path: Path) -> pages.PageList:
    """A file of some pages."""
    with closing(PagedMap(path, msgspec.msgpack.encode, decode)) as held:
        for number in range(100):
            held.put(f"number:{number:03d}", f"value {number}")
        held.settle()
        held.keep(b"mark")
        return held.pages


def test_what_was_kept_is_read_again_page_by_page(tmp_path: Path) -> None:
    known = kept(tmp_path / "pages")
    assert len(known.numbers) > 3
    with closing(PagedMap(tmp_path / "pages", msgspec.msgpack.encode, decode)) as held:
        held.use(known)
        assert [held.get(f"number:{number:03d}") for number in (0, 50, 99, 100)] == ["value 0", "value 50", "value 99", None]


@pytest.mark.parametrize(
    "touch",
    [
        "UPDATE page SET content = CAST(replace(content, 'value 50', 'value 51') AS BLOB)",
        "UPDATE page SET content = (SELECT content FROM page WHERE number = 1)",
        "UPDATE page SET content = CAST(content AS TEXT)",
        "DELETE FROM page",
        "DROP TABLE page; CREATE TABLE page AS SELECT 1 AS number, 'x' AS content",
    ],
)
def test_a_page_that_was_touched_is_not_read(tmp_path: Path, touch: str) -> None:
    known = kept(tmp_path / "pages")
    with closing(sqlite3.connect(tmp_path / "pages")) as db:
        db.executescript(touch)
        db.commit()
    with closing(PagedMap(tmp_path / "pages", msgspec.msgpack.encode, decode)) as held:
        held.use(known)
        with pytest.raises(Unfit):
            [held.get(f"number:{number:03d}") for number in range(100)]

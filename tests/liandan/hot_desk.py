"""What the desk's own tables are asked again and again, for test_hot_queries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from types import ModuleType

import asyncpg
import msgspec

from liandan.desk.enterprise import store as D  # as in test_hot_queries
from liandan.desk.enterprise.draft import KeptDraft
from liandan.desk.keys import store as K
from liandan.desk.public import store as R
from liandan.desk.public.store import RoadLink
from tests.liandan.large_log import ENTRIES, ULID

ROOMS: tuple[ModuleType, ...] = (D, K, R)
CHAIN = f"manifest/G0007/{ULID.format(7)}"


async def boxed(conn: asyncpg.Connection) -> None:
    """A device is enrolled: what is over goes, a box is opened, answered and finished."""
    name = "f" * 64
    await K.sweep(conn)
    await K.hold(conn, "G0007")
    assert await K.count_of(conn, "G0007")
    assert await K.insert(conn, name, "G0007", b"o", timedelta(minutes=10))
    assert await K.put_answer(conn, name, b"a")
    assert await K.put_done(conn, name, "G0007", b"d")
    assert await K.fetch(conn, name)
    assert await K.list_newest(conn, "G0007", before=ENTRIES, limit=20)


async def drafted(conn: asyncpg.Connection) -> None:
    """A firm's drafts and templates: looked through, changed, dropped."""
    await D.hold(conn, "G0007")
    assert await D.count_drafts(conn, "G0007", "draft")
    assert await D.list_drafts(conn, "G0007", "template", 20)
    [known, *_] = await D.list_drafts(conn, "G0007", "draft", 20)
    await D.put_draft(conn, msgspec.structs.replace(known, title="other"))
    assert isinstance(await D.fetch_draft(conn, "G0007", known.id), KeptDraft)
    await D.delete_draft(conn, "G0007", known.id)


async def linked(conn: asyncpg.Connection) -> None:
    """A road link is made, opened and taken back; old ones go."""
    await R.delete_before(conn, 9)
    await R.insert(conn, b"d" * 32, RoadLink(manifest=CHAIN, made_by="G0007", made_s=ENTRIES))
    await R.keep_newest(conn, CHAIN, 2)
    assert await R.fetch(conn, b"d" * 32)
    assert await R.delete_of(conn, CHAIN) == 2


HOT: Mapping[str, Callable[[asyncpg.Connection], Awaitable[object]]] = {"desk_box": boxed, "desk_draft": drafted, "road_link": linked}

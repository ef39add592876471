"""SQL of road links: one statement per function, connection first. What is kept opens nothing: of a capability only its hash is here."""

from __future__ import annotations

from msgspec import Struct

from ledger.store import Conn


class RoadLink(Struct, frozen=True, kw_only=True):
    """One link, as it is kept."""

    manifest: str
    """Chain."""
    made_by: str
    made_s: int
    """Of the log's own time."""


async def insert(conn: Conn, digest: bytes, link: RoadLink) -> None:
    """A new one."""
    await conn.execute(
        "INSERT INTO road_link (digest, manifest, made_by, made_s) VALUES ($1, $2, $3, $4)",
        digest,
        link.manifest,
        link.made_by,
        link.made_s,
    )


async def fetch(conn: Conn, digest: bytes) -> RoadLink | None:
    """The link of a capability's hash."""
    row = await conn.fetchrow("SELECT manifest, made_by, made_s FROM road_link WHERE digest = $1", digest)
    return None if row is None else RoadLink(manifest=row["manifest"], made_by=row["made_by"], made_s=row["made_s"])


async def keep_newest(conn: Conn, manifest: str, most: int) -> None:
    """Of one manifest the newest links; older ones lead nowhere from now on."""
    await conn.execute(
        "DELETE FROM road_link WHERE digest IN (SELECT digest FROM road_link WHERE manifest = $1 ORDER BY number DESC OFFSET $2)",
        manifest,
        most,
    )


async def delete_of(conn: Conn, manifest: str) -> int:
    """All links of a manifest; how many there were."""
    return int((await conn.execute("DELETE FROM road_link WHERE manifest = $1", manifest)).rpartition(" ")[2])


async def delete_before(conn: Conn, made_s: int) -> None:
    """What was made before a moment of the log, at most a hundred of them: nothing travels for so long. By the index of ages, whatever the
    planner believes of how many are old."""
    oldest = "SELECT ctid FROM road_link WHERE made_s < $1 ORDER BY made_s LIMIT 100"
    await conn.execute(f"DELETE FROM road_link WHERE ctid = ANY (ARRAY({oldest}))", made_s)  # noqa: S608  # words of the code

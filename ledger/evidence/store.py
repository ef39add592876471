"""The evidence store's SQL: who brought which file, which entries name it for whom. The bytes lie elsewhere, names of files nowhere.

``evidence_file`` and ``evidence_upload`` say what this installation holds and are its own; ``evidence_reference`` follows the published
entries like the views of manifests and can be made again from them (manifests.projection).
"""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

from msgspec import Struct

from ledger.caller import WITHIN
from ledger.evidence.named import Reference
from ledger.store import Conn


class FileRow(Struct, frozen=True, gc=False):
    """A file as it is held; ``is_here`` is false from the moment its upload was judged to the moment the shelf has it."""

    size: int
    media_type: str
    is_here: bool


class Standing(Struct, frozen=True, gc=False):
    """What a reader is to a file: brought it himself; may read an entry that names it; and whether who signed such an entry brought it."""

    file: FileRow | None
    is_own: bool
    is_named: bool
    is_brought: bool


class Upload(Struct, frozen=True, gc=False):
    """A file that somebody brought."""

    digest: str
    uscc: str


_STANDING = """
    WITH named AS (
        SELECT parties FROM evidence_reference WHERE sha256 = $1 AND reader = ANY($3::text[])
     UNION ALL
        SELECT parties FROM unnest($4::text[]) AS region, evidence_reference
         WHERE sha256 = $1 AND reader >= region AND reader < region || ':'
    )
    SELECT size, media_type, stored_at IS NOT NULL AS is_here,
           EXISTS (SELECT FROM evidence_upload WHERE sha256 = $1 AND uscc = $2) AS is_own,
           EXISTS (SELECT FROM named) AS is_named,
           EXISTS (SELECT FROM named JOIN evidence_upload ON sha256 = $1 AND uscc = ANY(parties)) AS is_brought
      FROM (SELECT) AS one LEFT JOIN evidence_file ON sha256 = $1
"""


async def fetch_standing(conn: Conn, digest: str, uscc: str, keys: Sequence[str]) -> Standing:
    """One look-up by the hash; ``keys`` are the reader's (ledger.caller.wanted_keys), regions among them."""
    exact = [key for key in keys if not key.endswith(WITHIN)]
    regions = [key.removesuffix(WITHIN) for key in keys if key.endswith(WITHIN)]
    row = await conn.fetchrow(_STANDING, bytes.fromhex(digest), uscc, exact, regions)
    assert row is not None, "it is joined to one row"
    file = None if row["size"] is None else FileRow(row["size"], row["media_type"], row["is_here"])
    return Standing(file, row["is_own"], row["is_named"], row["is_brought"])


async def list_here(conn: Conn, wanted: Sequence[tuple[str, str]]) -> dict[str, int]:
    """Which files are here, each with its bytes, of pairs of a file and somebody who may have brought it."""
    sql = """
        SELECT DISTINCT encode(sha256, 'hex') AS digest, size
          FROM unnest($1::bytea[], $2::text[]) AS wanted (sha256, uscc) JOIN evidence_upload USING (sha256, uscc) JOIN evidence_file USING (sha256)
         WHERE stored_at IS NOT NULL
    """
    digests, parties = [bytes.fromhex(digest) for digest, _ in wanted], [uscc for _, uscc in wanted]
    return {row["digest"]: row["size"] for row in await conn.fetch(sql, digests, parties)}


_IS_NAMED = """
    EXISTS (SELECT FROM evidence_reference AS named WHERE named.sha256 = evidence_upload.sha256 AND evidence_upload.uscc = ANY(named.parties))
"""


async def lock_party(conn: Conn, uscc: str) -> None:
    """Until the end of the transaction nobody else counts what this party holds."""
    await conn.execute("SELECT pg_advisory_xact_lock(hashtextextended('liandan evidence ' || $1, 0))", uscc)


LEAST_BYTES = 65_536
"""What the smallest file counts, for its rows and its place on a disk."""


async def unnamed_bytes(conn: Conn, uscc: str, younger: timedelta) -> int:
    """Bytes that a party has brought in that time and no entry of its own names yet; what is older a sweep takes away."""
    sql = f"""
        SELECT coalesce(sum(greatest(size, $2)), 0) FROM evidence_upload JOIN evidence_file USING (sha256)
         WHERE uscc = $1 AND brought_at > now() - $3::interval AND NOT {_IS_NAMED}
    """  # noqa: S608 -- ours
    return int(await conn.fetchval(sql, uscc, LEAST_BYTES, younger))


async def has_brought(conn: Conn, digest: str, uscc: str) -> bool:
    """Whether a party has brought a file before."""
    sql = "SELECT EXISTS (SELECT FROM evidence_upload WHERE sha256 = $1 AND uscc = $2)"
    return bool(await conn.fetchval(sql, bytes.fromhex(digest), uscc))


async def note_upload(conn: Conn, digest: str, uscc: str, size: int, media_type: str) -> None:
    """A file was judged and is about to be put on the shelf: from now on no sweep takes it away. Inside a transaction."""
    sha256 = bytes.fromhex(digest)
    await conn.execute(
        "INSERT INTO evidence_file (sha256, size, media_type) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO UPDATE SET size = EXCLUDED.size",
        *(sha256, size, media_type),
    )
    await conn.execute(
        "INSERT INTO evidence_upload (sha256, uscc) VALUES ($1, $2) ON CONFLICT (sha256, uscc) DO UPDATE SET brought_at = now()",
        *(sha256, uscc),
    )


async def forget_upload(conn: Conn, digest: str, uscc: str) -> None:
    """What ``note_upload`` noted of a file that the shelf did not take; nothing if it has the file from somebody else. Inside a transaction."""
    sha256 = bytes.fromhex(digest)
    if await conn.fetchval("SELECT stored_at IS NULL FROM evidence_file WHERE sha256 = $1 FOR UPDATE", sha256):
        await conn.execute("DELETE FROM evidence_upload WHERE sha256 = $1 AND uscc = $2", sha256, uscc)
        await _drop_orphan(conn, sha256)


async def note_stored(conn: Conn, digest: str) -> None:
    """The shelf has the file."""
    await conn.execute("UPDATE evidence_file SET stored_at = now() WHERE sha256 = $1 AND stored_at IS NULL", bytes.fromhex(digest))


async def list_unnamed(conn: Conn, older: timedelta, *, limit: int) -> list[Upload]:
    """Uploads that no entry has come to name in that time, the oldest first."""
    sql = f"""
        SELECT encode(sha256, 'hex') AS digest, uscc FROM evidence_upload WHERE brought_at < now() - $1::interval AND NOT {_IS_NAMED}
         ORDER BY brought_at LIMIT $2
    """  # noqa: S608 -- ours
    return [Upload(row["digest"], row["uscc"]) for row in await conn.fetch(sql, older, limit)]


async def drop_upload(conn: Conn, upload: Upload, older: timedelta) -> bool:
    """Forget an upload that is still unnamed and that old; whether the file has nobody left. Inside a transaction, which then holds the file:
    who brings it again waits for its end."""
    sha256 = bytes.fromhex(upload.digest)
    await conn.execute("SELECT FROM evidence_file WHERE sha256 = $1 FOR UPDATE", sha256)
    sql = f"DELETE FROM evidence_upload WHERE sha256 = $1 AND uscc = $2 AND brought_at < now() - $3::interval AND NOT {_IS_NAMED}"  # noqa: S608 -- ours
    await conn.execute(sql, sha256, upload.uscc, older)
    return await _drop_orphan(conn, sha256)


async def _drop_orphan(conn: Conn, sha256: bytes) -> bool:
    """Forget a file that nobody has brought any more."""
    sql = "DELETE FROM evidence_file WHERE sha256 = $1 AND NOT EXISTS (SELECT FROM evidence_upload WHERE sha256 = $1)"
    return str(await conn.execute(sql, sha256)) == "DELETE 1"


async def list_files(conn: Conn, *, after: str, limit: int) -> list[tuple[str, FileRow]]:
    """Files that are held, by hash, behind one."""
    sql = """
        SELECT encode(sha256, 'hex') AS digest, size, media_type, stored_at IS NOT NULL AS is_here FROM evidence_file
         WHERE sha256 > $1 ORDER BY sha256 LIMIT $2
    """
    rows = await conn.fetch(sql, bytes.fromhex(after), limit)
    return [(row["digest"], FileRow(row["size"], row["media_type"], row["is_here"])) for row in rows]


_REFER = """
    INSERT INTO evidence_reference (sha256, reader, parties, idx)
    SELECT decode(digest, 'hex'), reader, string_to_array(parties, ' '), idx
      FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) AS named (digest, reader, parties, idx)
        ON CONFLICT (sha256, reader) DO UPDATE
       SET parties = ARRAY(
               SELECT DISTINCT party COLLATE "C" AS party FROM unnest(evidence_reference.parties || EXCLUDED.parties) AS party ORDER BY party
           )
     WHERE NOT evidence_reference.parties @> EXCLUDED.parties
"""


async def refer(conn: Conn, rows: Sequence[Reference]) -> None:
    """Note which files entries name, for whom: each file and reader once in ``rows``. Inside the projection's transaction."""
    columns = zip(*((row.digest, row.reader, " ".join(row.parties), row.index) for row in rows), strict=True)
    await conn.execute(_REFER, *map(list, columns))


async def list_named(conn: Conn) -> dict[str, int]:
    """Files that entries name, each with the first entry that does."""
    rows = await conn.fetch("SELECT encode(sha256, 'hex') AS digest, min(idx) AS idx FROM evidence_reference GROUP BY sha256")
    return {row["digest"]: row["idx"] for row in rows}


async def stream_references(conn: Conn) -> AsyncIterator[Reference]:
    """Every row of the index, for the audit; inside a transaction."""
    async for row in conn.cursor("SELECT encode(sha256, 'hex') AS digest, reader, parties, idx FROM evidence_reference", prefetch=500):
        yield Reference(row["digest"], row["reader"], tuple(row["parties"]), row["idx"])


async def try_to_lead(conn: Conn) -> bool:
    """Whether the sweep is ours until the end of the transaction; one in the whole installation."""
    return bool(await conn.fetchval("SELECT pg_try_advisory_xact_lock(hashtext('liandan evidence sweep'))"))

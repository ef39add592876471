"""SQL of registrations: one statement per function, connection first. One row is one application and its whole state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from asyncpg import Record

from ledger.parties.model import PartyRow
from ledger.parties.names import folded, wanted_grams
from ledger.parties.store import fetch_parties
from ledger.registrations.model import ContactRow, RegistrationRow
from ledger.store import Conn

LOCK = 0x6C697265  # ``lire``: counting and adding, one request after the other.
_NAMES = RegistrationRow.__struct_fields__
_COLUMNS = ", ".join("encode(id, 'hex') AS id" if name == "id" else name for name in _NAMES)
_ROWS = f"SELECT {_COLUMNS} FROM registration"  # noqa: S608  # names of the code


def _row(record: Record) -> RegistrationRow:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in record.items()}
    return RegistrationRow(**values)


async def fetch(conn: Conn, name: str, *, is_locked: bool = False) -> RegistrationRow | None:
    """One of them; ``is_locked`` until commit."""
    lock = " FOR UPDATE" if is_locked else ""
    found = await conn.fetchrow(f"{_ROWS} WHERE id = $1{lock}", bytes.fromhex(name))
    return None if found is None else _row(found)


_TRACE = "'#' || left(encode(sha256(convert_to({uscc} || {payer}, 'UTF8')), 'hex'), 3)"
"""What is kept of an address when its day is over: twelve bits, which a million addresses of IPv4 share and which differ from firm to firm, so
that they lead to nobody; enough that an address does not come to one firm with new applications day after day."""


async def counts(conn: Conn, uscc: str, payer: str) -> tuple[int, int, int, int]:
    """How many wait at all, for a USCC, and for it from an address, and how many the address has brought in a day; counted one request after the
    other until commit. Of more than a day ago the address is known by its trace alone (:data:`_TRACE`)."""
    await conn.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
    found = await conn.fetchrow(
        f"""
        SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'waiting' AND uscc = $1),
               count(*) FILTER (WHERE state = 'waiting' AND uscc = $1 AND payer IN ($2, {_TRACE.format(payer="$2::text", uscc="$1")})),
               count(*) FILTER (WHERE payer = $2 AND noted_at > now() - interval '1 day')
          FROM registration WHERE state = 'waiting' OR payer = $2
        """,  # noqa: S608  # text of the code
        *(uscc, payer),
    )
    assert found is not None, "an aggregate has one row"
    return found[0], found[1], found[2], found[3]


async def insert(conn: Conn, row: RegistrationRow, contact: Sequence[ContactRow]) -> None:
    """A new one with its contact; within a transaction that has counted."""
    marks = ", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))
    values = [bytes.fromhex(row.id) if name == "id" else getattr(row, name) for name in _NAMES]
    await conn.execute(f"INSERT INTO registration ({', '.join(_NAMES)}) VALUES ({marks})", *values)  # noqa: S608  # names of the code
    into = "INSERT INTO registration_contact (id, field, nonce, ciphertext) VALUES ($1, $2, $3, $4)"
    await conn.executemany(into, [(bytes.fromhex(row.id), part.field, part.nonce, part.ciphertext) for part in contact])


async def end(
    conn: Conn, name: str, *, state: str, changed_s: int, ends_s: int, reason: str = "", by: str = "", idx: int | None = None
) -> None:
    """The end of one that waits: what was signed goes, the contact with the next sweep."""
    await conn.execute(
        """
        UPDATE registration SET state = $2, changed_s = $3, ends_s = $4, reason = $5, decided_by = $6, idx = $7, envelope = ''
         WHERE id = $1 AND state = 'waiting'
        """,
        *(bytes.fromhex(name), state, changed_s, ends_s, reason, by, idx),
    )


async def list_unerased(conn: Conn) -> list[tuple[str, str]]:
    """Parts of contacts of those that have ended: (id, field)."""
    rows = await conn.fetch(
        "SELECT encode(id, 'hex') AS id, field FROM registration_contact JOIN registration USING (id) WHERE state <> 'waiting'"
    )
    return [(row["id"], row["field"]) for row in rows]


async def drop_contacts(conn: Conn, names: Sequence[str]) -> None:
    """Take ciphertexts away whose keys are destroyed."""
    await conn.execute("DELETE FROM registration_contact WHERE id = ANY($1::bytea[])", [bytes.fromhex(name) for name in names])


async def contact_of(conn: Conn, name: str) -> list[ContactRow]:
    """The sealed contact of one, by field."""
    rows = await conn.fetch("SELECT field, nonce, ciphertext FROM registration_contact WHERE id = $1 ORDER BY field", bytes.fromhex(name))
    return [ContactRow(*row) for row in rows]


_MINE = """state = 'waiting' AND ends_s >= $1
       AND (EXISTS (SELECT FROM unnest($2::text[]) AS mine WHERE substr(uscc, 3, length(mine)) = mine)
            OR NOT EXISTS (SELECT FROM unnest($3::text[]) AS known WHERE substr(uscc, 3, length(known)) = known))"""
LISTED = f"""
    {_ROWS} WHERE {_MINE} AND (taken_s, encode(id, 'hex')) > ($4::bigint, $5::text)
     ORDER BY taken_s, encode(id, 'hex') LIMIT $6
"""  # names of the code


async def count_waiting(conn: Conn, *, now_s: int, mine: Sequence[str], known: Sequence[str]) -> int:
    """How many :func:`list_waiting` lists."""
    found = await conn.fetchval(f"SELECT count(*) FROM registration WHERE {_MINE}", now_s, list(mine), list(known))  # noqa: S608  # as above
    return int(found)


async def list_waiting(
    conn: Conn, *, now_s: int, after: tuple[int, str], mine: Sequence[str], known: Sequence[str], limit: int
) -> list[RegistrationRow]:
    """Those that wait for authorities of the regions ``mine``, or lie in none of the ``known`` ones, in the order in which they came."""
    rows = await conn.fetch(LISTED, now_s, list(mine), list(known), *after, limit)
    return [_row(row) for row in rows]


async def rivals_of(conn: Conn, usccs: Sequence[str], now_s: int) -> list[RegistrationRow]:
    """All that wait for some USCCs, oldest first."""
    rows = await conn.fetch(
        f"{_ROWS} WHERE state = 'waiting' AND uscc = ANY($1::text[]) AND ends_s >= $2 ORDER BY taken_s, id", list(usccs), now_s
    )
    return [_row(row) for row in rows]


COMMON, CANDIDATES_MAX = 300, 200
"""Parties that have a pair of characters in their names: with more it says nothing (公司, 有限). Parties that are looked at."""
_WITH_GRAMS = """
    SELECT wanted.gram, held.uscc FROM unnest($1::text[]) AS wanted (gram)
     CROSS JOIN LATERAL (SELECT uscc FROM party_gram WHERE party_gram.gram = wanted.gram LIMIT $2) AS held
"""


async def list_alike(conn: Conn, name: str, uscc: str) -> list[PartyRow]:
    """Parties that share the most telling pairs of characters with a name, ``uscc`` itself left out, and all of the very same name."""
    if not (wanted := folded(name)):
        return []
    rows = await conn.fetch(_WITH_GRAMS, list(wanted_grams(wanted)), COMMON)
    parties = Counter(row["gram"] for row in rows)
    shared = Counter(row["uscc"] for row in rows if parties[row["gram"]] < COMMON)
    same = await conn.fetch("SELECT uscc FROM party_name WHERE $1 = ANY(string_to_array(folded, E'\\n')) LIMIT $2", wanted, CANDIDATES_MAX)
    likely = {code for code, _ in shared.most_common(CANDIDATES_MAX)} | {row["uscc"] for row in same}
    return await fetch_parties(conn, sorted(likely - {uscc}))


async def list_entered(conn: Conn, limit: int) -> list[RegistrationRow]:
    """Those that wait although their first key is registered by now."""
    named = f"{_ROWS} WHERE state = 'waiting' AND EXISTS (SELECT FROM fact WHERE key = 'key:' || keyids[1]) LIMIT $1"
    return [_row(row) for row in await conn.fetch(named, limit)]


async def list_over(conn: Conn, now_s: int, limit: int) -> list[str]:
    """Those that have waited too long."""
    rows = await conn.fetch(
        "SELECT encode(id, 'hex') AS id FROM registration WHERE state = 'waiting' AND ends_s < $1 LIMIT $2", now_s, limit
    )
    return [row["id"] for row in rows]


async def forget(conn: Conn, now_s: int) -> int:
    """Forget those whose end has been told long enough, and after a day the addresses of all, but for their traces while an application waits;
    how many were forgotten."""
    sql = f"""
        UPDATE registration SET payer = CASE WHEN state = 'waiting' THEN {_TRACE.format(payer="payer", uscc="uscc")} END
         WHERE noted_at < now() - interval '1 day' AND (payer NOT LIKE '#%' OR payer IS NOT NULL AND state <> 'waiting')
    """  # noqa: S608  # text of the code
    await conn.execute(sql)
    ended = await conn.execute("DELETE FROM registration WHERE state <> 'waiting' AND ends_s < $1", now_s)
    return int(ended.rpartition(" ")[2])

"""The vault's SQL: ciphertext of disclosures, without their keys. PostgreSQL never sees a salt, a value or a key."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import astuple

from ledger.store import Conn
from ledger.vault.keys import Place

_COLUMNS = "encode(disclosure.statement, 'hex') AS statement, field, disclosure.chain, disclosure.seq, nonce, ciphertext, salt_digest"


class DisclosureRow(Struct, frozen=True):
    """One disclosure as stored; ``nonce`` and ``ciphertext`` are None once it is erased."""

    statement: str  # statement hash, hex
    field: str
    chain: str
    seq: int
    nonce: bytes | None
    ciphertext: bytes | None
    salt_digest: bytes


async def insert_disclosures(conn: Conn, rows: Sequence[DisclosureRow]) -> None:
    """Store what is new. A place that is taken, and a salt that is known, are passed over: ask afterwards who holds them."""
    columns = ", ".join(DisclosureRow.__struct_fields__)
    sql = f"INSERT INTO disclosure ({columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"  # noqa: S608 -- the columns are ours
    await conn.executemany(sql, [(bytes.fromhex(row.statement), *astuple(row)[1:]) for row in rows])


async def fetch_owners(conn: Conn, digests: Sequence[bytes]) -> dict[bytes, Place]:
    """Where salts were used: by their digest, the place that holds them."""
    sql = "SELECT salt_digest, encode(statement, 'hex'), field FROM disclosure WHERE salt_digest = ANY($1::bytea[])"
    return {digest: (statement, field) for digest, statement, field in await conn.fetch(sql, digests)}


async def list_of_statement(conn: Conn, statement: str) -> list[DisclosureRow]:
    """Disclosures of one statement that stands in the log, by field."""
    in_log = "JOIN link ON link.chain = disclosure.chain AND link.seq = disclosure.seq AND link.hash = disclosure.statement"
    sql = f"SELECT {_COLUMNS} FROM disclosure {in_log} WHERE disclosure.statement = $1 ORDER BY field"  # noqa: S608 -- the columns are ours
    return [DisclosureRow(*row) for row in await conn.fetch(sql, bytes.fromhex(statement))]


async def list_of_chain(conn: Conn, chain: str) -> list[DisclosureRow]:
    """Disclosures of all statements of a chain, in no order."""
    rows = await conn.fetch(f"SELECT {_COLUMNS} FROM disclosure WHERE chain = $1", chain)  # noqa: S608 -- the columns are ours
    return [DisclosureRow(*row) for row in rows]


async def blank(conn: Conn, places: Iterable[Place]) -> None:
    """Take the ciphertext away too. The digest of the salt stays: a salt seen before is refused for ever."""
    sql = "UPDATE disclosure SET nonce = NULL, ciphertext = NULL WHERE statement = $1 AND field = $2 AND ciphertext IS NOT NULL"
    await conn.executemany(sql, [(bytes.fromhex(statement), field) for statement, field in places])


async def find_statement(conn: Conn, statement: str) -> int | None:
    """Index of a statement by its hash. There is no index for it in the database: for rare acts only."""
    index: int | None = await conn.fetchval("SELECT idx FROM link WHERE hash = $1", bytes.fromhex(statement))
    return index


async def list_erasures(conn: Conn, *, from_seq: int, limit: int = 500) -> list[tuple[int, int]]:
    """(seq, index) of entries on ``log/erasures``, in order."""
    rows = await conn.fetch("SELECT seq, idx FROM link WHERE chain = 'log/erasures' AND seq >= $1 ORDER BY seq LIMIT $2", from_seq, limit)
    return [(seq, idx) for seq, idx in rows]

"""SQL of the reports beyond what the floors below offer. Read only."""

from ledger.store import Conn


async def list_cases(conn: Conn, trunk: str) -> list[str]:
    """Chains of the cases about a manifest, by name."""
    _, generator, ulid = trunk.split("/")
    prefix = f"case/{generator}/{ulid}/"
    # '0' follows '/': the range is exactly the chains with this prefix, and the primary key serves it.
    rows = await conn.fetch("SELECT DISTINCT chain FROM link WHERE chain >= $1 AND chain < $2 ORDER BY chain", prefix, f"{prefix[:-1]}0")
    return [row["chain"] for row in rows if row["chain"].startswith(prefix)]

"""SQL of an account's movements: back along the entries that moved it, newest first; the newest one is what the account's fact names."""

from ledger.store import Conn
from manifests.accounts.moves import MovedRow

_BACK = """
    WITH RECURSIVE moved (idx, entry, said, at) AS (
        SELECT idx, entry, row, admission ->> 'at'
          FROM entry, LATERAL (SELECT convert_from(entry, 'UTF8')::jsonb -> 'admission' AS admission) AS read,
               jsonb_array_elements(admission #> '{decision,accounts}') AS row
         WHERE idx = $2 AND idx >= $6 AND row ->> 'account' = $1
     UNION ALL
        SELECT before.idx, before.entry, row, admission ->> 'at'
          FROM moved JOIN entry AS before ON before.idx = (said ->> 'prev_index')::bigint,
               LATERAL (SELECT convert_from(before.entry, 'UTF8')::jsonb -> 'admission' AS admission) AS read,
               jsonb_array_elements(admission #> '{decision,accounts}') AS row
         WHERE row ->> 'account' = $1 AND at >= $4 AND before.idx >= $6
    )
    SELECT idx, entry, (said ->> 'prev_index')::bigint AS prev, (said ->> 'before_g')::bigint AS before_g,
           (said ->> 'after_g')::bigint AS after_g
      FROM moved WHERE at >= $4 AND at < $5 LIMIT $3
"""
"""``admission.at`` is ``YYYY-MM-DDThh:mm:ss+08:00`` in every entry, so texts compare as moments do. Each step is one row by its key; a page costs
its own length, and of a year that is over what has come since."""


async def list_moves(
    conn: Conn, account: str, newest: int, limit: int, first: str = "", behind: str = "~", *, since: int = 0
) -> list[MovedRow]:
    """Movements of an account from the entry at ``newest``, which moved it, back to index ``since``; those admitted from ``first`` on and before
    ``behind``, texts of formats §6. None where that entry moved something else."""
    return [MovedRow(*row) for row in await conn.fetch(_BACK, account, newest, limit, first, behind, since)]

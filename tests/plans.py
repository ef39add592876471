"""What a query touched: EXPLAIN (ANALYZE, BUFFERS) of the very text that a store runs."""

from __future__ import annotations

import json
from typing import Any

import asyncpg


class Plan:
    """Rows that came, 8 KB blocks that were read, and the nodes by name."""

    def __init__(self, found: dict[str, Any]) -> None:
        self.rows: int = found["Actual Rows"]
        self.blocks: int = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
        self.nodes: list[str] = []
        self._collect(found)

    def _collect(self, node: dict[str, Any]) -> None:
        self.nodes.append(f"{node['Node Type']} {node.get('Relation Name', '')}".strip())
        for child in node.get("Plans", ()):
            self._collect(child)


async def explained(conn: asyncpg.Connection, sql: str, *arguments: object) -> Plan:
    """Run a query and say what it cost."""
    [found] = json.loads(await conn.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments))
    return Plan(found["Plan"])


async def touched(conn: asyncpg.Connection, *tables: str) -> tuple[int, int]:
    """Sequential scans of these tables, and blocks read of them and their indices, since their counters began."""
    await conn.execute("SELECT pg_stat_force_next_flush()")
    row = await conn.fetchrow(
        """
        SELECT sum(seq_scan), sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)
          FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid) WHERE pg_stat_user_tables.relname = ANY($1::text[])
        """,
        tables,
    )
    return int(row[0]), int(row[1])

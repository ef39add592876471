"""The ground that ``liandan migrate`` builds on: a database of ours or an empty one, in UTF-8, that may be written by this account.

Whatever else it is, it is refused in words before anything is changed in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import asyncpg

from signing.phrase import Phrase
from signing.refusal import refuse

if TYPE_CHECKING:
    from asyncpg import Connection, Record

FIRST_TABLES = ("entry", "link", "fact", "log_head", "refusal")
"""What the first migration makes, and no later one takes away."""
_OWN = "the account that owns them, or a superuser"


async def check_ground(connection: Connection[Record], revisions: Sequence[str]) -> None:
    """Refuse to migrate: DATABASE_READ_ONLY, DATABASE_FOREIGN (somebody else's tables, or none of ours under our version), SCHEMA_REVISION
    (newer than this program), DATABASE_RIGHTS. ``revisions`` are those of this program, oldest first.
    """
    is_standby, is_read_only = await connection.fetchrow(  # type: ignore[misc] # a SELECT without FROM has exactly one row
        "SELECT pg_is_in_recovery(), current_setting('transaction_read_only') = 'on'"
    )
    if is_standby or is_read_only:
        found = "a standby" if is_standby else "default_transaction_read_only = on"
        raise refuse("DATABASE_READ_ONLY", field="database_url", found=found, expected=Phrase("可写的主库", "the primary, writable"))
    there = {row["name"]: row["is_ours"] for row in await connection.fetch(_TABLES, [*FIRST_TABLES, "alembic_version"])}
    version = await _version(connection) if "alembic_version" in there else ""
    tables = sorted(there.keys() - {"alembic_version"})
    if version and version not in revisions:
        newer = version.isdecimal() and version > revisions[-1]
        if newer and tables == sorted(FIRST_TABLES):
            raise refuse(
                "SCHEMA_REVISION",
                field="alembic_version",
                found=version,
                expected=Phrase(f"至多 {revisions[-1]}", f"at most {revisions[-1]}"),
            )
        raise refuse(
            "DATABASE_FOREIGN",
            field="alembic_version",
            found=version,
            expected=Phrase(f"{revisions[0]} … {revisions[-1]}，或没有", f"{revisions[0]} … {revisions[-1]}, or none"),
        )
    if version and tables != sorted(FIRST_TABLES):
        missing = ", ".join(sorted(set(FIRST_TABLES) - set(tables)))
        raise refuse(
            "DATABASE_FOREIGN",
            field="alembic_version",
            found=Phrase(f"{version}；缺少：{missing}", f"{version}; missing: {missing}"),
            expected=Phrase("账本的数据表", "the tables of a log"),
        )
    if not version and tables:
        raise refuse("DATABASE_FOREIGN", field="public", found=", ".join(tables), expected=Phrase("空的数据库", "an empty database"))
    if version == revisions[-1]:
        return  # nothing is to be changed
    if others := sorted(name for name, is_ours in there.items() if not is_ours):
        raise refuse("DATABASE_RIGHTS", field=", ".join(others), found=Phrase("属于另一账户", "owned by another account"), expected=_OWN)
    if not await connection.fetchval("SELECT has_schema_privilege('public', 'CREATE')"):
        raise refuse(
            "DATABASE_RIGHTS",
            field="public",
            found=await connection.fetchval("SELECT current_user"),
            expected=Phrase("在 public 模式上建表的权限（CREATE）", "CREATE on schema public"),
        )


async def _version(connection: Connection[Record]) -> str:
    """What Alembic has noted; empty for none. Refusal DATABASE_FOREIGN for a table that is not Alembic's, or holds several."""
    try:
        rows = await connection.fetch("SELECT version_num::text FROM public.alembic_version LIMIT 3")
    except asyncpg.InsufficientPrivilegeError as error:
        raise refuse("DATABASE_RIGHTS", field="alembic_version", found=error, expected=_OWN) from None
    except asyncpg.PostgresError as error:
        raise refuse(
            "DATABASE_FOREIGN", field="alembic_version", found=error, expected=Phrase("Alembic 的版本表", "the table of Alembic")
        ) from None
    if len(rows) > 1:
        raise refuse(
            "DATABASE_FOREIGN", field="alembic_version", found=", ".join(row[0] for row in rows), expected=Phrase("一个版本", "one version")
        )
    return str(rows[0][0]) if rows else ""


_TABLES = (
    "SELECT c.relname AS name, pg_has_role(c.relowner, 'MEMBER') AS is_ours FROM pg_class c"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY($1)"
)

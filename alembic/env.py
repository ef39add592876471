"""Where Alembic runs our migrations: SQL only, no models, asyncpg.

One migrator at a time (a session lock on the database), one transaction per migration, and impatience towards other sessions: a
migration that cannot get its lock gives up rather than let every writer queue behind it. The address comes from
``liandan.database.migrate``; at a desk (``alembic upgrade head``) from LIANDAN_DATABASE_URL.
"""

import asyncio
import os
from typing import Any

import asyncpg
from alembic import context
from sqlalchemy import Connection, pool, text
from sqlalchemy.ext.asyncio import create_async_engine

MIGRATION_LOCK = 0x6C69616E64616E  # "liandan": the key of the advisory lock


def dsn() -> str:
    """Address of the database to migrate."""
    found = context.config.attributes.get("dsn") or os.environ.get("LIANDAN_DATABASE_URL")
    if not found:
        raise SystemExit("Set LIANDAN_DATABASE_URL, or run `liandan migrate`.")
    return str(found)


def run(connection: Connection) -> None:
    """Wait for other migrators, then apply what is missing."""
    connection.execute(text("SET statement_timeout = '15min'"))
    # Only the wait for another migrator may be long, so lock_timeout is set after it.
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
    connection.execute(text("SET lock_timeout = '10s'"))
    connection.commit()
    context.configure(connection=connection, target_metadata=None, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def main() -> None:
    """Open one connection, hand it to Alembic, close it: the advisory lock ends with the connection."""

    async def connect(*_: Any, **__: Any) -> Any:  # the signature is SQLAlchemy's
        return await asyncpg.connect(dsn(), server_settings={"search_path": "public"})

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run)
    await engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Migrations run against a database; use `liandan migrate`.")
asyncio.run(main())

"""The feed's index: for whom each entry is, by party and, for readers by grant, by topic and region (ledger.caller.index_keys).

Derived, like the views of manifests, and made again from the log with them. A primary key by reader and index is all that a page of a
feed is read from: it costs what it returns.

``analyze_ledger`` lets the writer's role, which owns no table, tell the planner of them after much was added at once; it takes no
arguments and does nothing else.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE feed_reader (
        reader text COLLATE "C" NOT NULL,
        idx    bigint NOT NULL,
        PRIMARY KEY (reader, idx)
    )
    """,
    "ALTER TABLE feed_reader OWNER TO liandan_owner",
    "REVOKE ALL ON feed_reader FROM PUBLIC",
    "GRANT SELECT, INSERT ON feed_reader TO liandan_writer",
    "GRANT SELECT ON feed_reader TO liandan_reader",
    """
    CREATE FUNCTION liandan_guard.analyze_ledger() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, feed_reader;
    END
    $$
    """,
    "GRANT USAGE ON SCHEMA liandan_guard TO liandan_owner, liandan_writer",
    "REVOKE ALL ON FUNCTION liandan_guard.analyze_ledger() FROM PUBLIC",
    "GRANT CREATE ON SCHEMA liandan_guard TO liandan_owner",
    "ALTER FUNCTION liandan_guard.analyze_ledger() OWNER TO liandan_owner",
    "REVOKE CREATE ON SCHEMA liandan_guard FROM liandan_owner",
    "GRANT EXECUTE ON FUNCTION liandan_guard.analyze_ledger() TO liandan_writer",
    "DELETE FROM manifest_view",
    "DELETE FROM projection_position WHERE name = 'manifests'",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

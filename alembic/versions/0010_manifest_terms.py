"""Terms that manifests are looked for by, one row a term and manifest, newest issue first within a term (manifests.search).

In place of an index a column: those of arrays gave all of a carrier's manifests in no order, and a filter that few manifests pass was looked
for among all of them. ``terms`` in the view is the same for one manifest, so that what stands beside the walked term is looked at there.
The projection is made again from the log.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE manifest_term (
        term      text COLLATE "C" NOT NULL,
        issued_at timestamptz NOT NULL,
        chain     text COLLATE "C" NOT NULL,
        PRIMARY KEY (term, issued_at, chain)
    )
    """,
    "ALTER TABLE manifest_term OWNER TO liandan_owner",
    "REVOKE ALL ON manifest_term FROM PUBLIC",
    "GRANT SELECT, INSERT, DELETE ON manifest_term TO liandan_writer",
    "GRANT SELECT ON manifest_term TO liandan_reader",
    *(f"DROP INDEX manifest_view_{name}" for name in ("newest", "generator", "receiver", "direction", "carriers", "codes", "regions")),
    "ALTER TABLE manifest_view ADD COLUMN terms text[] NOT NULL DEFAULT '{}'",
    "CREATE INDEX manifest_view_updated ON manifest_view (updated_idx)",
    """
    CREATE OR REPLACE FUNCTION liandan_guard.analyze_ledger() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, manifest_term, feed_reader;
    END
    $$
    """,
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

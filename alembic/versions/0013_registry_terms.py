"""Terms that permits, lists and approvals are looked for by, one row a term and chain, in the order of chains within a term.

As ``manifest_term`` (0010). The states themselves stay in ``fact``. ``terms`` in the view is the same for one chain, so that what stands
beside the walked term is looked at there. The projections are made again from the log.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("registry_view", "registry_term")
STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE registry_view (
        chain text COLLATE "C" PRIMARY KEY,
        idx   bigint NOT NULL,
        terms text[] NOT NULL
    )
    """,
    # Of one type, what has changed since an index.
    "CREATE INDEX registry_view_changed ON registry_view (split_part(chain, '/', 1), idx)",
    """
    CREATE TABLE registry_term (
        term  text COLLATE "C" NOT NULL,
        chain text COLLATE "C" NOT NULL,
        PRIMARY KEY (term, chain)
    )
    """,
    *(f"ALTER TABLE {table} OWNER TO liandan_owner" for table in TABLES),
    *(f"REVOKE ALL ON {table} FROM PUBLIC" for table in TABLES),
    "GRANT SELECT, INSERT, UPDATE ON registry_view TO liandan_writer",
    "GRANT SELECT, INSERT, DELETE ON registry_term TO liandan_writer",
    *(f"GRANT SELECT ON {table} TO liandan_reader" for table in TABLES),
    """
    CREATE OR REPLACE FUNCTION liandan_guard.analyze_ledger() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, manifest_term, feed_reader, party_name, party_gram, registry_view, registry_term;
    END
    $$
    """,
    "DELETE FROM manifest_term",
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

"""Names of parties, looked up by any part of them: a row a party, and one for each character and pair of characters in its name.

Derived, and made again from the log with the other projections. No extension is needed.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("party_name", "party_gram")
STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE party_name (
        uscc      text COLLATE "C" PRIMARY KEY,
        name      text   NOT NULL,
        folded    text   NOT NULL,
        closed_on text   NOT NULL,
        idx       bigint NOT NULL
    )
    """,
    """
    CREATE TABLE party_gram (
        gram text COLLATE "C" NOT NULL,
        uscc text COLLATE "C" NOT NULL,
        PRIMARY KEY (gram, uscc)
    )
    """,
    *(f"ALTER TABLE {table} OWNER TO liandan_owner" for table in TABLES),
    *(f"REVOKE ALL ON {table} FROM PUBLIC" for table in TABLES),
    "GRANT SELECT, INSERT, UPDATE ON party_name TO liandan_writer",
    "GRANT SELECT, INSERT, DELETE ON party_gram TO liandan_writer",
    *(f"GRANT SELECT ON {table} TO liandan_reader" for table in TABLES),
    """
    CREATE OR REPLACE FUNCTION liandan_guard.analyze_ledger() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, manifest_term, feed_reader, party_name, party_gram;
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

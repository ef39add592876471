"""Clocks: which terms run on manifests and applications, since when, and who must act; what is due and overdue is found by them.

A due day hangs on calendars and thresholds, which are adopted anew; the moment from which a term counts does not. So the moment is kept, and a
row is found by its holder and term, in the order of these moments, which is that of due days under any calendar (whitelist/terms.py).
The projections are made again from the log.
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE clock (
        who     text COLLATE "C" NOT NULL,
        term    text COLLATE "C" NOT NULL,
        since_s bigint NOT NULL,
        chain   text COLLATE "C" NOT NULL,
        item    text COLLATE "C" NOT NULL,
        PRIMARY KEY (who, term, since_s, chain, item)
    )
    """,
    "COMMENT ON COLUMN clock.who IS 'a party, @ and a region for its authorities, * for anybody'",
    "COMMENT ON COLUMN clock.item IS 'the case, or the file and who may have brought it'",
    "ALTER TABLE manifest_view ADD COLUMN clocks text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE manifest_view ALTER COLUMN clocks SET STORAGE EXTERNAL",
    "ALTER TABLE registry_view ADD COLUMN clocks text[] NOT NULL DEFAULT '{}'",
    "ALTER TABLE clock OWNER TO liandan_owner",
    "REVOKE ALL ON clock FROM PUBLIC",
    "GRANT SELECT, INSERT, DELETE ON clock TO liandan_writer",
    "GRANT SELECT ON clock TO liandan_reader",
    """
    CREATE OR REPLACE FUNCTION liandan_guard.analyze_ledger() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, manifest_term, feed_reader, party_name, party_gram, registry_view, registry_term,
                evidence_reference, clock;
    END
    $$
    """,
    "DELETE FROM feed_reader",
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

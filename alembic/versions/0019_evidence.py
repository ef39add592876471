"""The evidence store: files that were brought, by whom, and which files entries name, for whose eyes (ledger.evidence).

``evidence_reference`` is derived: it and the views, which say what files their acts name, are made again from the log. The other two tables
are this installation's own memory of what lies on its shelf.
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE evidence_file (
        sha256     bytea       PRIMARY KEY CHECK (length(sha256) = 32),
        size       bigint      NOT NULL CHECK (size > 0),
        media_type text        NOT NULL,
        noted_at   timestamptz NOT NULL DEFAULT now(),
        stored_at  timestamptz
    )
    """,
    """
    CREATE TABLE evidence_upload (
        sha256     bytea       NOT NULL REFERENCES evidence_file (sha256),
        uscc       text        COLLATE "C" NOT NULL,
        brought_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (sha256, uscc)
    )
    """,
    "CREATE INDEX evidence_upload_party ON evidence_upload (uscc, brought_at)",
    "CREATE INDEX evidence_upload_brought ON evidence_upload (brought_at)",
    """
    CREATE TABLE evidence_reference (
        sha256  bytea  NOT NULL CHECK (length(sha256) = 32),
        reader  text   COLLATE "C" NOT NULL,
        parties text[] NOT NULL,
        idx     bigint NOT NULL,
        PRIMARY KEY (sha256, reader)
    )
    """,
    *(f"ALTER TABLE {name} OWNER TO liandan_owner" for name in ("evidence_file", "evidence_upload", "evidence_reference")),
    *(f"REVOKE ALL ON {name} FROM PUBLIC" for name in ("evidence_file", "evidence_upload", "evidence_reference")),
    *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO liandan_writer" for name in ("evidence_file", "evidence_upload")),
    "GRANT SELECT, INSERT, UPDATE ON evidence_reference TO liandan_writer",
    *(f"GRANT SELECT ON {name} TO liandan_reader" for name in ("evidence_file", "evidence_upload", "evidence_reference")),
    """
    CREATE OR REPLACE FUNCTION liandan_guard.analyze_ledger() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        ANALYZE entry, link, fact, manifest_view, manifest_term, feed_reader, party_name, party_gram, registry_view, registry_term,
                evidence_reference;
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

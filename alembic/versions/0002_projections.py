"""Projections that follow the feed: the manifests as they stand, and how far each projection has come.

Both are derived: every row is a function of the entries, and a projection is rebuilt by emptying its table and its position. The columns
beside ``view`` exist for searching; ``view`` is the msgpack of manifests.view.ManifestView.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE projection_position (
        name text   PRIMARY KEY,
        idx  bigint NOT NULL CHECK (idx >= 0)
    )
    """,
    "COMMENT ON COLUMN projection_position.idx IS 'entries applied so far: the index of the next one'",
    """
    CREATE TABLE manifest_view (
        chain         text COLLATE "C" PRIMARY KEY,
        generator     text        NOT NULL,
        ulid          text        NOT NULL,
        number        text,
        stage         text        NOT NULL,
        from_province text        NOT NULL,
        to_province   text        NOT NULL,
        receiver      text        NOT NULL,
        carriers      text[]      NOT NULL,
        codes         text[]      NOT NULL,
        issued_at     timestamptz NOT NULL,
        updated_idx   bigint      NOT NULL,
        view          bytea       NOT NULL
    )
    """,
    "CREATE INDEX manifest_view_newest ON manifest_view (issued_at DESC, chain DESC)",
    "CREATE INDEX manifest_view_number ON manifest_view (number) WHERE number IS NOT NULL",
    "CREATE INDEX manifest_view_ulid ON manifest_view (ulid)",
    "CREATE INDEX manifest_view_generator ON manifest_view (generator, issued_at DESC)",
    "CREATE INDEX manifest_view_receiver ON manifest_view (receiver, issued_at DESC)",
    "CREATE INDEX manifest_view_direction ON manifest_view (from_province, to_province, issued_at DESC)",
    "CREATE INDEX manifest_view_carriers ON manifest_view USING gin (carriers)",
    "CREATE INDEX manifest_view_codes ON manifest_view USING gin (codes)",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

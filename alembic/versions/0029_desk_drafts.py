"""Drafts and templates of manifests (草稿、模板), kept for a firm until somebody signs or drops them.

They are no statements and no evidence: nothing of the log is made of them, and what is signed of one is an entry like any other.
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE desk_draft (
        id         text   COLLATE "C" PRIMARY KEY CHECK (id ~ '^[0-7][0-9A-HJKMNP-TV-Z]{25}$'),
        party      text   COLLATE "C" NOT NULL,
        sort       text   NOT NULL CHECK (sort IN ('draft', 'template')),
        title      text   NOT NULL DEFAULT '',
        body       text   NOT NULL,
        planned    text   COLLATE "C" NOT NULL DEFAULT '',
        origin     text   NOT NULL DEFAULT '',
        changed_s  bigint NOT NULL,
        changed_by text   COLLATE "C" NOT NULL
    )
    """,
    "COMMENT ON COLUMN desk_draft.body IS 'the body of manifest.issue/1 as far as it is filled in, JSON'",
    "COMMENT ON COLUMN desk_draft.origin IS 'manifest, decision line or file that it was made from'",
    "CREATE INDEX desk_draft_of_party ON desk_draft (party, sort, planned, id)",
    "ALTER TABLE desk_draft OWNER TO liandan_owner",
    "REVOKE ALL ON desk_draft FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk_draft TO liandan_writer",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

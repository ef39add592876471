"""Boxes of the desk: how a new device and a computer of its firm speak with each other for ten minutes (docs/desk.md, enrolment).

Named by the hash of a secret that the two share and this server does not know. What is in them is signed under that secret; nothing of them is
evidence. Forgotten when their time is over.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE desk_box (
        name       text COLLATE "C" PRIMARY KEY CHECK (name ~ '^[0-9a-f]{64}$'),
        party      text COLLATE "C" NOT NULL,
        offer      bytea NOT NULL CHECK (octet_length(offer) <= 8192),
        answer     bytea CHECK (octet_length(answer) <= 8192),
        done       bytea CHECK (octet_length(done) <= 8192),
        expires_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX desk_box_party ON desk_box (party)",
    "CREATE INDEX desk_box_expires ON desk_box (expires_at)",
    "ALTER TABLE desk_box OWNER TO liandan_owner",
    "REVOKE ALL ON desk_box FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON desk_box TO liandan_writer",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

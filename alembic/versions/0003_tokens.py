"""Access tokens and the nonces of login challenges.

A token is kept as its SHA-256 only: who reads the table cannot use what is in it. A nonce is used once; both are swept after they expire.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE token (
        digest     bytea       PRIMARY KEY CHECK (octet_length(digest) = 32),
        uscc       text        NOT NULL,
        keyid      text        NOT NULL,
        scope      text[]      NOT NULL,
        expires_at timestamptz NOT NULL
    )
    """,
    """
    CREATE TABLE login_nonce (
        nonce      bytea       PRIMARY KEY CHECK (octet_length(nonce) = 32),
        expires_at timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

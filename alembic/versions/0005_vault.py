"""The vault's ciphertext: disclosures of committed personal data, each encrypted under a key that lies outside this database.

Nothing here can be read without the key store. Rows are never deleted: an erasure takes nonce and ciphertext away and leaves the digest of
the salt, so that a salt is known again for ever. The writer may change those two columns and no other; the reader's role sees nothing.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE disclosure (
        statement   bytea  NOT NULL CHECK (octet_length(statement) = 32),
        field       text   NOT NULL,
        chain       text   NOT NULL,
        seq         bigint NOT NULL,
        nonce       bytea  CHECK (octet_length(nonce) = 12),
        ciphertext  bytea,
        salt_digest bytea  NOT NULL UNIQUE CHECK (octet_length(salt_digest) = 32),
        PRIMARY KEY (statement, field),
        CONSTRAINT disclosure_whole CHECK ((nonce IS NULL) = (ciphertext IS NULL))
    )
    """,
    "CREATE INDEX disclosure_chain ON disclosure (chain)",
    "ALTER TABLE disclosure OWNER TO liandan_owner",
    "REVOKE ALL ON disclosure FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE (nonce, ciphertext) ON disclosure TO liandan_writer",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

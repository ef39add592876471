"""Pending statements: envelopes that lack signatures, kept beside the log until all have signed or their window ends.

One row is one statement and its whole state, by the statement's hash: two servers that get the same at once keep one. Signatures stand at the
places of their signers; the payload is the bytes that are signed, never made anew. Rows go when their window ends, so the writer may delete
here. The auditor's role reads nothing of it: it is not of the log, and only those named in it see it.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE pending (
        statement bytea       PRIMARY KEY CHECK (octet_length(statement) = 32),
        kind      text        NOT NULL,
        chain     text        NOT NULL,
        seq       bigint      NOT NULL CHECK (seq >= 0),
        signers   text[]      NOT NULL,
        principal text,
        payload   bytea       NOT NULL CHECK (octet_length(payload) <= 24576),
        keyids    text[]      NOT NULL,
        sigs      bytea[]     NOT NULL,
        withdrawn text[]      NOT NULL,
        opener    text        NOT NULL,
        foreseen  text[]      NOT NULL,
        size      bigint      NOT NULL,
        state     text        NOT NULL CHECK (state IN ('waiting', 'complete', 'declined', 'refused', 'entered')),
        told_by   text        NOT NULL,
        reason    text        NOT NULL,
        codes     text[]      NOT NULL,
        taken_s   bigint      NOT NULL,
        changed_s bigint      NOT NULL,
        ends_s    bigint      NOT NULL,
        tried_at  timestamptz,
        CONSTRAINT pending_places CHECK (cardinality(keyids) = cardinality(signers) AND cardinality(sigs) = cardinality(signers))
    )
    """,
    "COMMENT ON COLUMN pending.keyids IS 'by the places of signers; empty where nobody has signed'",
    "COMMENT ON COLUMN pending.tried_at IS 'since then one process tries to post it'",
    "CREATE INDEX pending_signers ON pending USING gin (signers)",
    "CREATE INDEX pending_opener ON pending (opener)",
    "CREATE INDEX pending_ends ON pending (ends_s)",
    "CREATE INDEX pending_complete ON pending (tried_at) WHERE state = 'complete'",
    "ALTER TABLE pending OWNER TO liandan_owner",
    "REVOKE ALL ON pending FROM PUBLIC",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON pending TO liandan_writer",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

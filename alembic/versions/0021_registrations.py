"""Registrations: what firms have signed to be registered, beside the log until an authority signs or refuses.

One row is one application and its whole state, by the hash of what was signed. Contacts lie encrypted in a table of their own, their keys outside
the database (ledger.vault.keys). ``payer`` is the network address whose budget an application spent; it goes after a day. Rows go a month after
the end of the matter, so the writer may delete here. The auditor's role reads nothing of it: it is not of the log.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE registration (
        id         bytea       PRIMARY KEY CHECK (octet_length(id) = 32),
        uscc       text        COLLATE "C" NOT NULL,
        name       text        NOT NULL,
        keyids     text[]      NOT NULL CHECK (cardinality(keyids) > 0),
        code       bytea       NOT NULL CHECK (octet_length(code) = 32),
        envelope   bytea       NOT NULL CHECK (octet_length(envelope) <= 65536),
        state      text        NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused', 'withdrawn', 'lapsed')),
        reason     text        NOT NULL,
        decided_by text        NOT NULL,
        idx        bigint,
        taken_s    bigint      NOT NULL,
        changed_s  bigint      NOT NULL,
        ends_s     bigint      NOT NULL,
        payer      text,
        noted_at   timestamptz NOT NULL DEFAULT now()
    )
    """,
    "COMMENT ON COLUMN registration.envelope IS 'empty once the matter has ended'",
    "COMMENT ON COLUMN registration.payer IS 'for a day: whose budget it spent'",
    "CREATE INDEX registration_uscc ON registration (uscc) WHERE state = 'waiting'",
    "CREATE INDEX registration_taken ON registration (taken_s, id) WHERE state = 'waiting'",
    "CREATE INDEX registration_payer ON registration (payer) WHERE payer IS NOT NULL",
    "CREATE INDEX registration_ends ON registration (ends_s)",
    """
    CREATE TABLE registration_contact (
        id         bytea NOT NULL REFERENCES registration (id) ON DELETE CASCADE,
        field      text  NOT NULL,
        nonce      bytea NOT NULL,
        ciphertext bytea NOT NULL,
        PRIMARY KEY (id, field)
    )
    """,
    *(f"ALTER TABLE {table} OWNER TO liandan_owner" for table in ("registration", "registration_contact")),
    *(f"REVOKE ALL ON {table} FROM PUBLIC" for table in ("registration", "registration_contact")),
    *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO liandan_writer" for table in ("registration", "registration_contact")),
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

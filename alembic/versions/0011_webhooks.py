"""Webhooks: who is told at which address, how far into the log he has been told, and every notice with what became of it.

``webhook.next_idx`` is the position in the feed: a notice is queued in the transaction that moves it, so none is left out and none is
queued twice. A notice keeps the bytes that are sent (index, chain, kind, hash, links; never a body), so that every attempt sends the same.
The auditor's role reads neither: addresses may hold what only their owner is to know.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE webhook (
        id            text        PRIMARY KEY,
        uscc          text        NOT NULL,
        keyid         text        NOT NULL,
        url           text        NOT NULL,
        kinds         text[]      NOT NULL,
        note          text        NOT NULL,
        state         text        NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused', 'disabled')),
        why           text        NOT NULL DEFAULT '',
        why_found     text        NOT NULL DEFAULT '',
        challenge     text        NOT NULL,
        confirmed     boolean     NOT NULL DEFAULT false,
        next_idx      bigint      NOT NULL CHECK (next_idx >= 0),
        failures      integer     NOT NULL DEFAULT 0,
        failing_since timestamptz,
        next_at       timestamptz,
        created_at    timestamptz NOT NULL DEFAULT now()
    )
    """,
    "COMMENT ON COLUMN webhook.next_idx IS 'index of the first entry that it has not been looked at for'",
    "COMMENT ON COLUMN webhook.failures IS 'attempts that failed since one was answered; next_at: until then the address is left alone'",
    "CREATE INDEX webhook_uscc ON webhook (uscc, created_at)",
    """
    CREATE TABLE webhook_delivery (
        id       bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        webhook  text        NOT NULL REFERENCES webhook ON DELETE CASCADE,
        idx      bigint,
        kind     text        NOT NULL,
        subject  text        NOT NULL,
        body     bytea       NOT NULL,
        state    text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
        attempts integer     NOT NULL DEFAULT 0,
        first_at timestamptz,
        last_at  timestamptz,
        next_at  timestamptz NOT NULL DEFAULT now(),
        status   integer,
        said     text        NOT NULL DEFAULT '',
        found    text        NOT NULL DEFAULT '',
        took_ms  integer
    )
    """,
    "COMMENT ON COLUMN webhook_delivery.id IS 'order of sending within a subject'",
    "CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook, id) WHERE state = 'pending'",
    "CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook, id DESC)",
    "CREATE INDEX webhook_delivery_done ON webhook_delivery (last_at) WHERE state <> 'pending'",
    *(
        statement
        for table in ("webhook", "webhook_delivery")
        for statement in (
            f"ALTER TABLE {table} OWNER TO liandan_owner",
            f"REVOKE ALL ON {table} FROM PUBLIC",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO liandan_writer",
        )
    ),
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

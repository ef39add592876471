"""Reminders: who is told by mail what is due, the mails on their way, and which webhook has been told of what.

An address is a person's: it stands in ``reminder.address`` alone, and the auditor's role reads none of these tables. ``mail`` has one digest a
reminder and day, made in the transaction that moves ``looked_on``, and a message id that is the same for every attempt: however a worker ends,
no day is told twice and none is left out. ``due_told`` is the same for webhooks, by what is due and how urgent it has become.
``mail_budget`` counts mails that nobody has asked for yet, by party and by the hash of an address, for a day.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = ("reminder", "mail", "due_told", "mail_budget")
STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE reminder (
        id         text        PRIMARY KEY,
        uscc       text        NOT NULL,
        keyid      text        NOT NULL,
        address    text        NOT NULL,
        language   text        NOT NULL CHECK (language IN ('zh', 'en')),
        ahead_wd   integer     NOT NULL CHECK (ahead_wd >= 0),
        note       text        NOT NULL,
        state      text        NOT NULL CHECK (state IN ('unconfirmed', 'active', 'paused', 'disabled', 'ended')),
        why        text        NOT NULL DEFAULT '',
        why_found  text        NOT NULL DEFAULT '',
        token      text        NOT NULL UNIQUE,
        refused    integer     NOT NULL DEFAULT 0,
        looked_on  date,
        created_at timestamptz NOT NULL DEFAULT now(),
        changed_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT reminder_erased CHECK (state <> 'ended' OR address = '')
    )
    """,
    "CREATE INDEX reminder_uscc ON reminder (uscc, created_at)",
    "CREATE INDEX reminder_looked ON reminder (looked_on) WHERE state = 'active'",
    """
    CREATE TABLE mail (
        id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        reminder   text        NOT NULL REFERENCES reminder ON DELETE CASCADE,
        kind       text        NOT NULL CHECK (kind IN ('confirm', 'test', 'digest')),
        day        date,
        message_id text        NOT NULL UNIQUE,
        subject    text        NOT NULL,
        body       text        NOT NULL,
        state      text        NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'dead')),
        attempts   integer     NOT NULL DEFAULT 0,
        made_at    timestamptz NOT NULL DEFAULT now(),
        last_at    timestamptz,
        next_at    timestamptz NOT NULL DEFAULT now(),
        said       text        NOT NULL DEFAULT '',
        found      text        NOT NULL DEFAULT '',
        CONSTRAINT mail_day CHECK ((kind = 'digest') = (day IS NOT NULL)),
        CONSTRAINT mail_once UNIQUE (reminder, day)
    )
    """,
    "COMMENT ON COLUMN mail.attempts IS 'counted before the attempt, so that one that ended with its process is counted too'",
    "CREATE INDEX mail_pending ON mail (next_at) WHERE state = 'pending'",
    "CREATE INDEX mail_newest ON mail (reminder, id DESC)",
    "CREATE INDEX mail_done ON mail (last_at) WHERE state <> 'pending'",
    """
    CREATE TABLE due_told (
        webhook text        NOT NULL REFERENCES webhook ON DELETE CASCADE,
        event   text        NOT NULL,
        told_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (webhook, event)
    )
    """,
    "CREATE INDEX due_told_at ON due_told (told_at)",
    """
    CREATE TABLE mail_budget (
        payer text    NOT NULL,
        day   date    NOT NULL,
        many  integer NOT NULL,
        PRIMARY KEY (payer, day)
    )
    """,
    *(f"ALTER TABLE {name} OWNER TO liandan_owner" for name in TABLES),
    *(f"REVOKE ALL ON {name} FROM PUBLIC" for name in TABLES),
    *(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO liandan_writer" for name in TABLES),
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

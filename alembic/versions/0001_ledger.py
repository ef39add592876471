"""The log: entries, links, facts, the head, refusals.

``entry`` and ``link`` are append-only. ``fact`` is derived: every value in it is a function of the entries, kept for the next decision.
``link`` alone carries uniqueness of (chain, seq), so that ``entry`` can be partitioned by index one day (design §5).
The CHECK on ``leaf`` hashes each entry a second time, in another program than the one that wrote it.
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE entry (
        idx   bigint PRIMARY KEY CHECK (idx >= 0),
        leaf  bytea NOT NULL,
        entry bytea NOT NULL,
        CONSTRAINT entry_leaf CHECK (leaf = sha256('\\x00'::bytea || entry)),
        CONSTRAINT entry_size CHECK (octet_length(entry) <= 60000)
    )
    """,
    "ALTER TABLE entry ALTER COLUMN entry SET STORAGE EXTERNAL",
    """
    CREATE TABLE link (
        chain text    NOT NULL,
        seq   bigint  NOT NULL CHECK (seq >= 0),
        hash  bytea   NOT NULL CHECK (octet_length(hash) = 32),
        idx   bigint  NOT NULL,
        PRIMARY KEY (chain, seq)
    )
    """,
    """
    CREATE TABLE fact (
        key   text COLLATE "C" PRIMARY KEY,
        value bytea NOT NULL
    )
    """,
    """
    CREATE TABLE log_head (
        one   boolean PRIMARY KEY DEFAULT true CHECK (one),
        size  bigint  NOT NULL,
        root  bytea   NOT NULL CHECK (octet_length(root) = 32),
        edge  bytea   NOT NULL,
        at_s  bigint  NOT NULL
    )
    """,
    """
    CREATE TABLE refusal (
        id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        hour      text   NOT NULL,
        statement text   NOT NULL,
        signers   text[] NOT NULL,
        kind      text   NOT NULL,
        codes     text[] NOT NULL,
        size      bigint NOT NULL,
        at        text   NOT NULL,
        receipt   bytea  NOT NULL,
        page      bigint,
        UNIQUE (statement, codes)
    )
    """,
    "CREATE INDEX refusal_open ON refusal (hour, id) WHERE page IS NULL",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'LD001';
    END
    $$
    """,
    *(
        statement
        for table in ("entry", "link")
        for statement in (
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER no_truncate",
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

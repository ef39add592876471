"""Books: what firms, the national platform and weighbridges have written down, as it was read (HJ 1259; docs/books.md).

They are no evidence and no projection: nothing of the log is made of them, and they are not made again from it. Of a holder, kind, month and
sender one version is in force; earlier ones name the one that replaced them. No column and no line names a person.
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("book", "book_line", "book_mapping")
STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE book (
        id          text   COLLATE "C" PRIMARY KEY,
        holder      text   COLLATE "C" NOT NULL,
        kind        text   COLLATE "C" NOT NULL,
        month       text   COLLATE "C" NOT NULL CHECK (month ~ '^20[0-9]{2}-[0-9]{2}$'),
        sender      text   NOT NULL,
        file        text   NOT NULL,
        sha256      text   COLLATE "C" NOT NULL,
        lines_hash  text   COLLATE "C" NOT NULL,
        lines       integer NOT NULL CHECK (lines > 0),
        put_at_s    bigint NOT NULL,
        put_by      text   COLLATE "C" NOT NULL,
        replaced_by text   COLLATE "C" NOT NULL DEFAULT ''
    )
    """,
    "CREATE UNIQUE INDEX book_in_force ON book (holder, month, kind, sender) WHERE replaced_by = ''",
    "CREATE INDEX book_of_holder ON book (holder, month, id)",
    "CREATE INDEX book_of_region ON book (substr(holder, 3, 6), id)",
    "CREATE INDEX book_of_month ON book (month, holder) WHERE replaced_by = ''",
    """
    CREATE TABLE book_line (
        book   text    COLLATE "C" NOT NULL REFERENCES book ON DELETE CASCADE,
        number integer NOT NULL,
        line   text    NOT NULL,
        PRIMARY KEY (book, number)
    )
    """,
    "COMMENT ON COLUMN book_line.line IS 'a BookLine (reports.books.model) as JSON'",
    """
    CREATE TABLE book_mapping (
        holder   text   COLLATE "C" NOT NULL,
        sender   text   NOT NULL,
        mapping  text   NOT NULL,
        put_at_s bigint NOT NULL,
        PRIMARY KEY (holder, sender)
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

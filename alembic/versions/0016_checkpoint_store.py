"""Which checkpoint store this database belongs to: two stores that promise from one database would sign two histories.

The first server writes its store here; another one refuses to start (liandan/store_registration.py). Only a deliberate command changes it,
with the owner's rights.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE TABLE checkpoint_store (
        one           boolean     PRIMARY KEY DEFAULT true CHECK (one),
        id            text        NOT NULL,
        path          text        NOT NULL,
        host          text        NOT NULL,
        registered_at timestamptz NOT NULL DEFAULT now()
    )
    """,
    "ALTER TABLE checkpoint_store OWNER TO liandan_owner",
    "REVOKE ALL ON checkpoint_store FROM PUBLIC",
    "GRANT SELECT, INSERT ON checkpoint_store TO liandan_writer",
    "GRANT SELECT ON checkpoint_store TO liandan_reader",
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

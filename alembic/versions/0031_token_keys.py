"""Tokens by their key: whoever logs a key out everywhere ends them without a look at everybody's.

Half a day of tokens stands in the table, of all devices of an installation.
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ("CREATE INDEX token_keyid ON token (keyid)",)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

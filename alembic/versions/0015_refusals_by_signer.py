"""Refusals by who signed: a party asks for its own, and all of everybody's were read for it.

The rows stay; an index of arrays gives the few of one signer.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = ("CREATE INDEX refusal_signers ON refusal USING gin (signers)",)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

"""Guards know the partitions of ``entry`` and ``link`` too: ``entry_0``, ``entry_1`` … are neither dropped, detached nor altered.

A log that comes near 2^24 entries is partitioned by index (docs/operations.md); what the guards of 0004 say by name holds for every part.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
    CREATE OR REPLACE FUNCTION liandan_guard.ledger_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE
        command record;
        ledger CONSTANT text := '^(entry|link)(_[0-9]+)?$';
    BEGIN
        IF tg_event = 'sql_drop' THEN
            FOR command IN SELECT * FROM pg_event_trigger_dropped_objects() LOOP
                IF command.schema_name = 'public' AND (
                    (command.object_type = 'table' AND command.object_name ~ ledger)
                    OR (command.object_type IN ('trigger', 'table constraint', 'table column') AND command.address_names[2] ~ ledger)
                ) THEN
                    RAISE EXCEPTION '% is part of the ledger and is not dropped', command.object_identity USING ERRCODE = 'LD002';
                END IF;
            END LOOP;
        ELSE
            FOR command IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
                IF command.command_tag = 'ALTER TABLE' AND (
                    EXISTS (SELECT FROM pg_class WHERE oid = command.objid AND relname ~ ledger AND command.schema_name = 'public')
                    OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = command.objid AND tgfoid = 'public.refuse_change'::regproc)
                ) THEN  -- by its triggers too: a table that has just been renamed has another name here
                    RAISE EXCEPTION '% is part of the ledger and is not altered', command.object_identity USING ERRCODE = 'LD002';
                END IF;
            END LOOP;
        END IF;
    END
    $$
    """,
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

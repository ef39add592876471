"""Guards of the ledger's tables for ``quarantine`` too: what a cut or a refill has moved aside is evidence, and is kept as it was.

The owner's role moves entries there; nobody changes, deletes, empties or drops them.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# Without a superuser there are no event triggers (0004). They would refuse ENABLE ALWAYS on a table that has a guard.
_EVENTS = """
    DO $$
    BEGIN
        IF EXISTS (SELECT FROM pg_event_trigger WHERE evtname = 'guard_ledger_alter') THEN
            ALTER EVENT TRIGGER guard_ledger_alter {state};
        END IF;
    END
    $$
    """

STATEMENTS: tuple[str, ...] = (
    _EVENTS.format(state="DISABLE"),
    # Not even the cut's own transaction deletes here: refuse_change would let the owner's role delete from the declared index on.
    """
    CREATE FUNCTION keep_quarantine() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'LD001';
    END
    $$
    """,
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON quarantine FOR EACH ROW EXECUTE FUNCTION keep_quarantine()",
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON quarantine FOR EACH STATEMENT EXECUTE FUNCTION keep_quarantine()",
    "ALTER TABLE quarantine ENABLE ALWAYS TRIGGER append_only",
    "ALTER TABLE quarantine ENABLE ALWAYS TRIGGER no_truncate",
    """
    CREATE OR REPLACE FUNCTION liandan_guard.ledger_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$
    DECLARE
        command record;
        ledger CONSTANT text := '^(entry|link|quarantine)(_[0-9]+)?$';
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
                    OR EXISTS (
                        SELECT FROM pg_trigger
                         WHERE tgrelid = command.objid AND tgfoid IN ('public.refuse_change'::regproc, 'public.keep_quarantine'::regproc)
                    )
                ) THEN  -- by its triggers too: a table that has just been renamed has another name here
                    RAISE EXCEPTION '% is part of the ledger and is not altered', command.object_identity USING ERRCODE = 'LD002';
                END IF;
            END LOOP;
        END IF;
    END
    $$
    """,
    _EVENTS.format(state="ENABLE ALWAYS"),
)


def upgrade() -> None:
    """One statement per call: asyncpg prepares each."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """A ledger is not taken apart."""
    raise RuntimeError("restore a backup instead of downgrading")

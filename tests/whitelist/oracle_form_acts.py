"""Form of the acts on lists, decisions, emergencies and accounts (kinds.md §4, §9), beside the bodies of oracle_form."""

from .oracle_form import (
    LETTER,
    LISTED_ROW,
    array,
    between,
    day,
    file,
    files,
    mass,
    number,
    party,
    place,
    record,
    ref,
    scope,
    text,
    when,
)

LIST_AMEND = record(
    effective_from=day,
    add_=array(LISTED_ROW, 1, 2000, "LIST_SIZE"),
    end_=array(record(row=number, on=day, reason=text()), 1, 2000, "LIST_SIZE"),
    quota_=array(record(row=number, quota_t=mass()), 1, 2000, "LIST_SIZE"),
    **LETTER,
)
"""`rows_hash` is the adapter's."""
LIST_SUSPEND = record(row_=number, reason=text(), file_=file, **LETTER)
LIST_RESUME = record(row_=number, reason=text(), **LETTER)
LIST_CONFIRM = record(act=lambda value, codes: None, **LETTER)
LIST_EXCEED = record(row=number, extra_t=mass(), approval_=ref("approval"), asked_no=text(), asked_date=day, **LETTER)
LIST_REPORT = record(
    rows=array(
        record(row=number, received_t=mass(above=False), disposed_t_=mass(above=False), stock_t_=mass(above=False), note_=text()), 0, 2000
    ),
    environment=text(2000),
    **LETTER,
)
ACCEPT = record(no_=text())
NOTICE = record(deficiencies=array(text(2000), 1, 16))
STOP_LINES = record(reason=text(), lines_=array(number, 1, 64), file_=file)
WITHDRAW = record(reason=text())
_RECEIVER = record(receiver=party, permit=ref("permit"))
RECEIVERS = array(_RECEIVER, 1, 32, once="")
"""A pair twice says nothing more: LIST_LENGTH, as a carrier twice (§15)."""
DECLARE = record(
    name=text(),
    happened_at=when,
    place=place,
    plan_no=text(),
    plan_authority=text(),
    generators=array(party, 1, 32, once=""),
    wastes=array(scope, 1, 16),
    receivers=RECEIVERS,
    ceiling_t=mass(),
    valid_from=day,
    valid_to=day,
    files_=files,
)
JOIN = record(receivers_=RECEIVERS, note_=text(), **LETTER)
CLOSE = record(closed_on=day, summary=text(2000), files_=files)
OPEN = record(item_=between(0, 10**9), used_t=mass(above=False), as_of_on=day, source=text(), files_=files)

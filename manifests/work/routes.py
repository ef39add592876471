"""What waits for a party over HTTP. The shell provides ``log``, ``caller``, ``lang``."""

from typing import Annotated, Any

from litestar import Request, get

from ledger.describing import READ_REFUSALS, USCC_PATTERN, Cursor, asks, in_query
from ledger.reading import Page
from ledger.routes import Lang, Limit, TheCaller, TheLog, claimed_now
from manifests.accounts.routes import least_of
from manifests.work.answers import WORDS, WorkPage
from manifests.work.service import read_work
from whitelist.service import with_names

As = Annotated[str | None, in_query(USCC_PATTERN, "为哪一单位列出 / for which party", "91510100MA00XX0A0X", "as")]
WhatWork = Annotated[str | None, in_query(f"^({'|'.join(WORDS)})$", "哪一类事项 / which kind of work", "confirmation", "what")]
OverdueWork = Annotated[str | None, in_query("^true$", "只列逾期的 / only what is overdue: true", "true", "overdue")]


@get("/v1/work", opt=asks("Liandan-Now"), responses=READ_REFUSALS)
async def get_work(
    request: Request[Any, Any, Any],
    log: TheLog,
    caller: TheCaller,
    lang: Lang,
    as_party: As = None,
    what: WhatWork = None,
    overdue: OverdueWork = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> WorkPage:
    """今日待办: what waits for your party, of all manifests and applications, by due day: acts, confirmations, consents, attachments,
    signatures; for an authority what waits for its regions.

    ``as`` names another party: one that has delegated to yours, and of that the kinds delegated; any for authorities. A page may be short and
    still have a ``next``.
    """
    claimed_s = claimed_now(request.headers)
    found = await read_work(log, caller, as_party, what, overdue is not None, Page(cursor, limit), lang, claimed_s, least_of(request))
    return await with_names(log, found, lang)

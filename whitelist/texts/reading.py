"""Texts of what a reader can do wrong: cursors, dry runs, answers about the past."""

from __future__ import annotations

from whitelist.texts.text import text

TEXTS = (
    text(
        "CURSOR_FORM",
        "",
        "design §8 [DESIGN]",
        "sender",
        zh=("翻页游标无效。", "原样使用上一页返回的 next，或去掉 cursor 从头读取。"),
        en=("The cursor is not one of ours.", "Use next of the page before unchanged, or leave out cursor and begin again."),
    ),
    text(
        "CHECK_COUNT",
        "",
        "design §8 [DESIGN]",
        "sender",
        zh=("一次预检应包含 1 至 1000 笔转移，未作任何判定。", "分成多次请求，每次 1 至 1000 笔。"),
        en=("A dry run takes 1 to 1,000 transfers; none was judged.", "Send several requests of 1 to 1,000 transfers each."),
    ),
    text(
        "CHECK_FORBIDDEN",
        "",
        "design §5 [DESIGN]",
        "sender",
        zh=("只能预检本单位移出或者接受的转移。", "以本单位为移出人或者接受人提问；其他转移请有关单位或者主管部门预检。"),
        en=(
            "A party may ask only about transfers that it sends or receives.",
            "Ask as generator or receiver; leave other transfers to their parties or to the authorities.",
        ),
    ),
    text(
        "AS_OF_SIZE",
        "",
        "design §7 [DESIGN]",
        "sender",
        zh=("as_of 应为 1 至账本当前长度之间的整数。", "填写账本已经达到的长度（见 /v1/log），或去掉 as_of 按当前账本判定。"),
        en=(
            "as_of must lie between 1 and the present size of the log.",
            "Give a size that the log has reached (see /v1/log), or leave it out to ask about the present.",
        ),
    ),
    text(
        "AS_OF_LARGE",
        "",
        "design §7 [DESIGN]",
        "operator",
        zh=(
            "所问时点之前的条目过多，服务器不在线重建。",
            "去掉 as_of，按当前账本预检；还原历史判定请导出账本，用 liandan audit 重算。",
        ),
        en=(
            "Too many entries lie before that point for the server to rebuild it.",
            "Ask about the present (without as_of); to see what was decided then, export the log and recompute it with liandan audit.",
        ),
    ),
    text(
        "AS_OF_TIME",
        "",
        "design §7 [DESIGN]",
        "sender",
        zh=("判定时间早于所问账本的最后一条，或者晚于一年以后。", "at 应不早于该条目的入账时间、不晚于其后 366 天；不确定时去掉 at。"),
        en=(
            "The time lies before the last entry of the log asked about, or more than a year after it.",
            "Give a time from the admission of that entry to 366 days after it; leave it out when in doubt.",
        ),
    ),
)

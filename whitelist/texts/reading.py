"""Texts of what a reader can do wrong: cursors, dry runs, answers about the past."""

from __future__ import annotations

from signing.refusal import texts

TEXTS = texts("""
CHECK_COUNT | - | sender | design §8 [DESIGN]
一次预检应包含 1 至 1000 笔转移，未作任何判定。 || 分成多次请求，每次 1 至 1000 笔。
A dry run takes 1 to 1,000 transfers; none was judged. || Send several requests of 1 to 1,000 transfers each.

CHECK_FORBIDDEN | - | sender | design §5 [DESIGN]
只能预检本单位移出或者接受的转移。 || 以本单位为移出人或者接受人提问；其他转移请有关单位或者主管部门预检。
A party may ask only about transfers that it sends or receives. || Ask as generator or receiver; leave other transfers to their parties or to the authorities.

AS_OF_SIZE | - | sender | design §7 [DESIGN]
as_of 应为 1 至账本当前长度之间的整数。 || 填写账本已经达到的长度（见 /v1/log），或去掉 as_of 按当前账本判定。
as_of must lie between 1 and the present size of the log. || Give a size that the log has reached (see /v1/log), or leave it out to ask about the present.

AS_OF_LARGE | - | operator | design §7 [DESIGN]
所问时点之前的条目过多，服务器不在线重建。 || 去掉 as_of，按当前账本预检；还原历史判定请导出账本，用 liandan audit 重算。
Too many entries lie before that point for the server to rebuild it. || Ask about the present (without as_of); to see what was decided then, export the log and recompute it with liandan audit.

AS_OF_TIME | - | sender | design §7 [DESIGN]
判定时间早于所问账本的最后一条，或者晚于一年以后。 || at 应不早于该条目的入账时间、不晚于其后 366 天；不确定时去掉 at。
The time lies before the last entry of the log asked about, or more than a year after it. || Give a time from the admission of that entry to 366 days after it; leave it out when in doubt.
""")

"""How a month is counted (计算规则): one rule for every way in which a load can go otherwise than planned. They stand in every statement, in both
languages, so that whoever reads one need not ask which rule was meant; ``tests/reconciliation`` holds each at its boundary.
"""

from msgspec import Struct


class CountingRule(Struct, frozen=True):
    """One rule, in both languages; ``code`` is stable."""

    code: str
    zh: str
    en: str


RULES = (
    CountingRule(
        "month",
        "行为按其声明的时间（北京时间）归月，与入账时间无关：23:59:59 签署、零时后入账的属上月。接受不早于起运。额度按入账时间归月。",
        "An act belongs to the month of its own time (Beijing), whenever it is entered: what is signed at 23:59:59 and admitted after midnight "
        "belongs to the old month. A receipt never counts before its departure. Quota accounts go by admission.",
    ),
    CountingRule(
        "opening",
        "期初 ＝ 上月最新结账的期末，即月初零时在途、按该次结账规模时的状况；上月未结账的，按现在的状况。",
        "Opening is the closing of last month's newest close: what was under way at the month's first moment as the lines stood at the size of that "
        "close; where last month is not closed, as they stand now.",
    ),
    CountingRule(
        "adjustment",
        "结账后才入账、涉及已结束月份的行为，不改动已结账的对账单，在按该结账开账的月份作为调整逐行列明，写明所属月份和行为；所属月份的对账单重算时写明调整列在哪个月。",
        "What is entered after a close and changes months that had ended leaves the closed statement as it is; the month that opens with the close tells "
        "it line by line as adjustments, each with its month and act, and the adjusted month, drawn again, names the month in which they stand.",
    ),
    CountingRule(
        "late",
        "晚入账（含离线签署后补传）与准时入账同样归月；所属月份已结账的，为调整。",
        "An act that is entered late, signed offline too, belongs to the same month as one entered in time; where that month is closed it is an adjustment.",
    ),
    CountingRule(
        "backfill",
        "纸质联单补录按纸上的起运、接受时间归月，开具按补录时间归月。",
        "A paper manifest that is entered later departs and arrives in the months that the paper says; its issue is of the month in which it "
        "was back-filled.",
    ),
    CountingRule(
        "correction",
        "更正自生效起以更正后的值计入原行为所属月份；该月已结账的，差额为调整。原值和更正后的值都在账本上。",
        "A correction in force counts with its value in the month of the act that it corrects; where that month is closed the difference is an adjustment. "
        "Both values stay on the log.",
    ),
    CountingRule(
        "return",
        "退回、改送是另一份联单，按其自己的方向计入；被拒收的质量在原联单上为“拒收”，不再在途。退回的废物不进入任何单位的接受库存。",
        "A return or redirect is a manifest of its own, counted on its own way; on the refused manifest its grams are refused and no longer under way. What "
        "goes home enters nobody's stock of accepted waste.",
    ),
    CountingRule(
        "gap",
        "带缺口办结按入账时间归月：途中的，全部移出量为磅差（级别高）；未起运的，同作废；已接受的，尚无去向的库存记为“缺口”。",
        "A close with gap counts when it is admitted: of a load on the road all that was declared is difference (level H); before departure it is like a "
        "void; after the receipt the stock without a fate leaves as gap.",
    ),
    CountingRule(
        "void",
        "作废、起运前谢绝接受的，列在等式之外，计入其行为的月份。",
        "What is voided, or declined before departure, stands outside the equation in the month of that act.",
    ),
    CountingRule(
        "no_departure",
        "无起运记录即接受的，计入接受月份的接受、拒收、磅差，不补造起运：等式因此不平，为高级。",
        "A receipt without a recorded departure counts in its month; no departure is made up: the equation does not balance, level H.",
    ),
    CountingRule(
        "regrouping",
        "来源批次（集中收集后转出）：转出是新联单；转出量以原联单利用处置结果所填“转出”为准减少库存，批次本身不移动质量。",
        "Regrouped loads go on by new manifests; what a disposal declares as sent on leaves the stock, lots themselves move no grams.",
    ),
    CountingRule(
        "transship",
        "换车、交接、分车不改变各行；承运人各段都算承运，移出量只计一次。",
        "Another truck, a hand-over or a split load changes no line; whoever carried a leg is a carrier, and the mass counts once.",
    ),
    CountingRule(
        "closed_party",
        "注销的单位：其名下各行、库存仍以其代码列示，直到接受、作废或者办结；由承继单位另行办理的，按其联单计入。",
        "A party that was closed keeps its lines and stocks under its code until they are received, voided or closed; what its successor does counts on the "
        "successor's manifests.",
    ),
    CountingRule(
        "go_live",
        "上线前已批准、上线时在途的与其他联单同样计入；上线前的库存不在账本上，期初只含账本所载。",
        "Loads that were under way at go-live count as any other; stocks of before are not on the log, and an opening holds only what is.",
    ),
    CountingRule(
        "weight",
        "磅差级别按接受时生效的误差限（写明版本），比较到场量与装载称重，未称的与移出量。",
        "A weight difference is judged by the tolerances in force at the receipt, named by version: what came against what was loaded, or declared where "
        "nothing was weighed.",
    ),
    CountingRule(
        "stock",
        "M1：期初库存（＋调整）＋接受－自行利用处置－转出－缺口＝期末库存，按接受人和废物代码；利用处置按所填完成日期归月，不早于接受，不晚于填报。",
        "M1: opening stock (with adjustments) + accepted − treated − sent on − gap = closing stock, by receiver and code; a disposal counts on the day on "
        "which it says that it was done, never before the receipt nor after it was told.",
    ),
    CountingRule(
        "age",
        "M11：先进先出，期末库存视为最后接受的；接受日起超过账本采用的贮存期限的为高，达到预警日数的为中。",
        "M11: first in first out; what came last is what is left. Received longer ago than the adopted term of storage is level H, than that of the alert M.",
    ),
    CountingRule(
        "plan",
        "M8：按联单开具月份计入管理计划各行（接受后为接受量，作废、办结的退回），自年初累计与预计转移量比较，不分方向。",
        "M8: manifests count on the lines of the plan in the month of their issue (what was accepted once received, nothing once voided), summed from the "
        "beginning of its year over all directions.",
    ),
    CountingRule(
        "numbers",
        "M6：同一编号在多份未作废联单上为重复；本月开具各联单的编号按年份和城市成序列，列出断号和倒号（后开具的编号小于先开具的）。断号是本账本上没有联单使用的号，可能属于不在本账本上的联单；单位对账单不列。",
        "M6: a number on several manifests that are not voided is a duplicate; the numbers of the month's issues form series by year and city, of which gaps "
        "and steps backward (a later issue with a smaller number) are told. A missing number is one that no manifest of the log bears; it may be of one that is elsewhere. Not in a party's.",
    ),
    CountingRule(
        "permit",
        "M10：接受人许可证末日在本月内已过或者距对账日不超过账本采用的预警日数、未续证的；30 日内为中，已过为高。",
        "M10: permits of receivers whose last day passed in the month or is within the adopted days of the alert and that were not renewed; within 30 days "
        "level M, passed H.",
    ),
    CountingRule(
        "scope",
        "单位对账单含其作为移出人、承运人（任何一段）、接受人的全部行，含省内；主管部门对账单含起点或者终点在其辖区的全部行。等式相同。",
        "A party's statement holds every line on which it is generator, carrier of any leg or receiver, within a province, too; an authority's every line "
        "that begins or ends in its region. The equations are the same.",
    ),
)

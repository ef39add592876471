"""The sheets that are known: their columns, what each fills in a body, and under which other heads offices write it."""

from __future__ import annotations

from msgspec.structs import replace

from liandan.intake.model import TemplateColumn, TemplateSheet

USCC, NAME, NO = "统一社会信用代码", "单位名称", "许可证编号"
MATERIAL, MATERIAL_2 = "登记材料", "第二份登记材料"
RECEIVER, RECEIVER_NAME, PERMIT = "接受单位统一社会信用代码", "接受单位", "许可证标识"
CATEGORY, CODES, SCOPE, METHODS = "废物类别", "废物代码", "范围", "利用处置方式"
QUOTA = "年度额度（吨）"
DIVISION = "行政区划代码"
CLASSES = {"综合经营许可证": "permit", "收集经营许可证": "collection", "利用处置环节豁免管理单位": "exempt_use"}
SCOPES = {"全部代码": "ALL", "仅含所列代码": "INCLUDE", "除所列代码外": "EXCEPT"}
PLANS = {"重点": "key", "简化": "simple", "登记": "registered"}
EDITIONS = {"2021": 2021, "2025": 2025}
KINDS_OF_LIST = {"双方互认": "mutual", "单方公布": "unilateral", "国家试点": "pilot"}
STOPS = {"停批准": "decide", "并停开具": "issue", "并停起运": "depart"}
_LISTED = "几个的，用顿号或逗号隔开"
_CODE = TemplateColumn(
    head=USCC, sort="uscc", note="18 位，大写，末位为校验码", wide=22, also=("社会信用代码", "信用代码", "单位代码", "uscc")
)
_NO = ("经营许可证编号", "危险废物经营许可证编号", "许可证号", "经营许可证号", "危险废物经营许可证号", "permit no")
_DIVISION = TemplateColumn(head=DIVISION, field="division", sort="division", note="6 位（GB/T 2260），如 510104", wide=14)
_METHODS = (
    "利用/处置方式",
    "利用、处置方式",
    "处置方式",
    "处置利用方式",
    "利用处置方式代码",
    "经营方式",
    "核准经营方式",
    "方式",
    "methods",
)
_CODES = ("危险废物代码", "八位代码", "废物代码(8位)", "代码", "危废代码", "核准经营代码", "codes")
_CATEGORY = ("类别", "危险废物类别", "危废类别", "核准经营类别", "category")

_ITEM = (
    TemplateColumn(head=CATEGORY, field="category", needed=False, sort="category", note="HW01 至 HW50；不填的由代码得出", wide=12, also=_CATEGORY),
    TemplateColumn(head=SCOPE, field="scope", needed=False, sort="word", words=SCOPES, note="不填的按所列代码", wide=16),
    TemplateColumn(head=CODES, field="codes", sort="codes", note=f"八位代码，{_LISTED}；整个类别写“全部代码”", wide=40, also=_CODES, needed=False),
    TemplateColumn(head=METHODS, field="methods", sort="methods", note=f"如 R4、R5，{_LISTED}", wide=20, also=_METHODS),
)  # fmt: skip
PARTIES = TemplateSheet("单位", "party.register/1", (
    _CODE,
    TemplateColumn(head=NAME, field="name", sort="name", note="与营业执照完全一致", wide=36),
    TemplateColumn(head=DIVISION, sort="division", note="所在地，6 位（GB/T 2260）", wide=14),
    TemplateColumn(head=MATERIAL, field="keys.0", note="企业交来的登记材料（liandan key registration 的全部输出）", sort="json", wide=40),
    TemplateColumn(head=MATERIAL_2, field="keys.1", needed=False, note="第二把密钥的登记材料，可不填", sort="json", wide=40),
))  # fmt: skip
SITES = TemplateSheet("场所", "party.site/1", (
    _CODE,
    TemplateColumn(head="场所编号", field="site", sort="number", note="1 至 32 个字母、数字或 . _ -", wide=14),
    TemplateColumn(head="场所名称", field="name", wide=30),
    _DIVISION,
    TemplateColumn(head="地址", field="address", wide=40),
    TemplateColumn(head="管理计划类别", field="plan_class", needed=False, sort="word", words=PLANS, wide=14),
))  # fmt: skip
PERMITS = TemplateSheet("许可证", "permit.grant/1", (
    _CODE,
    TemplateColumn(head=NO, field="no", sort="number", wide=24, also=_NO),
    TemplateColumn(head="类型", field="class", sort="word", words=CLASSES, wide=26, also=("许可证类型", "许可证类别")),
    TemplateColumn(head="有效期自", field="valid_from", sort="day", note="如 2026-01-01", wide=14, also=("有效期起", "有效期开始", "发证日期")),
    TemplateColumn(head="有效期至", field="valid_to", sort="day", note="如 2030-12-31", wide=14, also=("有效期止", "有效期结束", "有效期截止")),
    _DIVISION,
    TemplateColumn(head="设施地址", field="address", wide=40, also=("经营设施地址", "地址")),
    TemplateColumn(head="场所编号", field="site", needed=False, sort="number", note="已登记的场所；可不填", wide=14),
    TemplateColumn(
        head="年经营规模（吨）", field="scale_t", sort="mass", note="豁免的为方案年吨数", wide=18,
        also=("核准经营规模", "经营规模", "许可规模", "规模"),
    ),
    TemplateColumn(head="豁免清单年版", field="basis.edition", needed=False, sort="word", words=EDITIONS, wide=14),
    TemplateColumn(head="豁免清单序号", field="basis.item", needed=False, sort="whole", wide=14),
    TemplateColumn(head="方案文号", field="basis.plan_no", needed=False, sort="number", wide=24),
    TemplateColumn(head="点对点移出人", field="basis.generator", needed=False, sort="uscc", note="点对点定向利用的移出人代码", wide=22),
    *(replace(column, field="", needed=False, in_template=False) for column in _ITEM),  # as offices keep it: a row for each category
))  # fmt: skip
ITEMS = TemplateSheet("许可项目", "", (
    _CODE,
    TemplateColumn(head=NO, sort="number", note="与“许可证”表中的一行相同", wide=24, also=_NO),
    *_ITEM,
))  # fmt: skip
GOLIVE = (PARTIES, SITES, PERMITS, ITEMS)

_CONDITIONS = (
    TemplateColumn(head="转移前报告天数", field="conditions.pre_notice_days", needed=False, sort="whole", note="0 至 60 天；可不填", wide=14),
    TemplateColumn(head="完成期限（天）", field="conditions.complete_within_days", needed=False, sort="whole", note="1 至 366 天；可不填", wide=14),
    TemplateColumn(head="仅限利用", field="conditions.use_only", needed=False, sort="yes", note="是；否则不填", wide=10),
    TemplateColumn(
        head="途经省份", field="conditions.transit", needed=False, sort="provinces", note=f"省名或两位代码，{_LISTED}", wide=18, also=("途经省", "途经地"),
    ),
    TemplateColumn(head="其他条件", field="conditions.note", needed=False, note="可不填", wide=30, also=("条件", "附加条件")),
)  # fmt: skip
LISTING = TemplateSheet("白名单", "list.rows/1", (
    TemplateColumn(
        head=RECEIVER_NAME, needed=False, sort="name", note="只供核对，不进入声明", wide=32,
        also=("接受单位名称", "接收单位", "接收单位名称", "接受人", "接受人名称", "经营单位", "经营单位名称", "企业名称", "单位名称", "接受企业", "接收企业名称"),
    ),
    TemplateColumn(
        head=RECEIVER, field="receiver", sort="uscc", note="18 位，大写，末位为校验码", wide=22,
        also=("统一社会信用代码", "社会信用代码", "信用代码", "接收单位统一社会信用代码", "接受单位代码", "接受人统一社会信用代码", "单位代码", "uscc", "receiver"),
    ),
    TemplateColumn(head=NO, sort="number", note="接受单位的许可证编号", wide=24, also=_NO, needed=False),
    TemplateColumn(head=PERMIT, field="permit", needed=False, sort="ref", note="permit/…；同号不止一份时才要填", wide=30, also=("permit",)),
    *_ITEM,
    TemplateColumn(
        head=QUOTA, field="quota_t", sort="mass", note="吨，至多 6 位小数", wide=16, spreads=False,
        also=("年度额度", "额度", "数量", "转移数量", "转移量", "年转移量", "计划转移量", "拟转移量", "拟转移数量", "年度转移量", "年度数量", "核准数量", "quota"),
    ),
    *_CONDITIONS,
))  # fmt: skip
LIST_TERMS = TemplateSheet("名单", "list.propose/1", (
    TemplateColumn(head="年度", field="year", sort="whole", note="如 2027", also=("名单年度",)),
    TemplateColumn(head="移出省", field="from", sort="province", note="省名或两位代码；面向全国的单方、试点名单写 00", also=("移出省份", "移出地")),
    TemplateColumn(head="接受省", field="to", sort="province", note="省名或两位代码", also=("接受省份", "接受地", "接收省")),
    TemplateColumn(head="名单简称", field="name", sort="list_name", note="1 至 16 个小写字母、数字，同年同向各名单不同，如 a"),
    TemplateColumn(head="名单种类", field="kind", sort="word", words=KINDS_OF_LIST),
    TemplateColumn(head="生效日", field="effective_from", sort="day", note="如 2027-01-01", also=("生效日期",)),
    TemplateColumn(head="失效日", field="effective_to", sort="day", note="如 2027-12-31", also=("失效日期", "有效期至")),
    TemplateColumn(head="暂停的效力", field="suspension_stops", sort="word", words=STOPS, note="不写的为：并停开具", needed=False),
    TemplateColumn(head="函号", field="letter_no", sort="number", note="提出名单的函", also=("文号",)),
    TemplateColumn(head="函件日期", field="letter_date", sort="day", also=("发函日期", "函日期")),
    *_CONDITIONS,
), is_form=True)  # fmt: skip
LISTS = (LIST_TERMS, LISTING)

ACCOUNTS = {"许可证": "permit", "批准决定": "approval", "白名单": "list"}
OPENINGS = TemplateSheet("期初", "quota.open/1", (
    TemplateColumn(head="额度种类", field="account", sort="word", words=ACCOUNTS, note="许可证、批准决定或白名单", wide=12, also=("类型", "账户")),
    TemplateColumn(
        head="编号", field="no", sort="number", note="许可证编号、决定文号，或名单标识 list/…", wide=30, also=("文号", "决定文号", "批准文号", "许可证编号", "名单标识"),
    ),
    TemplateColumn(
        head=USCC, field="holder", needed=False, sort="uscc", note="许可证的接受单位，或决定的移出人；名单不填", wide=22,
        also=("单位代码", "信用代码", "移出人代码", "接受单位代码"),
    ),
    TemplateColumn(head="行号", field="item", needed=False, sort="whole", note="决定的第几项、名单的第几行，从 1 数起；许可证不填", wide=10, also=("项号", "第几项", "序号")),
    TemplateColumn(
        head="已用数量（吨）", field="used_t", sort="mass", note="账本启用以前已经用掉、这里没有声明的", wide=18, spreads=False,
        also=("已使用量", "已用量", "已转移量", "已接收量", "已用数量", "已转移数量"),
    ),
    TemplateColumn(head="截至日期", field="as_of_on", sort="day", note="如 2026-11-30", wide=14, also=("截止日期", "统计截止日期")),
    TemplateColumn(head="依据", field="source", note="如 2026 年转移台账", wide=36, also=("来源", "数据来源")),
))  # fmt: skip

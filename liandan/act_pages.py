"""``docs/formats/acts.md``: one whole example of every act, said in Python and in plain HTTP, from the published examples.

The bodies are those of the schemas (liandan.schema_examples), so they are written once; a test runs every line of the page.
``python -m liandan.schemas`` writes it beside the schemas.
"""

import json
from collections.abc import Iterator
from typing import Any

from ledger.admission.kind_table import Kinds
from ledger.admission.personality import Kind
from liandan import schema_examples

NAME = "acts.md"
FOUNDING = "log.found/1"
"""Has no chain before it and is posted once in the life of a log: ``liandan log found``."""
_INTRO = """# 行为示例　One whole example of every act

本页由示例账本生成（`python -m liandan.schemas`），不手工修改；测试逐行运行本页的每一个例子。单位、车号、文号均为虚构。
Generated from the small log of acts, never edited by hand; a test runs every line of it. Firms, plates and numbers are fictitious.

每个例子先是完整的声明（各字段见 [format.md](format.md) 第 3 节，正文见同名 JSON Schema），再是两种写法；`body` 即该声明的 `body`。
`seq`、`prev`、`at` 由客户端填写，换成您自己的链和代码即可。先取得下面的 `client` 或 `me`，再逐行照抄。
Each example is a whole statement, then the two ways to say it; `body` is the `body` of that statement, `seq`, `prev` and `at` are filled in by the client.

Python（`pip install` 本项目；回执核对后保存在文件夹里，见 [api.md](../api.md)）：

```python
from pathlib import Path
from liandan.client import Liandan, ReceiptFolder, Trust
from signing.keys import read_key

key = read_key(Path("单位.pem"), "口令".encode())
trust = Trust.from_files(Path("log.vkey"), "<账本创始声明哈希>")
with Liandan("https://ledger.example.cn", key, uscc="<代码>", trust=trust, folder=ReceiptFolder(Path("回执"))) as client:
    ...  # 例子写在这里 / the example goes here
```

Node.js 20（只用自带的 `crypto` 与 `fetch`；[client.mjs](../examples/client.mjs) 一个文件，没有依赖）：

```js
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { Client } from "./client.mjs";

const key = createPrivateKey({ key: readFileSync("单位.pem"), passphrase: "口令" });
const pins = { url: "https://ledger.example.cn", origin: "<账本名称>", found: "<账本创始声明哈希>", vkey: readFileSync("log.vkey", "utf8") };
const me = new Client({ ...pins, uscc: "<代码>", key });
await me.login();
```

多方签署时 `keys` 是其他签署方的私钥，按 `by` 的顺序；各方不在一处时，先签者把信封交给后签者（`liandan.client.cosign`）。
Where several sign, `keys` are the keys of the others in the order of `by`. 从新密钥到核验证明的全程 / the whole way from a new key to a verified certificate: [walk.mjs](../examples/walk.mjs).
"""


def acts_page(kinds: Kinds) -> str:
    """The page: every act that has an example, in the order of the kinds' page."""
    said = [(kind, schema_examples.statements().get(kind.name)) for kind in kinds.by_name.values()]
    return "\n".join([_INTRO, *(line for kind, example in said if example and kind.name != FOUNDING for line in _section(kind, example))])


def _section(kind: Kind, example: dict[str, Any]) -> Iterator[str]:
    stem = kind.name.replace("/", "-")
    text = json.dumps(example, ensure_ascii=False, indent=1)
    yield from (f"## {kind.name} {kind.zh} {kind.en}".rstrip(), "")
    yield from (f"[{stem}.json]({stem}.json) · [kinds.md](kinds.md)", "")
    yield from ("```json", text, "```", "", "```python", python_line(example), "```", "", "```js", node_line(example), "```", "")


def python_line(example: dict[str, Any]) -> str:
    """The act with our client: draft, sign, post."""
    kind, chain, by = example["kind"], example["chain"], example["by"]
    if len(by) == 1:
        return f'draft = client.draft("{kind}", "{chain}", body)\nreceipt = client.post(client.sign(draft))'
    signers = ", ".join(f'"{uscc}"' for uscc in by)
    return f'by = ({signers})\ndraft = client.draft("{kind}", "{chain}", body, by=by)\nreceipt = client.post(client.sign(draft, *keys))'


def node_line(example: dict[str, Any]) -> str:
    """The same in plain HTTP, by ``docs/examples/client.mjs``."""
    kind, chain, by = example["kind"], example["chain"], example["by"]
    if len(by) == 1:
        return f'const receipt = await me.post(await me.draft("{kind}", "{chain}", body));'
    return f'const receipt = await me.post(await me.draft("{kind}", "{chain}", body, {json.dumps(by)}), key, ...keys);'

"""Texts of the page of evidence."""

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("存证", "Evidence"),
    "lead": (
        "能证明本单位做过什么的文件。请自己留存：它们不靠这台服务器也能核验。",
        "Files that prove what this firm has done. Keep them yourself: they are verified without this server.",
    ),
    "kept": ("本机留存的回执", "Receipts kept in this browser"),
    "kept_script": ("回执存在浏览器里，由本页的脚本显示。", "Receipts lie in the browser; the script of this page shows them."),
    "own": ("本单位的记录", "Entries of this firm"),
    "own_text": (
        "“取回”会从账本取这一条和它的存在证明，在本机核对后存为回执。",
        "“Fetch” takes the entry and its proof from the log, checks them on this device, and keeps them as a receipt.",
    ),
    "number": ("条", "Entry"),
    "act": ("行为", "Act"),
    "about": ("对象", "About"),
    "when": ("时间", "Time"),
    "fetch": ("取回", "Fetch"),
    "fetch_of": ("取回第 {n} 条的回执", "Fetch the receipt of entry {n}"),
    "receipt": ("回执", "Receipt"),
    "others": ("对方签署", "signed by others"),
    "more": ("更早的", "Earlier"),
    "none": ("还没有记录", "No entries yet"),
    "none_text": ("本单位签署的第一件事入账后，会出现在这里。", "The first act of this firm will be here once it is entered."),
    "papers": ("证书与证据包", "Certificates and bundles"),
    "papers_all": ("全部已办结的", "All that are closed"),
    "papers_text": ("最近变动的联单。证书在接收之后才有。", "Manifests that moved last. A certificate exists once the load is received."),
    "no_papers": ("本单位没有参加的联单。", "This firm takes part in no manifest."),
    "certificate": ("转移证明", "Certificate"),
    "transit": ("在途凭证", "In-transit extract"),
    "bundle": ("证据包", "Bundle"),
    "refusals": ("账本拒收的", "Refused by the log"),
    "refusals_text": (
        "账本为每次拒收出具签了名的回执，并在账本里点名：谁也不能事后否认收到过。",
        "The log signs a receipt for every refusal and names it in the log: nobody can deny later that it came.",
    ),
    "no_refusals": ("没有被拒收的", "Nothing was refused"),
    "no_refusals_text": ("签了名却不合规则的声明会列在这里。", "Signed statements that broke a rule would be listed here."),
    "download": ("下载", "Download"),
    "download_refusal": ("下载这份拒收回执", "Download this refusal"),
    "verify": ("现在核验", "Verify now"),
    "verify_text": (
        "打开核验页，选择文件或者拖进去：核验在浏览器里进行，什么也不上传。",
        "Open the page of verification, choose the files or drop them in: they are checked in the browser, nothing is uploaded.",
    ),
}

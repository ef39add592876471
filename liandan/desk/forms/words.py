"""Words of forms, Chinese and English; rooms that draw forms lay them beside their own."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "form_sign": ("核对并签署", "Check and sign"),
    "form_colon": ("：", ": "),
    "form_open": ("（", " ("),
    "form_close": ("）", ")"),
    "form_between": ("、", ", "),
    "form_more": ("更多内容：已填好的和可以不填的", "More: filled in already, or not needed"),
    "form_all_checked": ("全部已核对", "All checked"),
    "form_add": ("再加一项", "Add one more"),
    "form_remove": ("去掉", "Remove"),
    "form_choose": ("请选择", "choose"),
    "form_none": ("不填", "none"),
    "form_list_hint": ("一行一个", "one a line"),
    "form_numbers_hint": ("用空格或逗号隔开", "with blanks or commas between them"),
    "form_signers": ("谁来签", "Who signs"),
    "form_you": ("本单位", "you"),
    "form_signer_open": ("对方的统一社会信用代码", "the other party's USCC"),
    "form_alone": ("单方签署（将被标注，主管部门会看到）", "Signed by us alone (it is tagged, and the authorities see it)"),
    "form_personal_note": (
        "只存承诺值，姓名、电话不进入账本；须出示时由您自己出示。",
        "Only commitments are kept: names and phones never enter the log; you show them yourself where they are asked for.",
    ),
    "form_nothing_asked": ("没有要填的，核对后签署即可。", "Nothing to fill in: check and sign."),
    "form_waits": ("已有一份同样的声明在等签名", "One such statement waits for signatures already"),
    "form_open_waiting": ("去看", "Look"),
    "act_none": ("现在不能办理这一项", "This cannot be done now"),
    "act_none_why": (
        "可能已经有人办了，也可能还没有到这一步，或者不由本单位签署。",
        "Somebody may have done it, it may not be its turn yet, or it is not yours to sign.",
    ),
    "act_back": ("返回", "Back"),
}

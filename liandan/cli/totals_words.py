"""What the tables of ``liandan totals`` and their columns are called, in Chinese and English; JSON and CSV keep the names of the definitions."""

TABLES: dict[str, tuple[str, str]] = {
    "mirror": ("镜像等式", "Mirror equation"),
    "adjustments": ("对往月的调整", "Adjustments of earlier months"),
    "m2_m3_parties": ("移出人、接受人合计 M2、M3", "Sums of generators and receivers, M2 and M3"),
    "m4_differences": ("重量差异 M4", "Weight differences, M4"),
    "m5_open": ("期末在途、未起运 M5", "In transit and not departed, M5"),
    "m7_cut_off": ("跨期 M7", "Cut-off, M7"),
    "m9_accounts": ("额度账户 M9", "Quota accounts, M9"),
    "m12_no_departure": ("无起运记录即接受 M12b", "Received without a departure, M12b"),
    "flows": ("流向", "Flows"),
}
COLUMNS: dict[str, tuple[str, str]] = {
    "month": ("月份", "month"), "from_province": ("移出省", "from"), "to_province": ("移入省", "to"), "code": ("废物代码", "code"),
    "line_count": ("行数", "lines"), "opening_g": ("期初", "opening"), "adjusted_departed_g": ("调整：移出", "adjusted: departed"),
    "adjusted_accepted_g": ("调整：接受", "adjusted: accepted"), "adjusted_refused_g": ("调整：拒收", "adjusted: refused"),
    "adjusted_difference_g": ("调整：磅差", "adjusted: difference"), "departed_g": ("移出", "departed"), "accepted_g": ("接受", "accepted"),
    "refused_g": ("拒收", "refused"), "difference_g": ("磅差", "difference"), "closing_g": ("期末", "closing"), "unequal_g": ("差额", "unequal"),
    "waiting_g": ("未起运", "not departed"), "voided_g": ("作废", "voided"), "declined_g": ("谢绝", "declined"), "adjusts": ("所调月份", "of month"),
    "generator": ("移出人", "generator"), "manifest": ("联单", "manifest"), "line": ("行", "line"), "entry": ("序位", "entry"),
    "issued_g": ("开具", "issued"), "role": ("身份", "role"), "party": ("单位", "party"), "level": ("级别", "level"),
    "declared_g": ("申报移出", "declared"), "sent_g": ("称重移出", "sent"), "came_g": ("到场", "came"), "kind": ("类别", "kind"),
    "age_days": ("历时（天）", "age, days"), "layer": ("层次", "layer"), "account": ("账户", "account"), "decided_g": ("核定", "decided"),
    "reserved_g": ("预占", "reserved"), "settled_g": ("结算", "settled"), "corrected_g": ("更正", "corrected"), "released_g": ("释放", "released"),
    "outside_g": ("联单以外", "outside"), "held_g": ("其中预占", "of it held"), "origin": ("移出地", "origin"),
    "destination": ("移入地", "destination"), "departed_lines": ("移出行数", "lines departed"), "received_lines": ("接受行数", "lines received"),
}  # fmt: skip

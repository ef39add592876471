"""Texts of what is refused of a box."""

from signing.refusal import table, texts

RULES = table(
    *texts("""
BOX_UNKNOWN | - | sender | docs/desk.md [DESIGN]
登记用的二维码已过期，或已用过。 || 在电脑上重新显示二维码，再扫一次。
The code for enrolling is out of time, or was used. || Show a new code on the computer and scan it again.

BOX_TAKEN | - | sender | docs/desk.md [DESIGN]
这个二维码已被另一台设备使用。 || 在电脑上重新显示二维码；若先前那台不是您的设备，不要批准它。
Another device has used this code. || Show a new code on the computer; where that device is not yours, do not approve it.

BOX_MANY | - | sender | docs/desk.md [DESIGN]
本单位同时打开的登记二维码太多。 || 等十分钟，或先用完已打开的。
Your firm has too many codes for enrolling open at once. || Wait ten minutes, or use those that are open.
""")
)

"""What nearly every certificate draws: its own labels, hashes and numbers, and no more, because a document embeds all of it.

Made once from the certificates of the tests: the characters that all of them draw, in the order in which one draws them, so that a label
seldom changes fonts in its middle. Another alphabet gives other bytes: raise LAYOUT with it.
"""

from __future__ import annotations

from reports.paper.embedding import Alphabet
from reports.paper.fonts import BOLD, REGULAR

_REGULAR = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "+/=-:.,·—（）、；：，。此件不是法定联单以国家危险废物信息管理系统的记录为准转移存证明\u3000检查点第页共截至编"
    "号标识方向四川省→重庆市类型正常跨名审批开具时间规模段运输位称一社会用代码出地址区道虚构托人蓄收有限拟接受生铅计划突发环境事"
    "防范措施酸围和附泄漏先堵后中并报告态部式路版本年账暂替判承电池固硫箱×各行补充利处置汽车工业园装载核实对数字别枚诺已资质辆驾"
    "押员志与致经营许可效期确认量磅净吨差异知否径决文日所度提函〔〕签依据《》八十二条款商同意[]办令三按程序华民典五百六填写–占"
    "分预结算户自入起连续累上每登乙局甲厅申请抵项无示根哈希创始声叶见署验内嵌含列全原包离线执需要网络库链关新排逐比印刷容将贵留值"
    "身份何密钥了及未被更改等陈述真也之没"
)
_BOLD = (
    "0123456789危险废物转移存证明状态：已第一部分\u3000出信息（由人填写）成收有限虚构序号名称类别/代码特性形害包"
    "装方式×数量货编吨载重二运输承顺统社会用工具牌单起点实际时间终到达三接受是否在大差异不符项处理意见拟利置拒磅四审批依据与额度"
    "环〔〕层次账户事上此前累计后变动五签署入线位行为声哈希算法密钥标记六提示七检查核验"
)
ALPHABET: Alphabet = {REGULAR: _REGULAR, BOLD: _BOLD}

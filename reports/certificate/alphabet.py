"""What nearly every certificate draws: its own labels, hashes and numbers, and no more, because a document embeds all of it.

Made once from the certificates of the tests: the characters that all of them draw, in the order in which one draws them, so that a label
seldom changes fonts in its middle. Another alphabet gives other bytes: raise LAYOUT with it.
"""

from reports.paper.embedding import Alphabet
from reports.paper.fonts import BOLD, REGULAR

_REGULAR = (
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    "+/=-:.,·—此件不是法定联单；以国家危险废物信息管理系统的记录为准。截至编号存证标识转移方向四川省→重庆市类型正常\u3000跨"
    "“白名”简化审批开具时间规模，段运输位称一社会用代码出地址成都龙泉驿区桃大道（虚构）托人：蓄收有限公司拟接受江津生铅计划式路"
    "版本年备案合同效期突发环境事防范措施配酸手套、耐围堰和碱性吸附材料泄漏先堵后中并报告当态部门承蜀安货电池固硫箱×各行补充第利"
    "处置德感工业园核实对数已资与格综经营许可确认量磅吨差异知否径决文日所度额提函〔〕签渝依据《体污染治》修订八十二条款商意[]办"
    "令三政域控按照作协议程序华民共典五百六填写–占分预算账户自入起连续累上每登或豁免乙局甲厅交页署申请_未在比检查点根哈希创始声"
    "明叶见无验内嵌含列全原包离线执需要网络库链关新排逐印刷容将贵留值身份何密钥了及项被更改等陈述真也之没"
)
_BOLD = (
    "0123456789危险废物转移存证明状态：已第一部分\u3000出信息（由人填写）成川收有限虚构序号名称类别/代码特性形害包装方式×"
    "数量货编吨载重二运输承用单起点时间三接受是否在大差异不符项处理意见拟利置拒磅四审批依据与额度环〔〕层次账户事上此前累计后变动"
    "五签署入线位行为声哈希算法密钥标记六提示所含义七检查核验"
)
ALPHABET: Alphabet = {REGULAR: _REGULAR, BOLD: _BOLD}

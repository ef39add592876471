"""What nearly every document of a kind draws: its own labels, hashes and numbers, and no more, for a document embeds all of it.

Made by ``python -m tests.reports.alphabets`` from the documents of the tests: the characters that all of them draw, in the order in which
one draws them, so that a label seldom changes fonts in its middle. Another alphabet gives other bytes: raise the LAYOUT with it.
"""

from collections.abc import Mapping

from reports.paper.embedding import Alphabet
from reports.paper.tongue import Tongue

ALPHABETS: Mapping[tuple[str, Tongue], Alphabet] = {
    ("certificate", "zh"): (
        "此件不是法定联单；以国家危险废物信息管理系统的记录为准。转移证明\u3000206513检查点 第页/共pageof扫码核验对d7"
        "4Hzruswtnci·l状态：已办结截至-:签发川渝运营中（虚构），章密钥89演示账本时间模拟具据效力无见没有方同名排"
        "除他人出另一套历史其后或未附行编号Nmb存标识IyhK向D四省→重庆市类型T正常跨“白”简化审批开规Ex段输部分由填写P"
        "Gv位称成都蓄能收限公司社会用代CFX地址O龙泉驿区桃大道()托接受R江津生铅计划式M路版年备案,L合期突环境事防范措施"
        "配酸手、耐围堰和碱性吸材料泄漏先堵并报告当门承蜀安货序.W别特形害包装×数量kU吨载电池固硫箱—各补充利处置二工V起实A"
        "德感业园字资与致三格综经许可Q确认磅J差异知否在j符项意拒依额度q径决文〔〕日所提函B《体污染治》修订八十条款商令政域控"
        "按照作协议程华民典五百六层次户上前累变动占+预算自入连续每署线S声哈希登豁免乙局甲厅交申请果含义询比_七目根=创始叶列原"
        "印节者及于全复描只离执<留>退纸面网打下络何内容等属之"
    ),
    ("certificate", "en"): (
        "This noteaurymf;cdlz-w.H\u3000206513kpg第页/共Sv,74危险废物转移证明·:AIb川渝联单"
        "运中（虚构）89DN国家编号存标识K方向→Cq类型开具时间Ex规模PG一部分出信息由人填写位名称成都蓄收有限公司统社会用"
        "代码FXO地址市龙泉驿区桃大道()托R拟接受重庆江津生铅计划M输式录版本管理备案L合同效期至突发环境事件防范措施配酸手套"
        "、耐围堰和碱性吸附材料；泄漏先堵后，并报告当态门。承四蜀安货序W别特形害包装×数量U吨载电池硫—各行补充二V工点德感业园"
        "核三资格Q确认J磅差异与知j是否在不符项处意见利置拒已审批依据额度路径准决定文〔〕日所白函B–为层次账户上此前累变动Y+"
        "'五签署入线声哈希算法密钥提示乙局甲省厅六记含义查询_七检验条目根=创始叶<>"
    ),
    ("transit", "zh"): (
        "此件不是法定联单；以国家危险废物信息管理系统的记录为准。转移在途凭证\u3000206513检查点 第页/共pageof扫码核验对"
        "c74Hzrduswtin-x·l状态：已结截至:签发川运中（虚构），89演示账本时间模拟具据效力无见没有方同名排除他人"
        "出另一套历史可能后续如换车、停留抵作其或未附行辆与承VhAF四货输限公司XW起成都市龙泉驿区桃大道号ybLC,—位路线M"
        "编Nm存标识IKG蓄收E接受Rv重庆江津生铅从地址()到T德感工业园批决D环审〔〕期许PQ所载序.称类别代特性形包装式×"
        "数量kU申报吨电池毒腐蚀固箱突境事防范措施配备酸手耐围堰和碱吸材料泄漏先堵并告当部门条目根哈希OJq=创始声明署离执文<"
        ">果“”才纸面者用网打开下络复印描"
    ),
    ("transit", "en"): (
        "This noteaurymf;cdlz-w.Hx\u3000206513kpg第页/共Sv,74危险废物转移在途凭证·:AIb川"
        "联单运中（虚构）89DN()V车辆与承人F四货输有限公司XW本成都市龙泉驿区桃大道号L件C、—M位路线国家编存标识KG出"
        "蓄ER接受重庆江津生铅从地址到德感工业园批准决定环审〔〕P许可Q所载序名称类别代码特性形态包装方式×数量U申报吨电池突发"
        "境事防范措施配备酸手套耐围堰和碱吸附材料；泄漏时先堵后，并告当部门。检查点核验法账条目根哈希OJq=创始声明见署间<>"
    ),
}

"""What nearly every document of a kind draws, by face: its own labels, hashes and numbers, and no more, for a document embeds all of it.

Made by ``python -m tests.reports.alphabets`` from the documents of the tests: the characters that all of them draw, in the order in which
one draws them, so that a label seldom changes fonts in its middle. Another alphabet gives other bytes: raise the LAYOUT with it.
"""

from collections.abc import Mapping

from reports.paper.embedding import Alphabet
from reports.paper.fonts import BOLD, REGULAR
from reports.paper.tongue import Tongue

ALPHABETS: Mapping[tuple[str, Tongue], Alphabet] = {
    ("certificate", "zh"): {
        REGULAR: (
            "此件不是法定联单；以国家危险废物信息管理系统的记录为准。转移证明\u3000206513检查点 第页/共pageof扫码核验对d7"
            "4Hzruswtnci·l截至-:签发：川渝运营中（虚构），章密钥89排除其后或未附行编号Nmb存标识IyhK方向D四省"
            "→重庆市类型T正常跨“白名”简化审批开具时间规模Ex段输PGv位称一社会用代CFX出地址O成都龙泉驿区桃大道托人蓄能收有"
            "限公司拟接受R江津生铅计划式M路版本年备案,L合同效期突环境事防范措施配酸手套、耐围堰和碱性吸材料泄漏先堵并报告当态部门"
            "承蜀安货序.W别特形害分包装×数量kU吨载电池固硫箱—各补充利处置工V起实A德感业园字已资与致格综经许可Q确认磅J差异知"
            "否在j符项意见拒q径决文日所度额提函〔〕依据B《体污染治》修订八十二条款商办令三政域控按照作协议程华民典五百六填写层次账"
            "户上前累变动占+预结算自入连续每署S声哈希示登豁免乙局甲厅交申请果含义询比_目()根=创始叶无列原印节者及于全复描另只离"
            "线执<留>退纸面没网打下络何内容等属之历史"
        ),
        BOLD: (
            "危险废物转移证明此件不是法定联单；以国家信息管理系统的记录为准。状态：演示账本时间模拟，具据效力无见没有方共同签名排除对"
            "他人出另一套历史20651第部分\u3000（由填写）川收虚构二运输承三接受重四审批依与额度环〔〕号五署入线六提标七检查点核验"
        ),
    },
    ("certificate", "en"): {
        REGULAR: (
            "This noteaurymf;cdlz-w.H\u3000206513kpg第页/共Sv,74危险废物转移证明·A:Ib川渝联单"
            "运中（虚构）89N国家编号存标识KD方向→Cq类型开具时间Ex规模一部分出信息由人填写G位名称统社会用代码FXO地址成都"
            "市龙泉驿区桃大道()托蓄收有限公司R拟接受重庆江津生铅P计划M输式录版本管理备案L合同效期至突发环境事件防范措施配酸手套"
            "、耐围堰和碱性吸附材料；泄漏先堵后，并报告当态门。承四蜀安货序W别特形害包装×数量U吨载电池硫—各行补充二V工点德感业园"
            "核三资格Q确认J磅差异与知j是否在不符项处意见利置拒已审批依据额度路径准决定文日所白函〔〕B–为层次账户上此前累变动Y+"
            "'五签署入线声哈希算法密钥提示乙局甲省厅六记含义查询_七检验条目根=创始叶<>"
        ),
        BOLD: ("Hazrdous wtenfciThym;l-.S:Dgk,vNb206513P·G川（虚构）CpR4q环审批〔〕号A7"),
    },
    ("transit", "zh"): {
        REGULAR: (
            "此件不是法定联单；以国家危险废物信息管理系统的记录为准。转移在途凭证\u3000206513检查点 第页/共pageof扫码核验c"
            "74Hzrduswtin-x·l截至:发川运中（虚构），89可能已有后续如换车、停留抵作排除其或未附行Vh本成都市龙泉驿"
            "区桃大道号结货WybL人C,—M编Nm存标识IK出G蓄限公司FXE接受Rv重庆江津生铅从地址到T德感工业园批决D环审〔〕"
            "效期许PQ序.名称类别代特性形态包装方式×数量kU申报吨载电池毒腐蚀固箱突境事防范措施配备酸手套耐围堰和碱吸材料泄漏时先"
            "堵并告当部门账条目()根哈希OJq=创始声明见与署间无离线执文<>果“”才纸面者用网打开下络复印描"
        ),
        BOLD: (
            "危险废物转移在途凭证此件不是法定联单；以国家信息管理系统的记录为准。状态：演示账本时间模拟，具据效力无见没有方共同签名排"
            "除对他人出另一套历史车辆与承运012输95、位路线6所载检查点核验"
        ),
    },
    ("transit", "en"): {
        REGULAR: (
            "This noteaurymf;cdlz-w.Hx\u3000206513kpg第页/共v,74危险废物转移在途凭证·A:Ib川联"
            "单运中（虚构）89()车辆与承人本成都市龙泉驿区桃大道号W货L件C、—位路线N国家编存标识KG出蓄有限公司FXER接受重"
            "庆江津生铅从地址到德感工业园D批准决定环审〔〕P许可Q所载序名称类别代码特性形态包装方式×数量U申报吨电池突发境事防范措"
            "施配备酸手套耐围堰和碱吸附材料；泄漏时先堵后，并告当部门。检查点核验法账条目根哈希OJq=创始声明见署间<>"
        ),
        BOLD: ("Hazrdous wtein-xcThymf;l.S:Dgk,vNbV01295WMp6C"),
    },
}

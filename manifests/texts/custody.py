"""Texts about loading and the trip."""

from __future__ import annotations

from signing.refusal import texts

CUSTODY = texts("""
LOAD_LABEL | R-50 | generator | Order 23 Art. 13(3) [READ]; HJ 1276 label of 37 characters [READ S20b], widths 18+8+8+3 [RECALL]
识别标志（标签）与联单不符，不应当予以装载。 || 核对数字识别码的单位、废物代码和日期；不属于本联单的包装不得装载，缺少标签的应先贴签。
A label does not match the manifest: the waste must not be loaded. || Check unit, code and day of the label; leave out what is not of this manifest, and label what has none.

LOAD_CHECKS | R-50 | sender | Order 23 Art. 13(3) [READ]
装载前的核实事项不全。 || 逐项核实承运人、运输工具、人员的资质和标签后再装载。
The checks before loading are not complete. || Verify the permits of carrier, vehicle and crew, and the labels, before loading.

MULTI_GENERATOR | R-52 | generator | Order 23 Art. 16.2 [READ]
一份联单中混有其他移出人的废物。 || 同车收运多个移出人的，每个移出人各开一份联单，用同一车次标识关联。
The manifest mixes in waste of another generator. || Each generator issues its own manifest; join them by one trip id.

LOAD_UNILATERAL | R-66 | generator | design §6 [DESIGN]
装载仅由承运人单方签署，托运人未签署。 || 请托运人核对装载信息，如有异议及时提出。
The loading was recorded by the carrier alone, without the consignor. || Let the consignor check what was loaded and object in time.

CARRIER_CHANGED | R-34 | nobody | Order 23 Art. 28 [READ]
承运人与开具时填写的不同；批准决定不受影响。 || 确认更换后的承运人具备相应资质。
Another carrier than named at issue; the decision is not touched. || Make sure that the new carrier is qualified.

VEHICLE_KIND | R-11 | sender | platform value list 运输工具 [READ T6]
运输工具的种类不在列表中。 || 选择 truck 汽车、train 火车、ship 轮船、pipeline 管道、aircraft 飞机或 other 其他。
The kind of vehicle is not in the list. || Choose truck, train, ship, pipeline, aircraft or other.

VEHICLE_OVERLAP | R-53 | carrier | law §7.4 [DESIGN]
该运输工具正在执行另一车次的转移。 || 核实前一车次是否已运抵并补录；同车收运多个移出人的，使用同一车次标识。
The vehicle is still under way with another trip. || Check whether the other trip has arrived and record it; a collection round shares one trip id.

WRONG_ORIGIN | - | origin_authority | Order 23 Art. 15, 21 [READ]; alert [DESIGN]
起运地与联单的移出地不在同一行政区。 || 核实实际移出场所；编号、批准和清单均以移出地为准。
The trip began in another division than the manifest's origin. || Check the site that the waste left; number, decision and list hang on the origin.

HANDOVER | R-54 | carrier | Order 23 Art. 17 [READ]
联运交接缺少交接地点或后一承运人的运单号。 || 由前后两个承运人共同确定交接的时间和地点，并填写危险货物运单号。
The hand-over lacks its place or the next carrier's waybill. || Let both carriers fix time and place of the hand-over, and give the waybill's number.

TRANSSHIP_PART | - | carrier | design §6 [DESIGN]
换装的数量与在途数量不符。 || 部分换装须少于在途总量；全部换装时省略 part；已分装的不能再次分装。
The part that changes the vehicle does not fit the load. || A part is less than the load; leave part out for the whole; a split load is not split again.

WRONG_RECEIVER | R-55 | carrier | Order 23 Art. 11(4) [READ]
运抵地不是联单载明的接受人所在地。 || 将废物运至联单载明的接受人；不能送达的，立即通知移出人和主管部门。
The load arrived elsewhere than at the receiver named on the manifest. || Deliver to the receiver named on the manifest; if that is impossible, tell the generator and the authority at once.

TIME_ORDER | R-56 | sender | law §7.4 [DESIGN]; formats §6 [DESIGN]
时间先后不符：交付、起运、交接、运抵、接受、确认应依次进行。 || 校准时钟并核对时间；允许 5 分钟误差。
The times run backwards: delivery, departure, hand-over, arrival, acceptance, confirmation follow each other. || Set the clock and check the times; 5 minutes of difference are allowed.
""")

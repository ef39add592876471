"""The cast: operator, two authorities, and the firms. All fictitious; codes are valid USCCs of real divisions that nobody bears."""

from __future__ import annotations

from msgspec import Struct

from signing.uscc import check_character


class Firm(Struct, frozen=True, kw_only=True):
    """A party of the story and the site where it works."""

    uscc: str
    name: str
    division: str
    """GB/T 2260, 6 digits."""
    address: str

    @property
    def province(self) -> str:
        """``51`` or ``50``."""
        return self.uscc[2:4]


def fictitious_uscc(division: str, serial: int, kind: str = "91") -> str:
    """A valid USCC whose organisation part ``0000FX…`` is given to nobody; ``kind`` 91 enterprise, 11 authority, 12 institution."""
    body = f"{kind}{division}0000FX{serial:03d}"
    return body + check_character(body)


def _firm(division: str, serial: int, name: str, address: str, kind: str = "91") -> Firm:
    return Firm(uscc=fictitious_uscc(division, serial, kind), name=f"{name}（虚构）", division=division, address=address)


OPERATOR = _firm("510104", 1, "川渝联单运营中心", "成都市锦江区示范路1号", "12")
SICHUAN = _firm("510000", 51, "四川方主管部门", "成都市示范路51号", "11")
CHONGQING = _firm("500000", 50, "重庆方主管部门", "重庆市示范路50号", "11")
AUTHORITIES = {"51": SICHUAN, "50": CHONGQING}

JINCHUAN = _firm("510112", 29, "成都锦川蓄能回收有限公司", "成都市龙泉驿区示范大道12号蓄电池集中转运点")
FUGUANG = _firm("510703", 11, "绵阳涪光照明回收有限公司", "绵阳市涪城区示范路8号灯管暂存库")
JINGDA = _firm("510603", 12, "德阳旌达电子拆解有限公司", "德阳市旌阳区示范路33号拆解车间")
LVYAN = _firm("511702", 13, "达州绿焰环保发电有限公司", "达州市通川区示范村飞灰暂存库")
JIANGYANG = _firm("510502", 53, "泸州江阳蓄能回收有限公司", "泸州市江阳区示范港路5号蓄电池集中转运点")
YUXU = _firm("500157", 21, "重庆渝蓄能源回收有限公司", "重庆市两江新区示范一路20号蓄电池集中转运点")
MINGDENG = _firm("500109", 22, "重庆缙明灯具回收有限公司", "重庆市北碚区示范路6号灯管暂存库")
BISHAN = _firm("500120", 23, "重庆璧电拆解有限公司", "重庆市璧山区示范大道77号拆解车间")
FULING = _firm("500102", 24, "重庆涪能环保发电有限公司", "重庆市涪陵区示范村飞灰暂存库")

JIANGJIN = _firm("500116", 10, "重庆江津再生铅有限公司", "重庆市江津区示范工业园1号")
CHANGSHOU = _firm("500115", 31, "重庆长汞资源循环有限公司", "重庆市长寿区示范化工园9号")
YONGCHUAN = _firm("500118", 32, "重庆永铜再生资源有限公司", "重庆市永川区示范工业园16号")
HECHUAN = _firm("500117", 33, "重庆合示水泥有限公司", "重庆市合川区示范镇水泥窑协同处置线")
NEIJIANG = _firm("511011", 41, "内江东兴再生铅有限公司", "内江市东兴区示范工业园3号")
SUINING = _firm("510903", 42, "遂宁船山含汞废物处置有限公司", "遂宁市船山区示范路18号")
ZIGONG = _firm("510302", 43, "自贡盐都再生铜有限公司", "自贡市自流井区示范工业园7号")
GUANGAN = _firm("511602", 44, "广安示川水泥有限公司", "广安市广安区示范镇水泥窑协同处置线")

SHUAN = _firm("510104", 61, "四川蜀安危货运输有限公司", "成都市锦江区示范物流园2号")
LUYUN = _firm("510504", 62, "泸州示达危货运输有限公司", "泸州市龙马潭区示范路11号")
YUSHUN = _firm("500107", 63, "重庆渝顺危货运输有限公司", "重庆市九龙坡区示范物流园5号")
CHANGHANG = _firm("500103", 64, "重庆长江航运危货有限公司", "重庆市渝中区示范码头1号")

GENERATORS = (JINCHUAN, FUGUANG, JINGDA, LVYAN, JIANGYANG, YUXU, MINGDENG, BISHAN, FULING)
RECEIVERS = (JIANGJIN, CHANGSHOU, YONGCHUAN, HECHUAN, NEIJIANG, SUINING, ZIGONG, GUANGAN)
CARRIERS = (SHUAN, LUYUN, YUSHUN, CHANGHANG)
FIRMS = (*GENERATORS, *RECEIVERS, *CARRIERS)
"""Everybody who is registered as a party; operator and authorities enter with ``log.found``."""


def authority_of(firm: Firm) -> Firm:
    """The authority of a firm's province."""
    return AUTHORITIES[firm.province]

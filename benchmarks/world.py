"""Invented counties with their towns, villages, units and people. Any likeness to a real one is chance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

# the weight of a surname falls with its place in the list, roughly as in the census
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)  # fmt: skip
GIVEN = (
    "建国文明志强德贵永福春生海涛玉兰桂英秀芳长林金山宝才兴旺大勇小军立新卫东红梅家和有根富民守田满仓世荣光辉"
    "振华学勤传忠孝义礼信庆丰来喜天佑成业广财运昌维平安康健全胜利解放跃进继红卫星继承先祖耀宗辅汝景仁善本厚道"
    "元亨泰启发展开明方正克俭持家培育栋梁树森浩然子轩雨晴丽娟淑珍翠凤美霞凤仙云龙飞虎啸林峰山岳岩石磊鑫淼炳焕"
)  # fmt: skip
_FIRST = (
    "双柳石青白红金银铜铁龙凤虎马牛羊鹿鹤燕雁松柏杨桃李梅杏桂枫竹兰菊莲荷稻麦谷粟盐茶瓦砖陶窑古新老大小上下前后"
    "东西南北中高长平清浑黑黄紫蓝乌碧玉珠宝罗沙泥土云雾风雷雨雪霜月星日朝晚夕春秋"
)  # fmt: skip
_LAST = "河桥湾塘坝岭沟坪洲店铺庙寺塔井泉溪潭滩洼坡岗峰垭坳冲垄畈圩埠渡口关堡寨营屯庄屋坊棚窑田园林"
_TOWN_LAST = "河桥湾塘坝岭沟坪洲店铺溪潭滩岗关堡渡市场山水泉源口"
_COUNTY = "安宁康平和顺昌隆盛泰永兴嘉裕丰瑞澄澜沅浔淳溧洛汾沁泾渭涪沱濂芷衡岳岱崇嵩峻岚岑嶂璟瑶琳珑"
_FIRM = "鑫源恒通宏达盛世嘉禾丰润博远华腾汇金顺诚永信科隆万泰瑞祥天成佳和众益民富康绿野金穗聚力昊宇鼎立"
_FIRM_KIND = (
    "建筑公司", "工程队", "种植合作社", "养殖场", "砂场", "商贸公司", "建材店", "劳务公司", "农业公司", "饭店", "超市",
    "木材厂", "物流园", "水泥厂", "茶厂", "苗圃", "搅拌站", "酒楼", "汽修厂", "石料厂",
)  # fmt: skip

#: posts by the level they belong to: (post as in the column, ways in which people say it after the surname)
POSTS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "village": (
        ("村党支部书记", ("书记", "支书")), ("村党支部书记、村委会主任", ("书记", "支书")),
        ("村委会主任", ("主任", "村长")),
        ("村会计", ("会计",)), ("村党支部副书记", ("副书记",)), ("村民组长", ("组长",)), ("村文书", ("文书",)),
    ),
    "town": (
        ("副镇长", ("副镇长", "镇长")), ("镇党委委员", ("委员",)), ("民政办主任", ("主任",)), ("镇人大主席", ("主席",)),
        ("财政所所长", ("所长",)), ("自然资源所所长", ("所长",)), ("武装部长", ("部长",)),
    ),
    "station": (("站长", ("站长",)), ("副站长", ("副站长", "站长")), ("工作人员", ("同志",))),
    "bureau": (("局长", ("局长",)), ("副局长", ("副局长", "局长")), ("股长", ("股长",)), ("办公室主任", ("主任",))),
    "school": (("校长", ("校长",)), ("副校长", ("副校长", "校长")), ("总务主任", ("主任",))),
    "hospital": (("院长", ("院长",)), ("副院长", ("副院长", "院长"))),
    "doctor": (("科主任", ("主任",)), ("医生", ("医生",))),
    "police": (("所长", ("所长",)), ("副所长", ("副所长", "所长")), ("中队长", ("队长",)), ("民警", ("警官",))),
    "bank": (("行长", ("行长",)), ("信贷员", ("信贷员",))),
}  # fmt: skip
_UNITS: dict[str, tuple[str, ...]] = {
    "town": ("{t}人民政府",),
    "bureau": ("{c}住建局", "{c}交通运输局", "{c}水利局", "{c}农业农村局", "{c}人社局", "{c}城管局", "{c}教育局"),
    "bureau_env": ("{c}生态环境分局",),
    "bureau_civil": ("{c}民政局", "{c}殡葬管理所"),
    "station_forest": ("{t}林业站",),
    "station_water": ("{t}水利站", "{t}水管站"),
    "school": ("{t}中心小学", "{t}初级中学", "{t}中心幼儿园", "{c}第一小学", "{c}第二中学", "{c}实验小学"),
    "hospital": ("{t}中心卫生院", "{c}人民医院", "{c}中医院", "{c}第二人民医院", "{c}妇幼保健院"),
    "police": ("{t}派出所", "{c}交警大队", "{c}治安大队"),
    "bank": ("{t}信用社", "{c}农商银行{t}支行"),
}  # fmt: skip
_RANK = {"village": "村(社区)干部", "town": "乡科级副职", "bureau": "一般干部", "police": "一般干部"}


@dataclass(frozen=True, slots=True)
class Cadre:
    """Somebody who can be accused: `spoken` are the ways to say the post after the surname."""

    name: str
    post: str
    spoken: tuple[str, ...]
    level: str

    @property
    def rank(self) -> str:
        return _RANK.get(self.level, "事业单位人员")


@dataclass(slots=True)
class Place:
    """A village or a unit: `name` as in letters, `unit` and `area` as in the columns."""

    name: str
    town: str
    unit: str
    area: str
    cadres: list[Cadre] = field(default_factory=list)


@dataclass(slots=True)
class County:
    """Twenty towns of fifteen to twenty-four villages, and the units of county and towns."""

    name: str
    villages: list[Place]
    units: dict[str, list[Place]]


def person(random: Random) -> str:
    """A name: common surnames often, two given characters in four of five."""
    surname = SURNAMES[min(int(random.random() ** 1.8 * len(SURNAMES)), len(SURNAMES) - 1)]
    given = GIVEN[int(random.random() * len(GIVEN))]
    if random.random() < 0.85:
        given += GIVEN[int(random.random() * len(GIVEN))]
    return surname + given


def cadre(random: Random, posts: str) -> Cadre:
    post, spoken = POSTS[posts][int(random.random() * len(POSTS[posts]))]
    return Cadre(person(random), post, spoken, posts)


def firm(random: Random) -> str:
    """A firm or site of two characters and a kind, such as 鑫源砂场."""
    a, b = random.sample(_FIRM, 2)
    return a + b + random.choice(_FIRM_KIND)


def _village(random: Random) -> str:
    kind = random.random()
    if kind < 0.6:
        return random.choice(_FIRST) + random.choice(_LAST) + "村"
    if kind < 0.8:
        return random.choice(SURNAMES) + "家" + random.choice(_LAST) + "村"
    if kind < 0.92:
        return random.choice(_FIRST) + random.choice(_FIRST) + random.choice(_LAST) + "村"
    return random.choice(_FIRST) + random.choice(_LAST) + "社区"


def _committee(random: Random) -> list[Cadre]:
    """Five cadres of a village, no two with one surname: 刘书记 is then one person."""
    found: dict[str, Cadre] = {}
    while len(found) < 5:
        one = cadre(random, "village")
        found.setdefault(one.name[0], one)
    return list(found.values())


def county(random: Random) -> County:
    """A county with all its places; cadres of villages are appointed here, of units when a matter needs one."""
    name = "".join(random.sample(_COUNTY, 2)) + "县"
    towns: list[str] = ["城关镇"]
    while len(towns) < 20:
        town = random.choice(_FIRST) + random.choice(_TOWN_LAST) + random.choice("镇镇镇乡")
        if town not in towns:
            towns.append(town)
    villages = []
    for town in towns:
        names: list[str] = []
        for _ in range(random.randint(15, 24)):
            village = _village(random)
            if village not in names:
                names.append(village)
        for village in names:
            office = "居委会" if village.endswith("区") else "村委会"
            unit = village + (office if random.random() < 0.5 else "党支部")
            villages.append(Place(village, town, unit, town + village, _committee(random)))
    for _ in range(len(villages) // 8):  # homonyms: the same name in another village
        one, other = random.sample(villages, 2)
        known = {person.name[0] for person in other.cadres[1:]}
        if one.cadres[0].name[0] not in known:
            other.cadres[0] = replace(other.cadres[0], name=one.cadres[0].name)
    units: dict[str, list[Place]] = {}
    for where, patterns in _UNITS.items():
        for pattern in patterns:
            for town in towns if "{t}" in pattern else ("",):
                unit = pattern.format(c=name, t=town)
                units.setdefault(where, []).append(Place(unit, town, unit, town or "县直"))
    return County(name, villages, units)

"""Exports that break a careless program: all alike, alike but for the accused, one endless matter, one endless text.

Each function returns the filings and the gold answers as lists of rows, the header first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from random import Random

from benchmarks import generate, letters, world
from benchmarks.generate import COLUMNS, GOLD, Row

Shape = tuple[list[Row], list[Row]]
#: surnames and given characters of which no two sound alike: no name here is a misspelling of another
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐韩冯邓曹彭曾肖田董袁潘于蒋蔡杜叶程苏魏吕丁任沈姚卢"
    "崔钟谭范金石廖贾夏付方白邹孟熊秦邱尹薛闫段雷侯龙陶顾毛郝龚邵万钱戴莫孔向"
)
_GIVEN = (
    "安保冰才昌超传春达丹东恩方飞芬刚高光桂海豪和红华欢辉杰金静军凯康坤乐磊丽亮林龙鲁伦曼梅敏明娜宁农平品"
    "奇强巧青琼全仁荣瑞森珊胜世书帅思松涛婷通旺伟文武霞贤祥笑新雄秀旭选雪勋亚彦阳耀一银英永友玉元云再泽增"
    "展哲珍志忠舟竹庄卓子宗祖"
)
_LETTER = (
    "领导您好：我们要反映的是{t}{v}{a}。上面拨下来的救灾款、修路款、种粮补贴，一笔一笔都从{a}手里过，到了老百姓手上就"
    "所剩无几。账目从来不公开，开会不让人说话，谁问账谁就没有低保。村里的鱼塘租给了他的亲戚，一年交多少钱没有人知道；村里的"
    "树砍了卖掉，钱进了谁的口袋也没有人知道。前年修水渠，设计是三面光，做出来一面土，验收的人吃了一顿饭就签了字。去年评困难户，"
    "他的弟弟开着小车也评上了，真正有病的人反而没有份。我们多次到镇里反映，镇里总说在调查，一等就是一年。恳请上级派人到村里住上"
    "几天，一家一户地问一问，把账本拿出来对一对，是真是假自然清楚。请为我们保密，不要把这封信转到镇里去，我们在这里等候答复，谢谢。"
)  # fmt: skip


def _row(at: int, accused: str, place: tuple[str, str], text: str) -> Row:
    when = (letters.START + timedelta(days=at % letters.DAYS)).isoformat()
    cells = dict.fromkeys(COLUMNS, "")
    cells |= {
        "信访编号": f"H{at:08d}", "登记日期": when, "信访形式": "来信", "来源": "本级受理", "是否实名": "否",
        "被反映人": accused, "被反映人职务": "村党支部书记", "问题属地": "".join(place),
        "问题类别": "村集体资金账目不公开", "反映内容": text, "办理状态": "在办",
    }  # fmt: skip
    return tuple(cells.values())


def _gold(rows: list[Row], matter: Callable[[int], str]) -> list[Row]:
    return [GOLD, *((row[0], matter(at), "", "") for at, row in enumerate(rows))]


def identical(n: int, seed: int = 7) -> Shape:
    """One letter, `n` times: one matter."""
    text = _LETTER.format(t="石桥镇", v="双河村", a="刘德贵")
    rows = [_row(at, "刘德贵", ("石桥镇", "双河村"), text) for at in range(n)]
    return [COLUMNS, *rows], _gold(rows, lambda at: "M1")


def template(n: int, seed: int = 7) -> Shape:
    """One letter of 300 characters in which only the accused differs: `n` matters. All of one village's name."""
    random = Random(f"template {seed}")
    names: dict[str, None] = {}
    while len(names) < n:
        names[random.choice(_SURNAMES) + random.choice(_GIVEN) + random.choice(_GIVEN)] = None
    rows = [
        _row(at, name, ("石桥镇", "双河村"), _LETTER.format(t="石桥镇", v="双河村", a=name))
        for at, name in enumerate(names)
    ]
    return [COLUMNS, *rows], _gold(rows, str)


def one_matter(n: int, seed: int = 7) -> Shape:
    """One matter of `n` filings by many writers in their own words."""
    random = Random(f"one matter {seed}")
    county = world.county(random)
    matter = next(one for one in generate.matters(random, county) if one.circular < 0)
    rows = generate.filings(random, matter, n, [], "M1")
    return [COLUMNS, *((f"H{at:08d}", *row) for at, (row, *_) in enumerate(rows))], [
        GOLD,
        *((f"H{at:08d}", "M1", relation, status) for at, (_, _, relation, status) in enumerate(rows)),
    ]


def huge(n: int, seed: int = 7) -> Shape:
    """An ordinary export whose first filing holds 5 MB of text: five hundred letters, one after the other."""
    rows, gold = generate.county_rows(seed, 0, n)
    other = islice(generate.county_rows(seed + 1, 1, 6_000)[0], 6_000)
    text, size = [], 0
    at = COLUMNS.index("反映内容")
    for row in other:
        text.append(row[at])
        size += len(row[at].encode())
        if size >= 5_000_000:
            break
    rows.append((*("H5MB", *rows[0][1:])[:at], "\n".join(text), *rows[0][at + 1 :]))
    return [COLUMNS, *rows], [GOLD, *gold, ("H5MB", "M5MB", "first", "single")]


SHAPES: dict[str, Callable[[int, int], Shape]] = {
    "identical": identical, "template": template, "one_matter": one_matter, "huge": huge,
}  # fmt: skip

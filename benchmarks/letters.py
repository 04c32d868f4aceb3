"""Matters, their writers, and the ways in which one complaint is told again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date as Date
from datetime import timedelta
from random import Random

from benchmarks import bank, world

#: filings come in from START on, for DAYS
START, DAYS = Date(2015, 1, 1), 3_650
_PHRASES = bank.phrases()
KINS = (
    "儿子", "女婿", "妻弟", "堂弟", "侄子", "妹夫", "表弟", "外甥", "小舅子",
    "堂兄", "弟弟", "儿媳", "连襟", "大哥", "亲家",
)  # fmt: skip
_PEOPLE = {"village": "村民", "school": "家长", "hospital": "患者家属", "town": "居民"}
_DIGITS = "零一二三四五六七八九"
#: characters that are mistaken for one another, by sound or by shape
_PAIRS = (
    "德得贵桂湾弯建健军均国果明名伟卫志智强墙文闻福付生升成诚海诲春椿林霖玉钰金今永咏宏红长常兴星荣容和禾祥翔河何"
    "坪平岭领沟勾塘唐坝霸桥乔洲州店殿清青石时龙尤富副仓苍田甸辉晖光广华花学雪忠钟义议信讯财才喜禧天夭佑右全泉利力"
    "家加梅枚英应秀绣芳方账帐已己做作末未在再象像侯候拔拨帮邦辩辨密蜜查察"
)
_CONFUSED = {**dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)), **dict(zip(_PAIRS[1::2], _PAIRS[::2], strict=True))}
_TRADITIONAL = str.maketrans(
    "们书记贪污举报问题补偿钱万领导组织党员会议账单财务发给农民对说话"
    "过来个没有开电话车东门关长见观让请谁这还进里国产业资质验场厂银财",
    "們書記貪污舉報問題補償錢萬領導組織黨員會議賬單財務發給農民對說話"
    "過來個沒有開電話車東門關長見觀讓請誰這還進裡國產業資質驗場廠銀財",
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, and how: `numerals` 0 万元, 1 Chinese, 2 plain digits; `naming` 0 full name, 1 surname and post."""

    name: str
    phone: str = ""
    id_number: str = ""
    address: str = ""
    numerals: int = 0
    naming: int = 0

    @property
    def anonymous(self) -> bool:
        return not self.name


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in its parts, so that parts can be moved, dropped and added."""

    opening: str
    body: tuple[str, ...]
    demand: str
    close: str
    head: str = ""

    def text(self) -> str:
        middle = "。".join(self.body)
        return f"{self.head}{self.opening}。{middle}。{self.demand}。{self.close}".replace("。。", "。")


@dataclass(slots=True)
class Matter:
    """One accused and one set of facts. `facts` is the pool; `told` counts how many of them were told so far."""

    county: str
    place: world.Place
    accused: world.Cadre
    issue: bank.Issue
    facts: list[tuple[int, dict[str, float | str]]]
    circular: int
    spoken: str
    day: int
    told: int = 0


def matter(
    random: Random, county: str, place: world.Place, accused: world.Cadre, issue: bank.Issue, circular: int
) -> Matter:
    """A matter with every value of its facts drawn; each fact of the issue may happen twice, with other values."""
    every = range(len(issue.facts))
    order = [*random.sample(every, len(every)), *random.sample(every, len(every))]
    day = random.randint(0, DAYS - 60)
    begin = (START + timedelta(days=day)).year
    facts = [(k, _values(random, begin)) for k in order]
    return Matter(county, place, accused, issue, facts, circular, random.choice(accused.spoken), day)


def _values(random: Random, before: int) -> dict[str, float | str]:
    """What the slots of one fact hold; sums in yuan, years before the first letter."""
    n = int(3 * 25 ** random.random())
    big = float(f"{3_000 * 600 ** random.random():.2g}")
    small = float(f"{20 * 150 ** random.random():.2g}")
    year = random.randint(before - 10, before - 1)
    return {
        "e": small, "i": max(float(f"{small * random.uniform(0.2, 0.8):.2g}"), 5.0),
        "s": big, "r": max(float(f"{big * random.uniform(0.1, 0.7):.2g}"), 50.0),
        "n": n, "k": random.randint(1, max(n - 1, 1)), "y": year, "z": random.randint(year, before),
        "m": round(3 * 60 ** random.random(), 1), "d": random.randint(1, 12), "D": random.randint(1, 28),
        "p": world.person(random), "f": random.choice(KINS), "o": world.firm(random),
    }  # fmt: skip


def chinese(value: int) -> str:
    """An integer below 10^8 in Chinese numerals: 46000 is 四万六千."""
    if value >= 10_000:
        rest = value % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return chinese(value // 10_000) + "万" + (gap + chinese(rest) if rest else "")
    out, zero = "", False
    for unit, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            out += ("零" if zero and out else "") + _DIGITS[digit] + word
            zero = False
        else:
            zero = True
    return (out[1:] if out.startswith("一十") else out) or "零"


def _money(value: float, style: int) -> str:
    if style == 1:
        return chinese(int(value)) + "元"
    if style == 2 or value < 10_000:
        return f"{int(value)}元"
    return f"{value / 10_000:.10g}万元"


def _slots(raw: dict[str, float | str], writer: Writer, out: dict[str, str]) -> dict[str, str]:
    for name, value in raw.items():
        if isinstance(value, str):
            out[name] = value
        elif name in "srei":
            out[name] = _money(value, writer.numerals)
        elif name == "m":
            out[name] = f"{value:g}亩"
        elif writer.numerals == 1 and name in "nkdD":
            out[name] = chinese(int(value))
        else:
            out[name] = str(int(value))
    return out


def base(random: Random, matter: Matter, writer: Writer, date: str, number: int) -> dict[str, str]:
    """Slots that every sentence of this writer shares."""
    accused, place = matter.accused, matter.place
    short = accused.name[0] + matter.spoken if writer.naming else accused.name
    return {
        "a": short, "v": place.name, "u": place.town or matter.county,
        "t": "" if place.town in place.name else place.town,
        "c": "" if matter.county in place.name else matter.county, "l": _PEOPLE.get(matter.issue.where, "群众"),
        "q": writer.name, "w": random.choice(matter.issue.what), "x": date,
        "h": str(random.randint(100, 999)), "y": date[:4], "j": str(max(number, 2)), "b": "",
    }  # fmt: skip


def _fact(random: Random, matter: Matter, writer: Writer, shared: dict[str, str], at: int) -> str:
    index, raw = matter.facts[at]
    ways = matter.issue.facts[index]
    return ways[int(random.random() * len(ways))].render(_slots(raw, writer, dict(shared)), random)


def _pick(random: Random, name: str, values: dict[str, str]) -> str:
    lines = _PHRASES[name]
    return lines[int(random.random() * len(lines))].render(values, random)


def compose(random: Random, matter: Matter, writer: Writer, date: str, number: int, first: bool) -> Letter:
    """A letter in the writer's own words.

    The first tells five to nine facts of the pool; a later one at least two that were told before, and perhaps
    some that were not.
    """
    values = base(random, matter, writer, date, number)
    if matter.circular >= 0:
        text = _PHRASES["circular"][matter.circular].render(values, random)
        parts = text.rstrip("。").split("。")
        return Letter(parts[0], tuple(parts[1:-1]), parts[-1], _pick(random, "close_anonymous", values))
    if first:
        chosen = list(range(min(random.randint(5, 9), len(matter.facts))))
        matter.told = len(chosen)
    else:
        known = random.sample(range(matter.told), min(matter.told, random.randint(2, 7)))
        more = range(matter.told, min(matter.told + random.choice((0, 0, 1, 2)), len(matter.facts)))
        matter.told += len(more)
        chosen = [*known, *more]
    opening = _pick(
        random,
        "open_anonymous" if writer.anonymous else "open_named",
        {**values, "a": matter.accused.post.split("、")[0] + values["a"]} if random.random() < 0.6 else values,
    )
    body = [_pick(random, "link", values) + _fact(random, matter, writer, values, at) for at in chosen]
    for _ in range(random.randint(2, 5)):
        body.insert(random.randint(1, len(body)), _pick(random, "remark", values))
    close = _pick(random, "close_anonymous" if writer.anonymous else "close_named", values)
    return Letter(opening, tuple(body), _pick(random, "demand", values), close)


def title(random: Random, matter: Matter, writer: Writer, date: str) -> str:
    return _pick(random, "title", base(random, matter, writer, date, 1))


def short(random: Random, matter: Matter, writer: Writer, date: str, number: int) -> str:
    """One line that still names accused, place and issue, sometimes with one known fact."""
    values = base(random, matter, writer, date, number)
    if random.random() < 0.6 and matter.told:
        values["b"] = _fact(random, matter, writer, values, random.randrange(matter.told))
    return _pick(random, "short", values).rstrip("，")


def phone(random: Random, matter: Matter, writer: Writer, date: str, number: int) -> str:
    """A clerk's note of a call: accused, place, issue and some known facts."""
    values = base(random, matter, writer, date, number)
    some = random.sample(range(matter.told), min(matter.told, random.randint(1, 3)))
    values["b"] = "".join(_fact(random, matter, writer, values, at) + "。" for at in some)
    return _pick(random, "phone", values)


def again(random: Random, matter: Matter, writer: Writer, last: Letter, date: str, number: int) -> tuple[str, Letter]:
    """The same writer's next letter: (relation, letter)."""
    values = base(random, matter, writer, date, number)
    kind = random.random()
    if kind < 0.24:
        return "verbatim", replace(last, head="")
    if kind < 0.34:
        return "transferred", replace(last, head=_pick(random, "forward", values))
    if kind < 0.52:
        return "reworded", _edited(random, replace(last, head=""))
    if kind < 0.66:
        body = list(last.body)
        random.shuffle(body)
        if len(body) > 3:
            body = body[: -random.randint(1, len(body) // 3)]
        reminded = _pick(random, "reminder", values)
        return "reworded", replace(last, head="", body=(reminded, *body), demand=_pick(random, "demand", values))
    if kind < 0.84 and matter.circular < 0 and matter.told < len(matter.facts):
        new = _fact(random, matter, writer, values, matter.told)
        matter.told += 1
        return "extended", replace(last, head="", body=(*last.body, _pick(random, "added", values) + new))
    return "reworded", compose(random, matter, writer, date, number, False)


def _edited(random: Random, letter: Letter) -> Letter:
    """A few words put in or left out."""
    body = list(letter.body)
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(body)) if body else -1
        if at < 0:
            break
        sentence = body[at]
        cut = random.randrange(len(sentence)) if sentence else 0
        if random.random() < 0.5:
            body[at] = _pick(random, "filler", {}) + sentence
        elif not sentence[cut : cut + 1].isascii():
            body[at] = sentence[:cut] + sentence[cut + 1 :]
    return replace(letter, body=tuple(body))


def misspelt(random: Random, text: str, names: tuple[str, ...]) -> str:
    """Homophones in the names, throughout, and some characters confused; rarely the whole in traditional characters."""
    if random.random() < 0.15:
        return text.translate(_TRADITIONAL)
    for name in names:
        at = [k for k, c in enumerate(name[1:], 1) if c in _CONFUSED]
        if at and random.random() < 0.6:
            k = random.choice(at)
            text = text.replace(name, name[:k] + _CONFUSED[name[k]] + name[k + 1 :])
    out = list(text)
    for _ in range(max(1, len(out) // 80)):
        k = random.randrange(len(out))
        out[k] = _CONFUSED.get(out[k], out[k])
    return "".join(out)

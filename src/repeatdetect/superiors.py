"""Who is above the office's authority: what cells and texts call such levels, ranks and posts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from repeatdetect import lexicon, text
from repeatdetect.given import plausible
from repeatdetect.persons import SURNAME
from repeatdetect.places import OWN_OFFICE

_HAN = rf"[{text.HAN}]"
_BY = r"(?=管|委|级|属|直|纪|监|组织|党|政|人大|里|[、/,()和及]|\Z)"  # 市 and its organs, not 安澜市清溪县管
_BELOW = r"(?!.{0,4}以下)"  # 市管以下
_CITY = rf"(?<![县城超])市(?!辖){_BY}"
_PREFECTURE = rf"州{_BY}|(?<![联同])盟{_BY}|(?<!{_HAN})地(?=管|级|市|\Z)|地委|(?<![属当本外各])地区|(?:\A|[县副正])\(?处\)?(?=级|\Z)"
_COUNTY = r"县(?!\(?处)|旗|区|[乡镇村]|街道|[科股]级?|[本同下]级|本地|属地"
_OURS = r"[县本]级?管?(?:理?权限)?"
_HIGHER = re.compile(
    rf"上一?级(?!授权|委托|指定|交|转|下)|上管|[超高]\w{{0,2}}(?:{_OURS})|(?:{_OURS})以上"
)  # 上级管理, 超出本级权限
#: what a 干部管理权限 cell calls each level, the highest first: the level itself, its organs, the rank it manages
_MANAGED = {
    "中央": rf"(?:(?<![高初])中管|中央|中共中央|中组部|中纪委|省部级?|\A部[级管]){_BELOW}",
    "省": rf"(?:自治区|直辖市|\A区党委|省(?!部){_BY}|(?<!大)厅(?=局?级|管|\Z)){_BELOW}",
    "市": rf"(?:{_CITY}|{_PREFECTURE}){_BELOW}",
    "县": _COUNTY,
}
_MANAGED_ABOVE_CITY = {**_MANAGED, "市": f"(?:{_PREFECTURE}){_BELOW}", "县": f"{_COUNTY}|(?<!地)(?<!地级){_CITY}"}
_COUNTIES = re.compile(
    r"县\(市[、,/]?区?\)|县\(区\)|[县市区](?:[、/][县市区]){2}|县[市区]{1,2}(?=管|委|级|\Z)"
)  # 县(市、区)管
_NOT = re.compile(r"(?:[非不](?:是|属于?|由|在|归|该)?|无权)\Z")
_INSPECTOR = {"县": "|(?:巡视|调研)员", "市": "|巡视员", "省": ""}
_RANK = {
    "县": rf"(?:县处|县\(处\)|厅局|地厅|省部|副处|正处|处|副县|正县|县|副厅|正厅|厅)级(?!以下)|[正副][处厅](?![长级]){_INSPECTOR['县']}",
    "市": rf"(?:厅局|地厅|省部|副厅|正厅|厅)级(?!以下)|[正副]厅(?![长级]){_INSPECTOR['市']}",
    "省": r"省部|部级",
}
_RANK["县级市"] = _RANK["县"]  # whose own bodies are called 市水利局, as those of the 市 above a county are
_LONG = "(?!期(?!间)|[久达效途江])"  # 我县长期, 超市长江路
_DISTRICT = "(?<![小社园片校厂库林矿景灾牧山湖新老发])区"  # 区长 of a district, not 小区长
_FIRST = "一把手|主要(?:领导|负责人)"
_COMMITTEE = (
    rf"(?:委(?:副?书记|常委|(?:组织部|宣传部|统战部)部?长|政法委书记)|(?:{OWN_OFFICE})+(?:书记|{_FIRST})|(?:{OWN_OFFICE})*监(?:察委员会|委)主任|"
    rf"人大(?:常委会)?副?主任|政协副?主席|(?:人民)?法院院长|(?:人民)?检察院检察长|(?:[里的]|委|政府)*一把手)"
)
_BANNER = "(?<![红国锦彩军校团队党])旗"  # 旗长 of a banner
_BODIES_OF_CITY = "(?<![超城门夜早菜花都县集上楼闹股农鱼街镇乡村])市(?![场容区辖]|政(?!府|协)|民(?![政族宗])|监(?!委|察))"  # not 县市场监管局, 城市管理局
# not 省道, 盟兄, 梧州路
_BODIES_ABOVE = r"省(?![道吃钱略去下事心油得城会])|(?<![联同加])盟(?![兄友])|(?<![神九中])州(?![路街大城镇村])|自治区"
# a body of the level above and who heads it or a part of it: 市水利局副局长, 省公路局处长, 市纪委监委副书记
_WITHIN = rf"(?:(?![县区镇乡村旗街市省盟驻]){_HAN})"
_HEADED = (
    rf"(?:委|(?:人民)?政府|人大(?:常委会)?|政协|(?:{OWN_OFFICE})+|[中高]院|(?:[中高]级)?(?:人民)?法院|(?:人民)?检察院|{_WITHIN}{{0,8}}?(?:(?<!分)局|委|办|厅|院|中心|[总支]队|集团)|{_WITHIN}{{1,8}}?(?=(?<![分局])[局厅]长))"
    rf"(?:{_WITHIN}{{0,8}}?[室处科组])?(?:党组|党委|常务)?(?:副?(?:局长|厅长|处长|主任|书记|院长|检察长|秘书长|组长|部长|主席|[总支]队长)|常委|法官)"
)
_ABOVE_COUNTY = rf"(?<![超城])副?市长{_LONG}|副?[州盟]长{_LONG}|行署专员|厅长"
_COUNTY_HEADS = rf"地委书记|(?<![副镇乡])副?县长{_LONG}|副?{_BANNER}长{_LONG}|{_ABOVE_COUNTY}|{_DISTRICT}(?:{_COMMITTEE}|长{_LONG})|副区长{_LONG}|省长{_LONG}{_INSPECTOR['县']}"
_POST = {
    "县": rf"(?:[县州盟省]|(?<![超城])市|{_BANNER}|自治区党?){_COMMITTEE}|(?:{_BODIES_ABOVE}|{_BODIES_OF_CITY}){_HEADED}|{_COUNTY_HEADS}",
    "县级市": rf"(?:[县州盟省]|(?<![超城])市|{_BANNER}|自治区党?){_COMMITTEE}|(?:{_BODIES_ABOVE}){_HEADED}|{_COUNTY_HEADS}",
    "市": rf"(?:[州盟省]|(?<![超城])市|自治区党?){_COMMITTEE}|(?:省|自治区){_HEADED}|地委书记|{_ABOVE_COUNTY}|省长{_LONG}|自治区主席{_INSPECTOR['市']}",
    "省": rf"(?:省|自治区党?){_COMMITTEE}|副?省长{_LONG}|自治区副?主席|部长",
}
# 副县长包保的村, 县长热线, 县委书记办公室
_OF_SOMETHING_ELSE = r"(?!热线|信箱|办公室|助理|秘书|接待日|(?:包[保联案]|分管|主管|联系|挂[点钩包]|帮扶)的?)"
_BARE = frozenset(("县长", "市长", "区长", "省长", "州长", "盟长", "旗长"))  # may be two words: A市|长房小区
_LEX = lexicon.load()
#: one of each stands in every post
_POSTS_END = re.compile("长|书记|主任|主席|常委|一把手|主要(?:领导|负责人)|法官|专员|调研员|巡视员")
_LEVEL_WORDS = re.compile("[县市省州盟旗区厅署部]|地委|调研员|巡视员")
_REACH = 16  # characters around a name that stands within a post
_TITLE = r"(?:副?(?:书记|[县市区省州盟旗局厅处部院]长|主任|主席|检察长|秘书长)|常委)"
# 县委曹卫东书记, 市教育局张立局长: the name stands within the post
_WITHIN_POST = re.compile(rf"(?<={_HAN})(?P<surname>{SURNAME})(?P<given>{_HAN}{{0,2}}?)(?={_TITLE})")
# what a word of its own may follow: 反映县长, 副书记、县长, 县政府县长, 安澜县县长
_BEGINS = re.compile(
    r"(?:\A|[^\w*×○]|_|书记|常委|主任|主席|委员|代表|部长|政府|反映|举报|控告|检举|揭发|状告|投诉|[兼的是被由请给向找和及跟对任原前代让叫])\Z"
)
_BY_NAME = re.compile(
    rf"(?:\A|[^\w*×○]|政府|[的是被由请给向找和及跟对县市区省州])(?P<surname>{SURNAME})(?P<given>某{{0,2}}|{_HAN}{{1,2}})\Z"
)
# 县长|岭镇, 县长|安街道: another word
_PLACE = re.compile(
    rf"(?![在到去来与和从])(?!{_HAN}?[在到去来与和从]){_HAN}{{1,2}}(?:[镇乡]|村(?![民里])|街道|路|大道|小区|社区)"
)
# what follows a name or a post: A市|长房云时代 goes on as a name of something
_GOES_ON = r"(?:[^\w]|\Z|的|同志|[在收受索贪占插利包卖买违指打压与和跟对给让把将为被是有说到来去不又还就也曾多从用以搞提私强挪侵伙勾滥徇纵庇吃喝赌任])"
_NAMED = re.compile(rf"(?P<surname>{SURNAME})(?:某{{1,2}}|(?P<given>{_HAN}{{1,2}}?)(?={_GOES_ON}))")
_ACTS = re.compile(
    rf"[^\w]|\Z|的(?!{_HAN}{{0,6}}(?:小区|社区|公司))|收[受了]|受贿|索[贿要取]|贪污|插手|包庇|卖官|指使|勾结"
)


@lru_cache(maxsize=1024)
def is_above(cell: str, level: str, below: bool = False) -> bool | None:
    """Whether a 干部管理权限 cell names a level above `level`; None where nothing is understood.

    不属本级 and 非县管 mean somebody above unless other cells tell of somebody `below`.
    """
    managed, own = (_MANAGED_ABOVE_CITY, "县") if level == "县级市" else (_MANAGED, level)
    plain, ours = _COUNTIES.sub("县", cell), None
    if (higher := _HIGHER.search(plain)) and not _NOT.search(plain[: higher.start()]):
        return True
    for at, name in enumerate(managed):
        above = at < list(managed).index(own)
        for match in re.finditer(managed[name], plain):
            negated = bool(_NOT.search(plain[: match.start()]))
            if above and not negated:
                return True
            if above or not negated:
                ours = False
            elif match.group()[0] == own[0] or match.group() == "本级":
                ours = ours or not below
    return ours


@lru_cache(maxsize=4)
def rank(level: str) -> re.Pattern[str]:
    """Ranks above a level, as a 职级 cell gives them."""
    return re.compile(_RANK[level])


@lru_cache(maxsize=4)
def _post(level: str) -> re.Pattern[str]:
    return re.compile(f"(?:{_POST[level]}){_OF_SOMETHING_ELSE}")


def posts_in(plain: str, level: str) -> Iterator[tuple[int, int]]:
    """Spans of posts above a level in a normalised cell or sentence: 县委书记, 副县长, 县委曹书记, 市水利局局长."""
    if not (_POSTS_END.search(plain) and _LEVEL_WORDS.search(plain)):
        return
    post = _post(level)
    for match in post.finditer(plain):
        start, end = match.span()
        before = _named_before(plain, start)
        if match.group() not in _BARE or before < start or _is_post(plain, start, end):
            yield before, end
    for inner in _WITHIN_POST.finditer(plain):
        if not _is_name(inner):
            continue
        cut, begin = inner.start(), max(0, inner.start() - _REACH)
        for match in post.finditer(plain[begin:cut] + plain[inner.end() : inner.end() + _REACH]):
            if match.start() < cut - begin < match.end():
                yield begin + match.start(), begin + match.end() + len(inner.group())


def _is_name(found: re.Match[str]) -> bool:
    """Whether what was found as surname and given name, or surname alone, is somebody."""
    surname, given = found["surname"], found["given"]
    if not given:
        return surname not in _LEX.doubtful_surnames
    return "某" in given or plausible(surname, given)


def _named_before(plain: str, at: int) -> int:
    """Where the name begins that stands before a post: 张县长, 刘建新县长; `at` where none does."""
    called = _BY_NAME.search(plain, max(0, at - 4), at)
    return called.start("surname") if called and _is_name(called) else at


def _is_post(plain: str, start: int, end: int) -> bool:
    """Whether 县长 in a text is the post: A市|长房小区 and 我县|长安街 are other words, told by what stands around them."""
    before, after = plain[max(0, start - 4) : start], plain[end : end + 12]
    if _PLACE.match(after):
        return False
    if _BEGINS.search(before) or before[-1:] == plain[start]:  # 安澜县县长
        return True
    if _ACTS.match(after):
        return True
    named = _NAMED.match(after)
    return bool(named and ("某" in named.group() or _is_name(named)))

"""What the filings of a matter say, as far as it is asked who must not have it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from repeatdetect import text
from repeatdetect.addresses import place_of
from repeatdetect.namelist import SPLIT, closed, names_in
from repeatdetect.persons import SURNAME, surname_of

TITLE = re.compile(r"书记|常委|委员|主任|[镇乡]长|局长|部长|领导|一把手|负责人|姓|某")
VILLAGE = re.compile(r"村|社区|支部|支书|居委|组长|小组|总支")
_SURNAME = f"(?:{SURNAME}某?)"
# members of a township's leading group by post, as they stand in texts
_MEMBER = re.compile(
    r"(?:常务)?副?[镇乡]长(?![期大远年达久途短街势])|(?:[镇乡]|街道)?纪工?委书记|人大(?:主席团)?副?主席(?!团)|"
    rf"(?:组织|宣传|统战|政法|纪检)委员|武装部部?长|(?:街道(?:办(?:事处)?)?|办事处|管委会)的?(?:[主分]?管[^,]{{1,6}}的)?{_SURNAME}?(?:常务)?副?主任|"
    r"(?:[镇乡](?:里|上|党委|政府)?|街道|管委会)(?:的)?(?:主要|分管|有关|包村|驻村|挂村|联村|班子)?领导(?:班子)?(?:成员)?|(?:[镇乡](?:里|上)?|街道|管委会|园区|开发区)的?(?:党委|政府|党政)?班子(?:成员)?|(?:包村|驻村|挂村|联村|分管)[镇乡]?领导|"
    rf"(?:[镇乡](?:里|上|党委|政府)?|街道办?|管委会|园区|开发区|新区|党工?委)的?(?:[那有一几]?[位个名])?(?:姓{_SURNAME}的)?(?:[主分]?管[^,]{{1,8}}的)?{_SURNAME}?(?:常务)?"
    r"(?:副书记|副?[镇乡]长|副主任|委员|副?主席|部长|领导|班子|当官的|头头|头儿)"
)
MEMBER_CELL = re.compile(
    r"副?[镇乡]长|党工?委书记|[镇乡]书记|党工?委副书记|[镇乡]副书记|纪工?委书记|人大(?:主席团)?副?主席|党工?委委员|(?:组织|宣传|统战|政法|纪检)委员|"
    r"武装部部?长|(?:办事处|管委会|街道)副?主任|[镇乡街](?:道)?(?:里|党委|政府)?(?:主要)?领导|班子成员"
)
TOWN_BODY = re.compile(
    r"(?:镇|乡|街道|开发区|经开区|高新区|园区|新区)(?:党委|党工委|政府|人民政府|管委会|办事处|人大|委员会)*$"
)


@dataclass(frozen=True)
class Filed:
    """What one filing of a matter says, normalised, as far as recusal needs it."""

    accused: str
    unit: str
    post: str
    rank: str
    place: str
    petitioners: frozenset[str]
    codes: frozenset[str]
    sentences: tuple[tuple[str, bool], ...]

    @staticmethod
    def of(
        accused: str, unit: str, post: str, rank: str, place: str, codes: str, title: str, body: str,
        petitioner: str = "",
    ) -> Filed:  # fmt: skip
        """From the cells of a filing; `codes` are the canonical posts of its accused, joined by 、."""
        plain = text.normalise(body)
        header = text.forwarding_end(plain)
        sentences = [(text.normalise(title), False)] if title else []
        sentences += [(m.group(), m.end() <= header) for m in text.SENTENCE.finditer(plain)]
        return Filed(
            closed(text.normalise(accused)), text.normalise(unit), text.normalise(post), text.normalise(rank),
            text.normalise(place), frozenset(names_in(petitioner)), frozenset(filter(None, codes.split("、"))), tuple(sentences),
        )  # fmt: skip

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Pieces of the 被反映人 cell, one a person."""
        return tuple(filter(None, SPLIT.split(self.accused)))

    @cached_property
    def whole(self) -> str:
        """All sentences, one a line."""
        return "\n".join(sentence for sentence, _ in self.sentences)

    @cached_property
    def titled(self) -> tuple[tuple[str, bool], ...]:
        """Sentences that name a post, or somebody by surname."""
        return tuple((sentence, header) for sentence, header in self.sentences if TITLE.search(sentence))

    @cached_property
    def members(self) -> tuple[tuple[str, re.Match[str]], ...]:
        """Members of a township's leading group by post, each with its sentence."""
        return tuple((sentence, match) for sentence, _ in self.sentences for match in _MEMBER.finditer(sentence))

    @cached_property
    def cadres(self) -> frozenset[str]:
        """Village cadres in the text as one calls them: surname and 书记 or 主任."""
        found = [(m["name"], m["post"]) for way in (_CADRE, _CADRE_AFTER) for m in way.finditer(self.whole)]
        return frozenset(name + title for name, post in found for title in _called(post))

    @cached_property
    def rural(self) -> bool:
        """Whether the text speaks of a village."""
        return bool(re.search(r"村|社区", self.whole))


@dataclass(frozen=True)
class Scene:
    """What a matter is set in: needed to tell 王书记 of the township from 王书记 of the village.

    Attributes
    ----------
    town : str
        Township of the matter.
    towns : tuple of str
        All townships of the officials' table.
    cadres : frozenset of str
        Village cadres the matter speaks of, as one calls them: 王书记, 王主任.
    below : bool
        Whether a village or a body below the township's leadership is complained of.
    villages : frozenset of str
        Villages that the matter's cells name: 江坪镇长湾村 speaks of no 镇长.
    """

    town: str
    towns: tuple[str, ...]
    cadres: frozenset[str]
    below: bool
    villages: frozenset[str] = frozenset()


def scene_of(matter: Sequence[Filed], town: str, towns: Sequence[str]) -> Scene:
    """The setting of a matter from all its filings."""
    cadres: set[str] = set()
    below = False
    for filed in matter:
        rural = bool(VILLAGE.search(filed.unit + filed.post + filed.rank + filed.place))
        below |= rural or bool(filed.unit and not TOWN_BODY.search(filed.unit))
        if rural and filed.accused and not MEMBER_CELL.search(filed.accused):
            titles = _called(filed.post + filed.accused) or ({"书记", "主任"} if not filed.post else set())
            cadres |= {surname_of(piece) + title for piece in filed.people for title in titles}
        below |= filed.rural
        cadres |= filed.cadres
    villages = {place_of(cell)[1] for filed in matter for cell in (filed.place, filed.unit)} - {""}
    return Scene(town, tuple(towns), frozenset(cadres), below, frozenset(villages))


def _called(post: str) -> set[str]:
    """What the holder of a village post is called by: 书记, 主任."""
    return {title for title, words in (("书记", r"书记|支书"), ("主任", r"主任|村长")) if re.search(words, post)}


_CADRE = re.compile(
    rf"(?P<post>支书|村书记|支部书记|村主任|村长|社区书记|居委会主任|社区主任|总支书记)(?:是|叫|姓)?(?P<name>[{text.HAN}])"
)
_CADRE_AFTER = re.compile(rf"(?P<name>[{text.HAN}])(?P<post>支书|村长|某?村支?书记)")

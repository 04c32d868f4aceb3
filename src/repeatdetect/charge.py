"""Who is put in charge of a matter: the officials of its case, else of its township, and nobody it complains of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from repeatdetect import places, text
from repeatdetect.called import Official
from repeatdetect.caselink import CaseLink, records
from repeatdetect.colleagues import accused_members
from repeatdetect.filed import Filed, Scene, scene_of
from repeatdetect.places import OWN_OFFICE
from repeatdetect.pooled import Cells, full_names
from repeatdetect.recusal import grounds, leading_group

_CLOSURE = re.compile(
    r"(?:办结|结案|销号|销案|息[诉访]|了结|已化解|化解(?:完毕|到位|成功|完成)|\A化解\Z)(?:息[诉访]|罢访)*"
)
_WITHIN = r"(?:能够?|予以?|按[期时]|如期|及时|彻底|完全|最终|真正|全部|正式|实现|达[到成]|做到|在?(?:规定)?期限?内|同意|愿意?|肯|[准宜会得])*"
# what keeps the words above from having come true; behind the second kind anything but 已 may stand
_STILL_OPEN = re.compile(
    rf"(?:未|没有?|不|难以?|无法|拒绝?|申请|报请|提请|呈请|建议|(?<![相对反])应当?|须|需要?|可以?|能否|是否|\A要求|(?<!经)督促){_WITHIN}\Z"
    r"|(?:(?<![接对看招交])待(?!遇)|拟(?!定)|即将|(?<!已)将(?!军)|预计|计划(?!生育)|准备|打算|确保|有望|正在|尽[快早]|抓紧|限[期时]|责令|暂缓)[^已]{0,8}\Z|(?:争取|力争|部分)[^已后]{0,8}\Z"
    r"|部分(?:人|户|款项?|问题|事项)?已\Z|\A[^已]*(?:(?:\d[日号月]|[月年]底)前|[年月]内)\Z"
)
_NOT_YET = re.compile(
    r"\(?(?:待(?!回访|归档|存档)|申请|审[批核]中|报告|手续|材料|流程|程序|工作|条件|标准|[期时]限|[中前率难]|不了|无望|未[果成]|失败|困难|意愿|大?部分)"
)
_LEAD, _RESPONSIBLE = "包案领导", "化解责任人"
_NOBODY: Mapping[str, Any] = {"lead_official": "", "lead_post": "", "secretary": "", "mayor": ""}


def is_closed(status: str) -> bool:
    """Whether a 状态 of the ledger says that the case is closed; 没有办结, 限期办结 and 结案待审批 do not."""
    plain = text.normalise(status)
    return any(
        not _STILL_OPEN.search(re.split("[,;:。]", plain[: match.start()])[-1])
        and not _NOT_YET.match(plain, match.end())
        for match in _CLOSURE.finditer(plain)
    )


@dataclass(frozen=True)
class Charge:
    """Who is put in charge of a matter, and who must not be.

    Attributes
    ----------
    lead, responsible : str
        Names; '' when recused or not known.
    note : str
        Where the two come from and why one is empty.
    recused : tuple of str
        Names that must not see the matter.
    recused_town, recused_unit : str
        Townships whose leading groups are complained of, joined by 、, and unit of a recused responsible official: none of
        them may see it.
    """

    lead: str
    responsible: str
    note: str
    recused: tuple[str, ...] = ()
    recused_town: str = ""
    recused_unit: str = ""


class Office:
    """Puts officials in charge.

    Parameters
    ----------
    cells : Cells
    cases, officials : DataFrame or None
        As from `read_cases` and `read_officials`.
    escalation : str
        Whom recused matters go to.
    found : mapping of str to CaseLink
        Case of each matter.
    town_of : mapping of str to str
        Township of each matter.
    leaders : mapping of str to set of str
        Township -> names that some filing calls a member of its leading group.
    """

    def __init__(
        self, cells: Cells, cases: pd.DataFrame | None, officials: pd.DataFrame | None, escalation: str,
        found: Mapping[str, CaseLink], town_of: Mapping[str, str], leaders: Mapping[str, Set[str]],
    ) -> None:  # fmt: skip
        self._cells, self._escalation, self._leaders = cells, escalation, leaders
        self._known = officials is not None
        self._rows: dict[str, dict[str, Any]] = {}
        for row in records(officials) if officials is not None else ():
            self._rows.setdefault(row["town"], row)
        self._heads = [
            one
            for town, row in self._rows.items() if not places.is_county(town)
            for cell in (row["secretary"], row["mayor"]) for one in Official(cell, "", town).each
        ]  # fmt: skip
        self._members = _members(self._rows.values(), records(cases) if cases is not None else ())
        self._filed: dict[int, Filed] = {}
        self._at_stake: dict[str, set[Official]] = {}
        for town, row in self._rows.items():
            self._at_stake[town] = {_leader(row), self._secretary(town)}
        for name, linked in found.items():
            town, case = town_of[name], linked.case
            self._at_stake.setdefault(town, set()).update((_leader(case), self._handler(case, town)))

    def complains(self, rows: Sequence[int], town: str) -> bool:
        """Whether filings of a township complain of somebody who is put in charge there."""
        if town not in self._at_stake:
            return False
        seen = self._seen(rows, (), town)
        if any(seen.ground(official) for official in self._at_stake[town]):
            return True
        return town in self._rows and not places.is_county(town) and bool(seen.group(self._rows[town]["mayor"]))

    def _secretary(self, town: str) -> Official:
        """Party secretary of a township by the officials' table."""
        return Official(self._rows.get(town, _NOBODY)["secretary"], "", town)

    def _handler(self, case: Mapping[str, Any], town: str) -> Official:
        """The responsible official of a case; with the township where that is whom they head."""
        name, unit = case["responsible_official"], case["responsible_unit"]
        handler = Official(name, case["responsible_post"], "", unit)
        heads = not handler.names.isdisjoint(self._secretary(town).names) or _is_head(unit, town)
        return replace(handler, heads=town) if heads else handler

    def charge(
        self, rows: Sequence[int], suspects: Sequence[int], case: Mapping[str, Any] | None, town: str,
        maybe: Sequence[Mapping[str, Any]] = (), *, again: bool = False,
    ) -> Charge:  # fmt: skip
        """Lead and responsible official of a matter.

        Parameters
        ----------
        rows, suspects : sequence of int
            Filings of the matter, and those that may belong to it: what they say of an official counts, too.
        case : mapping or None
            Row of the ledger.
        town : str
            Row of the officials' table the matter falls to ('' unknown).
        maybe : sequence of mapping
            Cases the matter may belong to: who is recused in them leaves the place empty here, too.
        again : bool
            Whether filings came after the case was closed.
        """
        appointed = self._appointed(case, town, again=again)
        if appointed is None:
            return Charge("", "", "属地不明或分工表中没有对应单位，无法定责任领导" if self._known else "")
        leader, handler, note = appointed
        seen = self._seen(rows, suspects, town)
        colleagues = accused_members(self._read(rows), self._members)
        a_colleague = any(one.name in leader.names for one in self._members)
        against_leader = (
            seen.ground(leader)
            or _in_ledger(leader, case)
            or ("：被反映人系本委班子成员，不由同事包案" if colleagues and a_colleague else "")
            or seen.in_doubt(_LEAD, {other["case_id"]: _leader(other) for other in maybe})
        )
        against_handler = seen.ground(handler) or _in_ledger(handler, case)
        of_town = handler.name and (handler.heads or _of_township(handler.unit, town))
        group = self._against_group(seen, town, () if against_handler else handler.names)
        against_handler = (
            against_handler
            or (f"所在的{town}：{group}" if group and of_town else "")
            or seen.in_doubt(_RESPONSIBLE, {other["case_id"]: self._handler(other, town) for other in maybe})
        )
        told = ((_LEAD, leader, against_leader), (_RESPONSIBLE, handler, against_handler))
        against = [(f"{role}{who.name}{ground}", who) for role, who, ground in told if ground]
        if against:
            note = f"回避：{'；'.join(why for why, _ in against)}；请报{self._escalation}另行指定。{note}"
        elsewhere = self._of_other_towns(rows, suspects, town)
        if elsewhere:
            note += "；" + "、".join(f"{other}{name}" for other, name in elsewhere) + "被反映，清单不发其乡镇"
        recused = [*(one.name for _, who in against for one in who.each), *colleagues, *(name for _, name in elsewhere)]
        own = [town] if group or (against_handler and handler.heads == town) else []
        return Charge(
            "" if against_leader else leader.name, "" if against_handler else handler.name, note,
            tuple(dict.fromkeys(recused)), "、".join(dict.fromkeys([*own, *(other for other, _ in elsewhere)])),
            handler.unit if against_handler else "",
        )  # fmt: skip

    def _appointed(
        self, case: Mapping[str, Any] | None, town: str, *, again: bool
    ) -> tuple[Official, Official, str] | None:
        """Lead and responsible official before anybody is recused, and where the two come from."""
        if case is not None:
            note = f"台账 {case['case_id']}" + ("，已办结后仍访" if again else "")
            return _leader(case), self._handler(case, town), note
        if town not in self._rows:
            return None
        leader, secretary = _leader(self._rows[town]), self._secretary(town)
        vacant = [word for word, who in (("联系班子成员", leader), ("党委书记", secretary)) if not who.name]
        return leader, secretary, f"按属地 {town}" + (f"，分工表未列{'、'.join(vacant)}" if vacant else "")

    def _against_group(self, seen: _Seen, town: str, cleared: Iterable[str]) -> str:
        """Why a township's leading group is complained of, '' when it is not; nothing was found against those `cleared`."""
        if not town or places.is_county(town):
            return ""
        if group := seen.group(self._rows.get(town, _NOBODY)["mayor"]):
            return group
        secretary = self._secretary(town)
        return "党委书记被反映" if not secretary.names.issubset(cleared) and seen.ground(secretary) else ""

    def _of_other_towns(self, rows: Sequence[int], suspects: Sequence[int], town: str) -> list[tuple[str, str]]:
        """Secretaries and heads of other townships whom a matter names and complains of, each with the township."""
        filed = self._read([*rows, *suspects])
        return [
            (official.heads, official.name)
            for official in self._heads
            if official.heads != town
            and any(official.name in one.accused or official.name in one.whole for one in filed)
            and self._seen(rows, suspects, official.heads).ground(official)
        ]

    def _seen(self, rows: Sequence[int], suspects: Sequence[int], town: str) -> _Seen:
        leaders = self._leaders.get(town, frozenset())
        return self._Seen(self._read(rows), self._read(suspects), town, tuple(self._rows), leaders)

    def _read(self, rows: Iterable[int]) -> list[Filed]:
        of, told = self._cells.of, self._cells.told
        for row in rows:
            if row not in self._filed:
                self._filed[row] = Filed.of(
                    of["accused"][row], of["unit"][row], of["post"][row], of["rank"][row], of["place"][row],
                    told["posts"][row], of["title"][row], of["text"][row], of["petitioner"][row],
                )  # fmt: skip
        return [self._filed[row] for row in rows]

    class _Seen:
        """What a matter's filings, and those suspected to belong to it, say of officials."""

        def __init__(
            self, own: Sequence[Filed], more: Sequence[Filed], town: str, towns: tuple[str, ...], leaders: Set[str]
        ) -> None:
            self._own, self._more, self._leaders = own, more, leaders
            self._scene: Scene = scene_of(own, town, towns)

        def ground(self, official: Official) -> str:
            """Ground of a recusal, '' for none; who shares a post with the accused is recused with them."""
            for one in official.each:
                if found := grounds(one, self._own, self._scene):
                    return found
            if self._more and any(grounds(one, self._more, self._scene) for one in official.each):
                return "在疑似同一事项的来件中被反映"
            return ""

        def in_doubt(self, role: str, holders: Mapping[str, Official]) -> str:
            """Ground of a recusal where the one who has a role in a case the matter may belong to is complained of."""
            return next((f"：疑似积案 {case} 的{role}被反映" for case, who in holders.items() if self.ground(who)), "")

        def group(self, mayor: str) -> str:
            """Why the township's leading group is itself complained of, '' when it is not."""
            found = leading_group(self._own, self._scene, mayor, self._leaders)
            if not found and self._more and leading_group(self._more, self._scene, mayor, self._leaders):
                return "疑似同一事项的来件反映该乡镇领导班子成员"
            return found


def _leader(row: Mapping[str, Any]) -> Official:
    """Lead official of a case, or of a row of the officials' table."""
    return Official(row["lead_official"], row["lead_post"])


def _in_ledger(official: Official, case: Mapping[str, Any] | None) -> str:
    """Ground of a recusal where the ledger's own row gives an official as its accused, whatever the filings call them."""
    accused = full_names(case["accused"]) if case is not None else []
    return "系台账所列被反映人" if not official.names.isdisjoint(accused) else ""


def _members(rows: Iterable[Mapping[str, Any]], cases: Iterable[Mapping[str, Any]]) -> tuple[Official, ...]:
    """Members of the office: all whom the officials' table names, and leads of the ledger unless they are of another organ."""
    told = {row["lead_official"]: row["lead_post"] for row in rows}
    for case in cases:
        if not case["lead_post"] or re.search(OWN_OFFICE, case["lead_post"]):
            told.setdefault(case["lead_official"], case["lead_post"])
    alone = {one.name: one for names, post in told.items() for one in Official(names, post).each}
    return tuple(alone[name] for name in sorted(alone))


def _is_head(unit: str, town: str) -> bool:
    """Whether the ledger's 责任单位 is the township's party committee or government itself."""
    return bool(town and _of_township(unit, town) and re.search(r"(?:党委|党工委|政府|管委会|办事处|[镇乡区])$", unit))


def _of_township(unit: str, town: str) -> bool:
    return bool(unit) and any(name in unit for name in places.town_names(town)) and not re.search(r"村|社区", unit)

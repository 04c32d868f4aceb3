"""Recusal: nobody handles or sees a complaint about themselves, whatever the complaint calls them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect.called import Official
from repeatdetect.colleagues import accused_members
from repeatdetect.filed import Filed, scene_of
from repeatdetect.recusal import grounds, leading_group

TOWNS = ("清溪镇", "白石乡", "东湖街道", "县直单位")
SECRETARY = Official("向明远", "", "清溪镇")
MEMBER = Official("严守正", "县纪委常委")
COLLEAGUE = Official("古思齐", "县监委委员")
CITY = Official("钟其昌", "", "东湖街道")


def in_text(official: Official, sentence: str) -> bool:
    """Whether a sentence of a complaint about a village head is a ground."""
    village = "清溪镇上河村" if official is not CITY else "东湖街道"
    filed = Filed.of("骆占山", "", "", "", village, "", "", sentence)
    return bool(grounds(official, [filed], scene_of([filed], official.heads or "清溪镇", TOWNS)))


@pytest.mark.parametrize(
    ("official", "sentence"),
    [
        (SECRETARY, "清溪镇书记向明远在合同上签了名。"),
        (SECRETARY, "向书记和骆占山是拜把子兄弟，逢年过节都走动。"),
        (SECRETARY, "验收那天镇党委书记也到场了，看都没看就说合格。"),
        (SECRETARY, "镇里的一把手收了他两条烟。"),
        (SECRETARY, "这事是清溪镇姓向的书记点了头的。"),
        (SECRETARY, "向明元书记当场拍板。"),
        (SECRETARY, "向某远也分了一份。"),
        (SECRETARY, "会议由向明远主持，决定每亩少发三百元。"),
        (SECRETARY, "向明远把我的举报信转给了骆占山。"),
        (SECRETARY, "骆占山请向明远吃饭，花了三千多，村里报销。"),
        (SECRETARY, "合同见证人一栏写着向明远三个字。"),
        (SECRETARY, "骆占山说他跟镇里向书记打过招呼，告到哪都没用。"),
        (SECRETARY, "去年中秋，骆占山往向书记家送了一只羊。"),
        (SECRETARY, "镇党委书记对此不闻不问，任由他胡来。"),
        (MEMBER, "县纪委严常委来村里吃过饭。"),
        (MEMBER, "姓严的县领导每年都来他的农庄钓鱼。"),
        (MEMBER, "县纪委来了个姓严的，一来就进了骆占山家喝酒。"),
        (MEMBER, "联系我们镇的县领导也在那桌上。"),
        (MEMBER, "县纪委严常委打电话让镇里不要再查骆占山。"),
        (MEMBER, "包案领导严守正来了两次，都在骆占山家喝的酒。"),
        (SECRETARY, "向明远收到举报信以后交给了骆占山。"),
        (SECRETARY, "材料交给向明远，他给了骆占山。"),
        (SECRETARY, "向明远派人查是谁写的举报信。"),
        (SECRETARY, "镇党委书记向明远要求追究举报人的责任。"),
        (SECRETARY, "向书记在大会上通报了举报人的名字。"),
        (SECRETARY, "向书记说没办法，因为骆占山是他弟弟。"),
        (SECRETARY, "向书记让派出所查我。"),
        (SECRETARY, "签字的除了骆占山，还有一位，是镇党委书记，大名我不知道，签完字还打包了四只土鸡走。"),
        (SECRETARY, "被举报人向明远收受礼金五万元，强占村民土地。"),
        (SECRETARY, "被控告人：向明远。事实与理由：向明远于2020年收受礼金。"),
        (SECRETARY, "被举报人基本情况：向明远，男，收受礼金。"),
        (MEMBER, "被反映人：严守正，县纪委常委。插手工程，收受好处费。"),
        (MEMBER, "去年严常委陪着市里的人来，隔着河指了指就算验收了。"),
        (COLLEAGUE, "县监委古委员打电话给校长，让把名额留出来。"),
        (COLLEAGUE, "古思齐收了材料，反手就给了对方。"),
        (CITY, "街道钟书记默许的。"),
        (CITY, "街道办的一把手和开发商穿一条裤子。"),
    ],
)
def test_who_took_part_by_the_text_alone_is_recused(official: Official, sentence: str) -> None:
    assert in_text(official, sentence)


@pytest.mark.parametrize(
    ("official", "sentence"),
    [
        (SECRETARY, "我们去找过向明远书记，他说会依法处理。"),
        (SECRETARY, "今年三月向明远书记接访时答应一个月内答复。"),
        (SECRETARY, "请向明远书记为我们做主。"),
        (SECRETARY, "向明远书记收到信后交给了镇纪委。"),
        (SECRETARY, "向明远书记派人查清了账。"),
        (SECRETARY, "向明远书记向举报人通报了结果。"),
        (SECRETARY, "镇党委书记向明远得知后，当天就派人来修好了水管。"),
        (SECRETARY, "向明远书记批示要求镇纪委核查。"),
        (SECRETARY, "我们向镇党委书记反映过三次，没人管。"),
        (SECRETARY, "白石乡书记在会上拍了板。"),
        (SECRETARY, "村书记向大勇收了钱。"),
        (SECRETARY, "村支书向明自己签的字。"),
        (MEMBER, "包案的严守正常委来看过两次，态度很好。"),
        (MEMBER, "望严守正常委重视此事。"),
        (MEMBER, "严守正带队来核查，查了三天没有结论。"),
        (MEMBER, "接待我的是严守正，他记了笔录。"),
        (MEMBER, "小学严老师也可以作证。"),
        (COLLEAGUE, "此信并报古思齐同志。"),
        (COLLEAGUE, "我把材料亲手交给了古思齐委员，他说一定查。"),
        (CITY, "街道书记接待日我去过，登了记。"),
    ],
)
def test_who_only_handled_the_complaint_is_not(official: Official, sentence: str) -> None:
    assert not in_text(official, sentence)


def _sentences() -> list[tuple[str, str, bool]]:
    table = pd.read_csv(Path(__file__).parent / "recusals" / "sentences.csv", dtype=str)
    return [(whom, sentence, must == "1") for whom, sentence, must in table.itertuples(index=False)]


@pytest.mark.parametrize(("whom", "sentence", "must"), _sentences())
def test_one_sentence_about_the_township_its_secretary_or_a_member_of_the_office(
    whom: str, sentence: str, must: bool
) -> None:
    if whom == "领导班子":
        assert _group(sentence, ("骆占山", "上河村村委会", "村主任", "清溪镇上河村")) is must
    else:
        (official,) = (one for one in (SECRETARY, MEMBER) if one.name == whom)
        assert in_text(official, sentence) is must


@pytest.mark.parametrize(
    ("cells", "secretary", "member", "group"),
    [
        (("向书记", "清溪镇", "党委书记", "", "清溪镇"), True, False, True),
        (("清溪镇党委书记", "", "", "", ""), True, False, True),
        (("何某、向明远", "", "", "", "清溪镇"), True, False, False),
        (("倪少华", "清溪镇人民政府", "副镇长", "", "清溪镇"), False, False, True),
        (("倪镇长", "", "", "", "清溪镇"), False, False, True),
        (("倪少华", "清溪镇", "人大主席", "乡科级正职", "清溪镇"), False, False, True),
        (("镇领导", "", "", "", "清溪镇"), False, False, True),
        (("清溪镇政府", "", "", "", "清溪镇"), False, False, True),
        (("严常委", "县纪委", "", "", ""), False, True, False),
        (("严守政", "县纪委", "", "", ""), False, True, False),
        (("向大勇", "清溪镇上河村党支部", "书记", "", "清溪镇上河村"), False, False, False),
        (("向站长", "清溪镇水利站", "站长", "", "清溪镇"), False, False, False),
        (("严主任", "上河村村委会", "主任", "", "清溪镇上河村"), False, False, False),
        (("白石乡乡长何平", "", "", "", "清溪镇"), False, False, False),
        (("前任镇长何平", "", "", "", "清溪镇"), False, False, False),
    ],
)
def test_cells_of_the_accused(
    cells: tuple[str, str, str, str, str], secretary: bool, member: bool, group: bool
) -> None:
    filed = Filed.of(*cells, "", "", "反映有关问题，请查。")
    scene = scene_of([filed], "清溪镇", TOWNS)
    found = (grounds(SECRETARY, [filed], scene), grounds(MEMBER, [filed], scene), leading_group([filed], scene))
    assert tuple(map(bool, found)) == (secretary, member, group)


@pytest.mark.parametrize(
    ("sentence", "group"),
    [
        ("分管副镇长倪少华收了红包。", True),
        ("镇长也在场签了字。", True),
        ("分管的倪镇长每次都说研究研究，其实早拿了好处。", True),
        ("镇党委副书记吴启明的亲戚一户三人吃低保。", False),
        ("他把五千元塞给镇党委副书记吴启明的老婆。", True),
        ("镇纪委书记答复说查无实据。", False),
        ("我向镇长反映过。", False),
        ("镇长接访时承诺十天解决。", False),
        ("原镇长何平批的地。", False),
        ("村长骆占山打人。", False),
        ("上河村的组长也分了。", False),
        ("来访人称上月曾一起到镇政府，副镇长让回村等。", False),
        ("我打了一桶水提给镇长看，镇长说让放门口。", False),
        ("去年我们去镇上问，镇里一位副镇长说，租金要先还修路的账。", False),
        ("我们到镇上反映过，镇里的组织委员让我们顾全大局。", False),
        ("来访人情绪激动，经劝解离开，已单独报分管领导。", False),
        ("开张那天镇领导来剪彩，村主任叫我们去坐着拍照。", False),
        ("招标前骆占山的姐夫把镇长叫到单位“谈话”，随后换了公司。", False),
        ("我们到镇上反映过，镇长说再告就叫派出所抓人。", True),
        ("我们去镇上问过，副镇长让我们闭嘴。", True),
        ("听说骆占山去镇上找过，镇长说没问题，下个月就批下来了。", True),
        ("骆占山的老板去镇政府找人，镇长让他先盖起来再说。", True),
        ("骆占山把镇长叫到家里喝酒。", True),
    ],
)
def test_leading_group_in_texts(sentence: str, group: bool) -> None:
    filed = Filed.of("骆占山", "上河村村委会", "村主任", "", "清溪镇上河村", "", "", sentence)
    assert bool(leading_group([filed], scene_of([filed], "清溪镇", TOWNS))) is group


def _group(text: str, *cells: tuple[str, str, str, str]) -> bool:
    """Whether one text with several sets of cells (accused, unit, post, place) is against the leading group."""
    town = "东湖街道" if any("东湖" in cell for row in cells for cell in row) else "清溪镇"
    matter = [Filed.of(accused, unit, post, "", place, "", "", text) for accused, unit, post, place in cells]
    return bool(leading_group(matter, scene_of(matter, town, TOWNS)))


def test_a_village_that_begins_with_a_post_is_a_village() -> None:
    cells = ("骆占山", "", "支部书记", "清溪镇长湾村")
    assert not _group("举报清溪镇长湾村支书骆占山套取资金，清溪镇长湾村的水池是空的。", cells)
    assert _group("举报清溪镇长湾村支书骆占山套取资金，清溪镇长签了字。", cells)


def test_a_deputy_of_an_office_of_the_sub_district_is_none_of_its_leaders() -> None:
    bare = ("庞立新", "东湖街道", "副主任", "东湖街道")
    assert _group("过渡费每季度扣百分之五。", bare)
    assert not _group("过渡费每季度扣百分之五。", bare, ("庞立新", "东湖街道拆迁办", "", "东湖街道"))
    assert _group("过渡费每季度扣百分之五。", bare, ("钟其昌", "东湖街道拆迁办", "", "东湖街道"))


def test_whom_the_text_calls_one_of_the_staff_is_no_leader() -> None:
    cells = ("倪少华", "清溪镇人民政府", "", "清溪镇")
    assert _group("倪少华上班时间打麻将。", cells)
    assert not _group("清溪镇包村干部倪少华上班时间打麻将。", cells)
    assert not _group("倪少华是镇政府工作人员，上班时间打麻将。", cells)
    assert _group("清溪镇领导干部倪少华上班时间打麻将。", cells)
    assert _group("倪少华带着工作人员上班时间打麻将。", cells)


def test_the_committee_of_an_estate_in_a_township_is_not_its_leadership() -> None:
    assert not _group("每户收八千元才给钥匙。", ("骆占山", "", "管委会主任", "清溪镇"))
    assert not _group("管委会主任骆占山每户收八千元。", ("骆占山", "", "", "清溪镇上河村"))
    assert _group("每户收八千元才给钥匙。", ("骆占山", "", "镇党委委员、管委会主任", "清溪镇"))
    assert _group("每户收八千元才给钥匙。", ("骆占山", "", "办事处主任", "东湖街道"))


def test_who_was_a_leader_then_and_is_elsewhere_now_is_none() -> None:
    cells = ("骆占山", "清溪镇文化站", "", "清溪镇")
    assert not _group("她男人当时是清溪镇副镇长，现在在移民小区当主任，考勤都是他签的。", cells)
    assert _group("她男人当时是清溪镇副镇长，考勤都是他签的。", cells)


@pytest.mark.parametrize(
    ("cells", "leader"),
    [
        (("倪少华", "", "", "清溪镇"), True),
        (("骆占山、倪少华", "清溪镇政府", "", "清溪镇"), True),
        (("倪少华和骆占山", "", "", "清溪镇"), True),
        (("骆占山/倪少华", "", "", "清溪镇"), True),
        (("倪少华", "上河村村委会", "", "清溪镇"), False),
        (("倪少华", "", "村主任", "清溪镇"), False),
        (("倪少华", "清溪镇卫生院", "", "清溪镇"), False),
        (("倪少", "", "", "清溪镇"), False),
    ],
)
def test_a_post_that_other_filings_tell_counts_unless_these_tell_of_somebody_else(
    cells: tuple[str, str, str, str], leader: bool
) -> None:
    accused, unit, post, place = cells
    filed = Filed.of(accused, unit, post, "", place, "", "", "在老家山顶建房没有批文。")
    scene = scene_of([filed], "清溪镇", TOWNS)
    plain = leading_group([filed], scene)
    assert bool(leading_group([filed], scene, leaders={"倪少华"})) is (leader or bool(plain))
    assert not plain or unit == "清溪镇政府"


def _told_elsewhere(unit: str, place: str, other: str, text: str = "码头三年就裂了缝，桩没有打到底。") -> str:
    """Note of a filing of 清溪镇 when another one gives the post of the same name."""
    filings = pd.DataFrame({
        "filing_id": ["F0", "F1"], "accused": ["倪少华", "倪少华"], "unit": ["", unit], "post": ["", other],
        "place": ["清溪镇", place], "text": ["在老家山顶建房没有批文，占了公墓地。", text],
        "date": pd.to_datetime(["2025-01-05", "2025-06-05"]),
    })  # fmt: skip
    columns = ["town", "secretary", "mayor", "lead_official", "lead_post"]
    rows = [("清溪镇", "向明远", "", "严守正", "县纪委常委"), ("白石乡", "饶思远", "", "严守正", "县纪委常委")]
    found = rd.detect(filings, officials=pd.DataFrame(rows, columns=columns)).filings.set_index("filing_id")
    assert (found["responsible_official"]["F0"] == "") is found["link_note"]["F0"].startswith("回避")
    return str(found["link_note"]["F0"])


def test_what_other_filings_of_the_export_call_the_accused() -> None:
    assert "其他来件载明" in _told_elsewhere("清溪镇政府", "清溪镇", "副镇长")
    assert "其他来件载明" in _told_elsewhere("", "清溪镇", "", "清溪镇副镇长倪少华管的码头三年就裂了缝。")
    assert _told_elsewhere("", "清溪镇", "", "原清溪镇副镇长倪少华管的码头三年就裂了缝。") == "按属地 清溪镇"
    assert _told_elsewhere("清溪镇政府", "清溪镇", "原副镇长") == "按属地 清溪镇"


def test_a_leader_of_that_name_in_another_township_does_not_count() -> None:
    assert _told_elsewhere("白石乡政府", "白石乡", "副乡长") == "按属地 清溪镇"
    assert _told_elsewhere("", "白石乡", "", "白石乡副乡长倪少华管的码头三年就裂了缝。") == "按属地 清溪镇"


MEMBERS = (Official("古思齐", "县监委委员"), Official("严守正", "县纪委常委"))


@pytest.mark.parametrize(
    ("cells", "text", "accused"),
    [
        (("古思齐", "县纪律检查委员会", "", ""), "收了螃蟹两箱。", ("古思齐",)),
        (("古委员", "县监委", "", ""), "收了螃蟹两箱。", ("古思齐",)),
        (("古思齐", "", "委员", "清溪镇"), "收了螃蟹两箱。", ("古思齐",)),
        (("古思齐", "", "", "东湖街道"), "反映县监委委员古思齐收受礼品。", ("古思齐",)),
        (("", "", "", ""), "县纪委常委严守正联系清溪镇，镇里的工程给了他表弟。", ("严守正",)),
        (("骆占山", "", "", "清溪镇"), "骆占山请县纪委联系我镇的严守正吃饭，花了三千元。", ("严守正",)),
        (("骆占山", "", "", "清溪镇"), "县监委古委员收了他两条烟。", ("古思齐",)),
        (("古思齐", "", "", "清溪镇上河村"), "村会计古思齐多报了十二亩地。", ()),
        (("古思齐", "", "", "清溪镇"), "县纪委：反映古思齐多报了十二亩地。", ()),
        (("古思齐", "清溪镇纪委", "委员", "清溪镇"), "上班时间打麻将。", ()),
        (("古书记", "清溪镇纪委", "纪委书记", "清溪镇"), "上班时间打麻将。", ()),
        (("骆占山", "", "", "清溪镇"), "骆占山请镇纪委古书记吃饭。", ()),
        (("骆占山", "", "", "清溪镇"), "此事县纪委严守正常委接访时答复过。", ()),
        (("骆占山", "", "", "清溪镇"), "请县纪委严常委查一查骆占山。", ()),
    ],
)
def test_members_of_the_office_that_a_filing_accuses(
    cells: tuple[str, str, str, str], text: str, accused: tuple[str, ...]
) -> None:
    who, unit, post, place = cells
    assert accused_members([Filed.of(who, unit, post, "", place, "", "", text)], MEMBERS) == accused


def _ledger(accused: str, responsible: str, lead: str, lead_post: str) -> pd.DataFrame:
    """One case of 上河村 that lists filing F0."""
    return pd.DataFrame({
        "case_id": ["HJ-1"], "subject": [f"反映{accused}有关问题"], "accused": [accused], "unit": [""],
        "place": ["清溪镇上河村"], "first_petition_date": [pd.Timestamp("2025-05-09")], "status": ["化解中"],
        "lead_official": [lead], "lead_post": [lead_post], "responsible_official": [responsible],
        "responsible_post": [""], "responsible_unit": ["清溪镇党委"], "due_date": [pd.Timestamp("2026-05-09")],
        "closed_date": [pd.NaT], "filing_ids": ["F0"],
    })  # fmt: skip


@pytest.mark.parametrize(("accused", "responsible"), [("骆占山", ""), ("樊家明、骆占山", ""), ("骆占", "骆占山")])
def test_the_accused_of_the_ledgers_own_row_is_not_made_responsible(accused: str, responsible: str) -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0"], "date": [pd.Timestamp("2025-05-09")], "place": ["清溪镇上河村"],
        "text": ["虾塘租金每年二十四万，村账只记五万八，支书吞了十几万。"],
    })  # fmt: skip
    cases = _ledger(accused, "骆占山", "严守正", "县纪委常委")
    (matter,) = rd.detect(filings, cases=cases).matters.to_dict("records")
    assert (matter["case_id"], matter["lead_official"], matter["responsible_official"]) == (
        "HJ-1",
        "严守正",
        responsible,
    )


@pytest.mark.parametrize(("lead_post", "lead"), [("县纪委副书记", ""), ("副县长", "骆清扬")])
def test_a_member_of_the_office_is_not_led_by_a_colleague(lead_post: str, lead: str) -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0"], "accused": ["古思齐"], "date": [pd.Timestamp("2025-05-09")], "place": ["清溪镇上河村"],
        "title": ["监督者谁来监督"], "text": ["县监委委员古思齐收受螃蟹八箱、白酒六箱。"],
    })  # fmt: skip
    rows = [("清溪镇", "向明远", "", "严守正", "县纪委常委"), ("白石乡", "饶思远", "", "古思齐", "县监委委员")]
    officials = pd.DataFrame(rows, columns=["town", "secretary", "mayor", "lead_official", "lead_post"])
    (matter,) = rd.detect(filings, officials=officials).matters.to_dict("records")
    assert (matter["lead_official"], matter["responsible_official"]) == ("", "向明远")
    assert matter["link_note"].startswith("回避：包案领导严守正")
    cases = _ledger("古思齐", "向明远", "骆清扬", lead_post)
    (matter,) = rd.detect(filings, cases=cases, officials=officials).matters.to_dict("records")
    assert (matter["case_id"], matter["lead_official"]) == ("HJ-1", lead)


def charged(
    *texts: str, lead: str = "严守正", apart: bool = False, settings: rd.Settings | None = None
) -> pd.DataFrame:
    """Matters of filings of one village; `apart` when a person told the first two apart."""
    filings = pd.DataFrame({"text": texts, "place": "清溪镇上河村"})
    filings["filing_id"] = [f"F{number}" for number in range(len(texts))]
    filings["accused"] = ["骆占山" if "骆占山" in text else "" for text in texts]
    filings["date"] = pd.date_range("2025-01-05", periods=len(texts), freq="9D")
    officials = pd.DataFrame(
        [("清溪镇", "向明远", "", lead, "县纪委常委")],
        columns=["town", "secretary", "mayor", "lead_official", "lead_post"],
    )
    decisions = pd.DataFrame([("F0", "F1", "different")], columns=["left_id", "right_id", "decision"])
    return rd.detect(filings, officials=officials, decisions=decisions if apart else None, settings=settings).matters


def test_only_the_conflicting_column_is_emptied_and_the_note_says_why() -> None:
    found = charged(
        "骆占山侵占林地补偿款十二万元，县纪委严常委收了他的好处。", settings=rd.Settings(escalation="市监委")
    )
    (matter,) = found.to_dict("records")
    assert (matter["lead_official"], matter["responsible_official"]) == ("", "向明远")
    assert matter["link_note"].startswith("回避：包案领导严守正")
    assert "市监委" in matter["link_note"]


def test_who_shares_a_post_with_the_accused_is_recused_too() -> None:
    (matter,) = charged("骆占山侵占林地补偿款，陪同验收的是严守正。", lead="古思齐、严守正").to_dict("records")
    assert matter["lead_official"] == ""


NOTES = (
    "上河村主任骆占山侵占林地补偿款，验收的时候向明远书记陪着吃了饭，签了字。",
    "村里那笔钱一年多没有下文，老人去问也没有人理。",
)


def test_a_note_that_names_nobody_counts_with_what_it_resembles_most() -> None:
    found = charged(*NOTES)
    assert len(found) == 2
    assert set(found["responsible_official"]) == {""}
    assert found["link_note"].str.contains("疑似同一事项").sum() == 1


def test_a_suspicion_ends_when_a_person_tells_the_two_apart() -> None:
    found = charged(*NOTES, apart=True)
    assert sorted(found["responsible_official"]) == ["", "向明远"]


def _gold(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def answers(anlan: Path, anlan_result: rd.Result) -> pd.DataFrame:
    """Our answer for each filing of the example county beside the gold one."""
    gold = _gold(anlan, "gold_filings.csv").merge(_gold(anlan, "gold_links.csv"), on="matter_id")
    return anlan_result.filings.merge(gold, left_on="filing_id", right_on=gold.columns[0], validate="1:1")


def test_every_recusal_of_the_example_county_is_honoured(answers: pd.DataFrame) -> None:
    recused = answers[answers["note"].str.contains("回避")]
    for ours, gold in (("lead_official", "包案领导"), ("responsible_official", "化解责任人")):
        assert set(recused.loc[recused[gold] == "", ours]) <= {""}


def test_cases_and_officials_of_the_example_county(anlan: Path, answers: pd.DataFrame) -> None:
    linked, gold = answers["case_id"], answers["化解编号"]
    decoys = set(_gold(anlan, "cases.csv")["化解编号"]) - set(gold)
    assert not set(linked) & decoys
    right = (linked == gold) & (gold != "")
    assert right.sum() >= 0.85 * (gold != "").sum()
    assert right.sum() >= 0.9 * (linked != "").sum()
    cells = (
        (answers["lead_official"] == answers["包案领导"]).mean(),
        (answers["responsible_official"] == answers["化解责任人"]).mean(),
    )
    assert sum(cells) / 2 >= 0.85


def test_each_of_several_heads_of_a_township_is_looked_for() -> None:
    filed = Filed.of("骆占山", "", "", "", "清溪镇上河村", "", "", "分钱那天李四海也拿了两万元。")
    scene = scene_of([filed], "清溪镇", TOWNS)
    assert leading_group([filed], scene, "张三平、李四海")
    assert not leading_group([filed], scene, "张三平、王五江")


def test_a_secretary_who_is_one_of_two_responsible_ones_heads_the_township() -> None:
    filings = pd.DataFrame({
        "filing_id": ["F0", "F1"], "accused": ["骆占山"] * 2, "place": ["清溪镇上河村"] * 2,
        "text": ["上河村骆占山侵占林地补偿款十二万元，镇党委书记点了头，也分了钱。"] * 2,
        "date": pd.to_datetime(["2025-01-05", "2025-06-05"]),
    })  # fmt: skip
    case = {
        "case_id": "HJ-1", "subject": "上河村骆占山侵占林地补偿款", "accused": "骆占山", "place": "清溪镇上河村", "status": "化解中",
        "lead_official": "严守正", "lead_post": "县纪委常委", "responsible_official": "向明远、宋青山",
        "filing_ids": "F0",
    }  # fmt: skip
    columns = ["unit", "responsible_post", "responsible_unit"]
    dates = dict.fromkeys(("first_petition_date", "due_date", "closed_date"), pd.NaT)
    cases = pd.DataFrame([{**case, **dict.fromkeys(columns, ""), **dates}])
    rows = [("清溪镇", "向明远", "", "严守正", "县纪委常委")]
    officials = pd.DataFrame(rows, columns=["town", "secretary", "mayor", "lead_official", "lead_post"])
    found = rd.detect(filings, cases=cases, officials=officials).links
    assert found["recused_town"].tolist() == ["清溪镇"]
    assert set(found["recused"].iloc[0].split("、")) == {"向明远", "宋青山"}


@pytest.mark.parametrize("lead", ["古思齐", "严守正、古思齐"])
def test_a_matter_against_one_of_several_leads_is_not_the_countys(lead: str) -> None:
    filings = pd.DataFrame({"accused": ["古思齐"], "place": ["县直单位"], "text": ["古思齐收受烟酒。"]})
    officials = pd.DataFrame(
        {"town": ["县直单位"], "secretary": [""], "mayor": [""], "lead_official": [lead], "lead_post": [""]}
    )
    assert rd.detect(filings.assign(filing_id="F0"), officials=officials).links["town"].tolist() == [""]


@pytest.mark.parametrize(
    ("sentence", "group"),
    [
        ("清溪镇党委集体研究决定把林地无偿划给骆占山。", True),
        ("征地款被清溪镇政府挪用盖了办公楼。", True),
        ("镇政府把扶贫款截留了三成。", True),
        ("清溪镇政府查处了挪用专款的问题。", False),
        ("我们向镇政府反映骆占山截留补偿款。", False),
        ("清溪镇政府把补偿款发到了户。", False),
    ],
)
def test_a_township_whose_committee_or_government_did_it(sentence: str, group: bool) -> None:
    filed = Filed.of("骆占山", "", "村主任", "", "清溪镇上河村", "", "", sentence)
    assert bool(leading_group([filed], scene_of([filed], "清溪镇", TOWNS))) is group


@pytest.mark.parametrize(
    ("sentence", "accused"),
    [
        ("严守正常委每个月都来他家钓鱼，不付钱。", ("严守正",)),
        ("严守正常委来核查过一次。", ()),
        ("请严守正常委做主。", ()),
    ],
)
def test_a_member_told_by_name_and_title_without_the_office(sentence: str, accused: tuple[str, ...]) -> None:
    filed = Filed.of("骆占山", "", "村主任", "", "清溪镇上河村", "", "", sentence)
    assert accused_members([filed], MEMBERS) == accused

"""Whom a text accuses when no cell says it."""

from __future__ import annotations

import pandas as pd
import pytest

import repeatdetect as rd
from repeatdetect import facts
from repeatdetect.text import sound


def accused(text: str) -> set[str]:
    """Names, or surnames, of the accused of a filing that has nothing but a text."""
    return {person.name or person.surname for person in facts.extract({"text": text}).accused}


@pytest.mark.parametrize(
    "place",
    [
        "梅溪湖",
        "红树湾",
        "楚绣苑",
        "柳园路",
        "龙腾公司",
        "华盛国际大厦",
        "楚安东路",
        "章台小区",
        "钟鼎花园",
        "潘塘公园",
        "惠泽新城",
    ],
)
def test_estates_lakes_streets_and_firms_are_nobody(place: str) -> None:
    assert accused(f"{place}附近每晚施工,{place}的住户没法睡觉,反映多次,{place}没有人管。") == set()


@pytest.mark.parametrize("county", ["平泰县", "裕昌县", "安和市", "江宁乡"])
def test_the_county_of_a_body_is_nobody(county: str) -> None:
    assert accused(f"反映{county}民政局侵占公墓收入,{county}民政局的人都知道,{county}的群众议论纷纷。") == set()


@pytest.mark.parametrize(
    "greeting", ["尊敬的沈书记:", "沈书记您好,", "尊敬的县委沈书记,您好!", " 沈书记：", "尊敬的沈怀瑾书记:"]
)
def test_whoever_is_greeted_is_not_accused(greeting: str) -> None:
    text = "我村的路修了一半就停了,什么时候能修完?"
    assert accused(greeting + text) == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("沈书记把修路的钱挪去盖了办公楼。", "沈"),
        ("举报沈怀瑾贪污,沈怀瑾把修路的钱拿走了。", "沈怀瑾"),
        ("您好,沈怀瑾书记把修路的钱拿走了。", "沈怀瑾"),
        ("反映石塘村村主任龚培湖的问题。", "龚培湖"),
    ],
)
def test_whoever_is_spoken_of_is(text: str, name: str) -> None:
    assert name in accused(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("沈长贵", "沈常贵"), ("单玉林", "善玉林"), ("曾大有", "增大有"), ("解放鸣", "谢放明"), ("仇立山", "邱立山")],
)
def test_a_character_of_two_readings_sounds_as_names_read_it(one: str, other: str) -> None:
    assert sound(one) == sound(other)


def test_what_one_can_do_is_nobody() -> None:
    assert accused("反映村道坑洼,希望能尽快解决,能督促修好,能重视我们的出行。") == set()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("社区施姓书记又收了一笔钱。", "施"),
        ("姓施的书记签的验收,他还能当书记?", "施"),
        ("那辆车也是寇总家的,寇总家的保安说的。", "寇"),
        ("反映梅局收礼。", "梅"),
        ("樊家的书记占了地。", "樊"),
    ],
)
def test_a_surname_with_a_title_is_no_full_name(text: str, name: str) -> None:
    assert accused(text) == {name}


@pytest.mark.parametrize(
    "text",
    [
        "我才下决心盖的棚,盖之前书记说盖吧。",
        "我是旱坪村上庄组马有仓,七十岁。",
        "举报赵楼村发霉的化肥,赵楼支书不管,赵楼的群众都知道。",
        "替父亲黎万才反映。父亲黎万才的贷款是别人签的字。",
        "恳请沈书记为我们做主。",
        "毛华来访。来访人说路灯不亮。",
    ],
)
def test_who_is_no_person_or_files_is_not_accused(text: str) -> None:
    assert accused(text) == set()


@pytest.mark.parametrize(
    ("cell", "surname", "post"),
    [
        ("姓施的书记", "施", "书记"),
        ("姓施的", "施", ""),
        ("樊家", "樊", ""),
        ("邢总", "邢", "经理"),
        ("卢书计", "卢", "书记"),
        ("党姓", "党", ""),
        ("施姓副所长", "施", "副所长"),
        ("于副场长", "于", "副场长"),
        ("李副总经理", "李", "副经理"),
        ("涂局", "涂", "局长"),
    ],
)
def test_a_cell_that_tells_a_surname(cell: str, surname: str, post: str) -> None:
    (person,) = facts.field_persons(cell)
    assert (person.name, person.surname, person.post) == ("", surname, post)


def test_a_village_before_a_post_is_no_given_name() -> None:
    (secretary,) = facts.field_persons("石塘村书记")
    assert (secretary.name, secretary.given, secretary.post, secretary.place) == ("", "", "村书记", "石塘村")
    (named,) = facts.field_persons("龚培元村书记")
    assert (named.name, named.post) == ("龚培元", "村书记")
    (of_unit,) = facts.field_persons("杨柳村书记", "", "杨柳村党支部")
    assert (of_unit.name, of_unit.place) == ("", "杨柳村")


@pytest.mark.parametrize(
    ("cell", "name", "post", "place"),
    [
        ("李建国（村支书）", "李建国", "村书记", ""),
        ("李建国【副镇长】", "李建国", "副镇长", ""),
        ("李建国：村支书", "李建国", "村书记", ""),
        ("村支书：李建国", "李建国", "村书记", ""),
        ("李建国(男,石塘村会计)", "李建国", "村会计", "石塘村"),
        ("李建国（已故）", "李建国", "", ""),
        ("李建国同志", "李建国", "", ""),
        ("村干部李建国", "李建国", "", ""),
        ("石塘村原支书李建国", "李建国", "村书记", "石塘村"),
        ("石塘村时任支书李建国", "李建国", "村书记", "石塘村"),
        ("石塘村原村主任李建国", "李建国", "村主任", "石塘村"),
        ("双桥镇原镇长李建国", "李建国", "镇长", "双桥镇"),
        ("原石塘村支书李建国", "李建国", "村书记", "石塘村"),
        ("任书记", "", "书记", ""),
        ("第一书记李建国", "李建国", "队员", ""),
    ],
)
def test_a_name_with_a_note_or_a_former_post(cell: str, name: str, post: str, place: str) -> None:
    (person,) = facts.field_persons(cell)
    assert (person.name, person.post, person.place) == (name, post, place)
    assert bool(person.surname)
    assert person.sure == bool(name)


def test_each_of_several_has_the_note_that_stands_behind_it() -> None:
    assert [(p.name, p.post) for p in facts.field_persons("李建国（男，村支书）、王小河（会计）")] == [
        ("李建国", "村书记"),
        ("王小河", "村会计"),
    ]


@pytest.mark.parametrize("cell", ["暂无", "待查", "待核实", "群众", "多人", "未填写", "无名氏"])
def test_a_cell_that_names_nobody(cell: str) -> None:
    assert facts.field_persons(cell) == ()


@pytest.mark.parametrize("cell", ["县公安局", "县水利局", "双桥派出所", "执法大队", "施工方"])
def test_a_body_is_nobody(cell: str) -> None:
    assert [(p.name, p.surname, p.given, p.post) for p in facts.field_persons(cell)] == [("", "", "", "")]


@pytest.mark.parametrize("surname", ["欧阳", "司马"])
def test_a_double_surname_before_a_post(surname: str) -> None:
    (person,) = facts.field_persons(f"{surname}书记")
    assert (person.name, person.surname, person.given, person.post) == ("", surname, "", "书记")


@pytest.mark.parametrize(
    ("cell", "post"),
    [
        ("村民委员会主任", "村主任"), ("第一书记", "队员"), ("董事长", "经理"), ("教师", "老师"), ("四级主任科员", ""),
        ("会计师", ""), ("管委会主任", "主任"), ("党委委员、副镇长", "镇委员"),
    ],
)  # fmt: skip
def test_the_post_of_a_cell(cell: str, post: str) -> None:
    assert facts.field_post(cell) == post


@pytest.mark.parametrize("name", ["由大伟", "涂海燕", "慈建民", "折向东", "郑有为", "西门振华"])
def test_a_cell_with_a_rare_surname_is_a_full_name(name: str) -> None:
    (person,) = facts.field_persons(name)
    assert (person.name, person.sure) == (name, True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我们村支书权耀祖把地卖了。", "权耀祖"),
        ("林场副场长于占江倒卖参地。", "于占江"),
        ("桦皮村主任初桂兰当了九年主任。", "初桂兰"),
    ],
)
def test_a_name_that_is_a_word_too_is_plain_after_a_post(text: str, name: str) -> None:
    (person,) = facts.extract({"text": text}).accused
    assert (person.name, person.sure) == (name, True)


@pytest.mark.parametrize(
    "text",
    [
        "被举报人樊守业是石塘村支书。",
        "举报人：王小河，住石塘村。被控告人：樊守业。事实与理由：2020年收受礼金。",
        "被反映人姓名：樊守业，男，五十岁。",
    ],
)
def test_whom_a_form_calls_the_accused_is_accused_and_nobody_else(text: str) -> None:
    assert accused(text) == {"樊守业"}


@pytest.mark.parametrize("name", ["吴再贵", "李会明", "陈为善", "王从军", "李从文", "黄任远", "何任生", "罗大山"])
@pytest.mark.parametrize("post", ["支书", "村主任", "组长", "副支书"])
def test_a_name_behind_a_post_stands_in_the_matter(post: str, name: str) -> None:
    filings = pd.DataFrame({"place": ["大坪镇龙洞村"], "text": [f"大坪镇龙洞村{post}{name}贪污粮食直补款，数额很大。"]})
    assert rd.detect(filings, settings=rd.Settings(jobs=1)).matters["accused"].tolist() == [name]


@pytest.mark.parametrize(
    "text",
    [
        "支书李会收钱。",
        "主任张再三推诿。",
        "村长李从不开会。",
        "书记刘为人霸道。",
        "老板都送了礼。",
        "会计包工程，文书管账。",
        "支书花公款。",
        "会计应退赃款。",
    ],
)
def test_what_goes_on_behind_a_post_is_no_name(text: str) -> None:
    assert all(len(name) < 2 for name in accused(text))


def test_a_post_begins_no_name_behind_a_township() -> None:
    assert accused("大坪镇支书罗大山贪污公款,罗大山还打人。") == {"罗大山"}


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("会计张三", "张三"),
        ("主任李八一", "李八一"),
        ("村支书王名山", "王名山"),
        ("欧阳建一", "欧阳建一"),
        ("张三等3人", "张三"),
    ],
)
def test_a_name_that_ends_as_a_number_does_is_whole(cell: str, name: str) -> None:
    assert [person.name for person in facts.field_persons(cell)] == [name]

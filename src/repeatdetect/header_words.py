"""What the words of a header tell, whatever system wrote it: that it is a filing's text, the office's work, a person."""

from __future__ import annotations

import re

OF_PETITIONER = ("id_number", "phone", "address")  # columns of what a petitioner is known by
OF_ACCUSED = ("unit", "post", "rank", "authority")
_COLUMNS = {"petitioner": ("petitioner", *OF_PETITIONER), "accused": ("accused", *OF_ACCUSED)}
PERSONAL = frozenset(column for columns in _COLUMNS.values() for column in columns)

_FILES = r"信访|举报|检举|控告|反映|来信|来访|来电|来件|投诉|申诉|诉求|留言|上访|写信"
_WHOM = r"(?:人员|人|者|群众|对象)"
_ACCUSED = re.compile(
    rf"被(?:{_FILES}|核查|审查|调查|谈话)|(?:{_FILES}|涉及|涉事|涉案|涉嫌)(?:对象|干部)|涉[事及案嫌](?:人员|人|者)"
)
_PETITIONER = re.compile(rf"(?:{_FILES})(?:人(?!数|次)|者|群众)")

_OF_PERSON = re.compile(
    rf"(?:(?:{_FILES})?{_WHOM}|人员|个人|家庭|干部)(?:基本|个人|家庭|详细|主要|身份)*(?:情况|信息|简历|简介|资料|地址)$"
)

#: words of what the office did with a filing
HANDLING = re.compile(
    r"承办|经办|主办|办[理件结毕]|处[理置]|查[处办]|[调核复审初]查|核实|初核|审[理批核签]|立案|结[案论]|归档|领导(?!干部)|批[示办]|拟办|[签阅]批|答复|回复|"
    r"回应|反馈|回访|评价|满意|交办|转[办送交]|移送|督办|(?<!群众)意见(?!建议)|整改|化解|稳控|研判|问责|处分|进展|进度|跟踪|落实|责任|措施|结果|属实"
)
_SPEAKER = r"信访人|举报人|反映人|检举控告人|检举人|控告人|投诉人|申诉人|诉求人|留言人|来信人|来访人|来电人|写信人|群众|市民|村民|居民|网民|网友|职工"
_ACT = r"信访|举报|反映|检举|控告|投诉|申诉|上访|来信|来访|来电|来件|接访|接待|接谈|接听|通话|谈话|信件|邮件|留言|贴文|帖子|发帖|工单|求助|述说|诉说"
_THING = r"问题|诉求|请求|事项|事件|线索|事实|理由"
_KIND = r"主要|具体|详细|基本|完整|全部|原始|书面|文字|语音|录音|转写|有关|相关|简要|核心|本次|案件|原件|[原信函件的之所及和与等]"
_TEXT = r"内容|摘要|概况|概述|概要|简述|简介|详情|详细|原文|原信|原话|正文|全文|描述|陈述|自述|口述|叙述|经过|事由"  # by themselves
_VAGUE = r"情况|记录|笔录|实录"  # of what, another word must say
_WHOLE = re.compile(
    rf"(?P<by>{_SPEAKER})?(?P<said>(?:{_ACT}|{_THING}|{_KIND}|{_TEXT}|{_VAGUE})*?)(?P<last>{_TEXT}|{_VAGUE}|{_THING}|反映)"
)
_TELLS = re.compile(f"{_ACT}|{_THING}|{_TEXT.replace('详细|', '')}")


def is_text(header: str) -> bool:
    """Whether a header, as `headers.label` reduces it, is of the words in which systems name what a filing says.

    It must be of such words throughout: 信访反映内容, 问题详情, 来访记录, not 信访人情况, which is a person, and not 办理情况.
    """
    if HANDLING.search(header) or not (whole := _WHOLE.fullmatch(header)):
        return False
    said, last = whole["said"], whole["last"]
    if re.fullmatch(_TEXT, last):
        return True
    if re.fullmatch(_VAGUE, last):
        return bool(_TELLS.search(said)) or (whole["by"] is None and bool(re.search("详细|具体", said)))
    return last in ("问题", "诉求") or bool(whole["by"] or said)


def person(header: str) -> str:
    """Canonical column of the person a header speaks of: ``accused``, ``petitioner``, or "" where it names neither."""
    if _ACCUSED.search(header):
        return "accused"
    return "petitioner" if _PETITIONER.search(header) else ""


def is_of_person(header: str) -> bool:
    """Whether a header, reduced, speaks of what a person is: 信访人基本情况, not 信访人反映情况."""
    return bool(_OF_PERSON.search(header))


def is_foreign(header: str, column: str) -> bool:
    """Whether a column is of one person and a header, or the beginning of one, speaks of the other."""
    who = person(header)
    return bool(who) and column in PERSONAL and column not in _COLUMNS[who]

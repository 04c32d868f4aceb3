"""A letter that an office passes on: where what the office puts before it ends, and where what it puts below begins."""

from __future__ import annotations

import re

import numpy as np

from repeatdetect import text

_LETTERS = re.compile(r"[^\W_]+")
_HAN = re.compile(rf"[{text.HAN}]")
_LEAD = 500  # characters an office may put before a letter it passes on
_SHINGLE = 8
_HELD = 0.9  # share of a letter's wording that an earlier one must have
_WHOLE = 0.5  # share of an earlier letter that is kept, from which it is worth looking whether all of it is
_LEAST = 20  # letters a copy has at least
_DENSE = 12  # shingles, of so many, that are known where a copy begins

_PASSED_ON = re.compile(
    r"[转移]交|[转交督]办|[转移]送|[批函来]转|[转函]来|转[去自信发至下县市区你]|摘转| 转 |阅处|研处|审处|信访件|来[信文件]|原[文信件]|照录|摘录|"
    r"呈报|查收|移[交送].*线索|巡[察视]|督察|分流|收件[:人]|收文|工单|下转|转录|见下|发你们|书面材料|复[制印]件|FW|Fwd"
)
_PROCEDURE = re.compile(  # words of an office about a letter, none about what the letter tells
    r"附件|附[:\d]|随[函信]|联系(?:人|电话|科室|方式)|电话[:\d]|传真|邮编|抄[送报]|[阅研审]处|阅示|已阅|整理|录[音入毕]|[存归]档|工单|系统|自动生成|"
    r"密级|机密|保密|涉密|阅后|页[尾眉脚]|内部资料|页码|第 ?\d+ ?页|共 ?[印\d]+ ?[页份]|办理|办结|承办|经办|拟办|[转交督]办|回访|反馈|签[收发章]|来[信件函]|信件|封信|[本此]件|"
    r"原[件信文]|复印|编号|登记|文号|复核|校对|批[:示]|[转移]送|移交|转给|分流|回执|注[:：]|打印|主题词|印[发章]|[代盖]章|此函|流转|派发|销号|收悉|告知|"
    r"机要|一式|留存|受理|[审核]核|核[查实]|查[收处]|处理|答复|报送|上报|信访|发自|完毕|结束|时限|截[止至]|上传|举报人|回复|\(完\)|[已代]转|转[出你]|同意转|收发|工作日|误收|抄录|辨认|字迹|落款|研判|即日|回 ?执|"
    r"值班|公章|批示|牵头|回话|办完|报告|摘转|转[:交纪]"
)
#: a field of a form (备注:无); what a writer announces so is none
_FIELD = re.compile(
    rf"(?:^|\s)(?!补充|另|再|又|还|新|追加|附言|最近|现在|同案|涉案|参与|名单|冒领|证人|被[举反控投检]|主任|会计|书记|[村镇乡]长|支书)[{text.HAN}A-Za-z]{{1,8}}:"
)
_BODY = r"[^\s,。;!?]{0,24}(?:局|办|办公室|室|委|组|科|股|处|中心|院|厅|部|会|政府|站|台|信箱|邮箱|系统|专班|大队|支队|窗口|热线)"
_DATE = r"(?:[\d〇零一二三四五六七八九十]{2,4}年)?[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日|\d{2,4}[-/.]\d{1,2}(?:[-/.]\d{1,2})?|\d{1,2}[/.]\d{1,2}"
_SIGNED = re.compile(rf"(?:{_BODY})?\s*(?:\([^()\n]{{0,12}}\)?)?\s*[{text.HAN}]{{0,4}}\s*(?:{_DATE})?(?:[上下]午)?")
_EDGES = " \t\n　-—=_*~·|│┌┐└┘├┤─>#[]【】()<>:;,.。…"
_FACT = re.compile(  # what only a letter tells: sums, measures, kin, who did what to whom
    r"\d(?:多|余|来)?[ 万千百亿]{0,2}(?:元|块|亩|斤|吨|平[方米]|公里|米|立方|头|棵|车)|[一二两三四五六七八九十百千万](?:多|余)?(?:元|块|亩|斤|吨)|\d ?万|"
    r"[他她](?!单位)|[我咱]们?家|俺|本人|舅|侄|儿|媳|妻|老婆|兄|弟|哥|姐|妹|亲[戚家]|贪|骗|偷|赌|抢|威胁|打[了人伤]|拆|强占|霸占|侵[占吞]|冒领|克扣|截留|挪用|吃喝|送[礼钱]|收[钱礼]"
)
_ADDED = re.compile(r"人(?:又|另|再)?补充|补充(?:反映|举报|说明)?:|也(?:参与|有份|分)")
_MINE = re.compile(r"我(?!(?:们)?[局委办会镇乡院部处室组科县市区单厅站]|们好)")


def bare(plain: str) -> str:
    """Normalised text without blanks and punctuation."""
    return "".join(_LETTERS.findall(plain))


def own_words(plain: str) -> str:
    """What is compared to find copies: normalised text between its forwarding header and the date below, bare."""
    return bare(plain[text.forwarding_end(plain) : text.letter_end(plain)])


def _procedure(line: str) -> bool:
    """Whether a line speaks of a letter as offices do, or signs or dates it, and tells no fact of a matter."""
    told = line.strip(_EDGES)
    if not _HAN.search(told):
        return True
    if _FACT.search(told) or _ADDED.search(told):
        return False
    return bool(_PROCEDURE.search(told) or _FIELD.search(told) or _SIGNED.fullmatch(told))


def _note_start(plain: str) -> int:
    """Where the closing lines begin that an office puts below a letter it passes on (at the end: there are none)."""
    at = len(plain)
    while (start := plain.rfind("\n", max(len(plain) - _LEAD, 0), at)) >= 0 and _procedure(plain[start:at]):
        at = start
    return at


def letter_within(plain: str, earlier: str, kept: float) -> tuple[int, int]:
    """Where an earlier letter begins and ends in one that passes it on (all of it: it passes none on).

    What comes first must speak of passing on, and nearly all that follows, but for what closes it, must stand in the
    earlier letter. Below a letter that begins as the earlier one does only lines count that speak of passing on.

    Parameters
    ----------
    plain, earlier : str
        Normalised texts.
    kept : float
        Share of the earlier one's wording that stands in the other.
    """
    if kept < _WHOLE and not _PASSED_ON.search(plain, 0, _LEAD):
        return 0, len(plain)
    end = _note_start(plain)
    letters, there = bare(plain[:end]), own_words(earlier)
    opening = [letters[i : i + _SHINGLE] in there for i in range(min(len(letters) - _SHINGLE + 1, _LEAST))]
    if opening and opening[0] and (sum(opening) >= _DENSE or there.startswith(letters[:_SHINGLE])):
        # most that say a thing again begin alike: nothing is put before
        return 0, end if _PASSED_ON.search(plain, end) and not _MINE.search(plain, end) else len(plain)
    at = [i for i, c in enumerate(plain[:end]) if c.isalnum()]
    known = {there[i : i + _SHINGLE] for i in range(len(there) - _SHINGLE + 1)}
    hits = [letters[i : i + _SHINGLE] in known for i in range(len(letters) - _SHINGLE + 1)]
    first = next((i for i, hit in enumerate(hits) if hit and sum(hits[i : i + _LEAST]) >= _DENSE), 0)
    last = max((i for i, hit in enumerate(hits) if hit), default=0) + _SHINGLE - 1
    if first and _closes(plain[at[last] + 1 : end]):
        end, hits = at[last] + 1, hits[: last - _SHINGLE + 2]
    rest = hits[first:]
    if not first or len(rest) < _LEAST or not _passes_on(plain[: at[first]]):
        return 0, len(plain)
    covered = np.convolve(rest, np.ones(_SHINGLE)) > 0  # letters of the rest in any shingle that is known
    return (at[first], end) if covered.mean() >= _HELD else (0, len(plain))


def _closes(tail: str) -> bool:
    """Whether what stands behind a letter in its last line is an office's: (平台受理时间:…), 回访要求:…"""
    return "\n" not in tail.strip() and not _MINE.search(tail) and _procedure(tail)


def _passes_on(lead: str) -> bool:
    """Whether what stands before a letter is an office's, not the writer's own."""
    if _PASSED_ON.search(lead):
        return True
    return not _MINE.search(lead) and not _FACT.search(lead) and any(map(_procedure, lead.splitlines()))

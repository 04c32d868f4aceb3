"""What is new in a filing: passages that state a fact no earlier filing of the matter states.

A clause is new when little of its wording and few of its facts occur in everything filed before, pooled; and when it
states something: a number, a person, a place, a document, a quotation, an event. Rhetoric, reminders and procedure
are left out. Art. 27 of the rules asks for new evidence in a repeat to be looked into, so the benefit of the doubt
goes to showing a passage.
"""

from __future__ import annotations

import itertools
import re

import pandas as pd

from repeatdetect import facts, lexical, numerals, text
from repeatdetect.ragged import HashCache

_RHETORIC = re.compile(
    r"求[领组上青]|恳[请求]|请[求领上纪组尽立认有贵你查派严给调不直依对]|[望盼]{1,2}[领查组贵予尽上早]|希望|为民做主|作主|公道|敢怒|强烈|严肃|坚信|相信|"
    r"感谢|谢谢|此致|敬礼|特此|尊敬|您好|你好|领导好|再次|又一次|多次反映|一直没|没有回音|没有动静|未见|没人管|没有人管|没人联系|没人找|"
    r"答复|什么时候|到底|为什么|难道|凭什么|天理|王法|明察|清廉|共产党|党中央|三令五申|国法|良心|血汗|老百姓|无法无天|"
    r"写过信|反映过|举报过|来过信|网上反映|重复|以前|之前反映|去年反映|年初|上次|来信|来访人|来电人|要求|诉求|转办|交办|督办|处理意见|阅处|"
    r"实名举报|我是|我叫|本人|自称|匿名|保密|附件|联系人|抄送|落款"
)
_EVENT = re.compile(
    r"[“\"「『]|\d|[一二三四五六七八九十百千万两]{1,}(?:[年月日号天次人户亩元块万张份个台辆套间栋层]|多)|证|合同|协议|收据|收条|发票|流水|记录|照片|录音|录像|视频|账本|名单|转账|微信|"
    r"签字|签名|盖章|公章|老板|小舅子|妻|儿子|女婿|弟|侄|亲戚|公司|店|厂|车|房|房子|医院|银行"
)
_TABLE = lexical.load().idf["terms"]
_HASHED = HashCache()


def _numbers(plain: str) -> list[str]:
    return [f"{kind}{value}" for kind, value, _, _ in numerals.numbers(plain)]


class Novelty:
    """Everything filed so far in one matter, pooled; costs a set look-up a term however many filings there are."""

    def __init__(self) -> None:
        self._terms: set[str] = set()
        self._grams: set[str] = set()
        self._numbers: set[str] = set()

    def add(self, filings: pd.DataFrame, row: int) -> None:
        """Add a filing's title and text to what is known."""
        for column in ("title", "text"):
            plain = text.normalise(str(filings[column].iat[row]))
            self._terms.update(text.terms(text.words(plain)))
            bare = re.sub(r"\W", "", plain)
            self._grams.update(map("".join, itertools.pairwise(bare)))
            self._numbers.update(_numbers(plain))
        for column in ("accused", "petitioner", "unit", "place", "post"):
            plain = text.normalise(str(filings[column].iat[row]))
            self._terms.update(text.terms(text.words(plain)))
            self._grams.update(map("".join, itertools.pairwise(plain)))

    def passages(self, filings: pd.DataFrame, row: int) -> list[str]:
        """Verbatim passages of a filing that state a new fact; neighbours are joined."""
        raw = str(filings["text"].iat[row])
        plain = text.normalise(raw)
        begin = text.forwarding_end(plain)
        kept: list[tuple[int, int]] = []
        for start, end in text.sentences(plain, longest=22):
            if start < begin:
                continue
            while start < end and plain[start] in " \n,。;:!?":
                start += 1
            if end - start >= 4 and self._is_new(plain[start:end]):
                if kept and start - kept[-1][1] <= 2:
                    kept[-1] = (kept[-1][0], end)
                else:
                    kept.append((start, end))
        return [raw[a:b].strip(" \n，,。；;") for a, b in kept]

    def _is_new(self, clause: str) -> bool:
        bare = re.sub(r"\W", "", clause)
        grams = list(map("".join, itertools.pairwise(bare)))
        if not grams:
            return False
        unknown = sum(gram not in self._grams for gram in grams) / len(grams)
        numbers = _numbers(clause)
        new_numbers = [n for n in numbers if n not in self._numbers]
        words = [w for w in dict.fromkeys(text.terms(text.words(clause))) if len(w) > 1]
        weights: list[float] = _TABLE(_ids(words)).tolist() if words else []
        fresh = sum(float(v) for w, v in zip(words, weights, strict=True) if w not in self._terms and v > 3.0)
        score = 2.2 * unknown + 0.12 * min(fresh, 15.0) + 1.0 * bool(new_numbers)
        score += 0.5 * bool(_EVENT.search(clause)) - 0.9 * bool(_RHETORIC.search(clause))
        if numbers and not new_numbers:
            score -= 0.6
        return score >= 2.3


def _ids(words: list[str]):  # type: ignore[no-untyped-def]
    import numpy as np

    return np.array([_HASHED[word] for word in words], np.uint32)


_ = facts

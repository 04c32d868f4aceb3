"""All knobs in one typed, frozen object, readable from TOML."""

from __future__ import annotations

import dataclasses
import os
import re
import tomllib
from dataclasses import dataclass, field
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from repeatdetect.errors import InputError

_KINDS = {
    "float | None": "数", "int": "整数", "str": "文字", "tuple[str, ...]": "文字的列表，如 [\"某某某\"]", "dict[str, str]": "文字对文字的表",
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """Settings of a run; the defaults suit a county office.

    Attributes
    ----------
    same, review : float or None
        Probabilities from which a pair is the same matter / is put to a person; None: the model's own, and
        more the more filings there are (see `repeatdetect.thresholds`).
    jobs : int
        Processes and threads that work at once (0: as many as there are cores). Results do not depend on it.
    own_level : str
        Level of the office: ``县``, ``县级市`` (its own bodies are called 市水利局), ``市`` or ``省``. Filings about cadres above it are quarantined.
    own_leaders : tuple of str
        Names of the office's own principal leaders; filings about them are quarantined.
    escalation : str
        Whom recused matters go to.
    place_aliases : dict
        Old name to new name of villages.
    columns : dict
        Source header to canonical column, over the built-in aliases.
    proposal_filings : int
        Matters with this many filings and no case become proposal rows of the ledger.
    soon_days : int
        A deadline within this many days is shown as due soon.
    """

    same: float | None = None
    review: float | None = None
    jobs: int = 0
    own_level: str = "县"
    own_leaders: tuple[str, ...] = ()
    escalation: str = "上级纪委监委信访室"
    place_aliases: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    proposal_filings: int = 3
    soon_days: int = 30

    def __post_init__(self) -> None:
        for setting in dataclasses.fields(self):
            value = getattr(self, setting.name)
            if isinstance(value, list):
                object.__setattr__(self, setting.name, value := tuple(value))
            if value is not setting.default and not _fits(value, setting.default):
                raise InputError(
                    "E202",
                    f"设置 {setting.name} 的类型不对",
                    hint=f"应为{_KINDS[str(setting.type)]}，请对照用户指南改正。",
                )
            if isinstance(value, Real) and not isinstance(value, (int, float)):  # of numpy, which JSON does not know
                object.__setattr__(self, setting.name, int(value) if isinstance(value, Integral) else float(value))
        for name in ("same", "review"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise InputError("E202", f"设置 {name} 应在 0 和 1 之间", hint="请改为如 0.5 的概率值。")
        if self.same is not None and self.review is not None and self.review > self.same:
            raise InputError(
                "E202", "设置 review 不应大于 same", hint="请人判定的把握应低于判为同一事项的把握，请改正。"
            )
        for name, least in (("jobs", 0), ("proposal_filings", 1), ("soon_days", 0)):
            if getattr(self, name) < least:
                raise InputError("E202", f"设置 {name} 不能小于 {least}", hint="请改正。")
        if self.own_level not in ("县", "县级市", "市", "省"):
            raise InputError("E202", "设置 own_level 只能是 县、县级市、市、省", hint="请改正设置文件。")

    @property
    def processes(self) -> int:
        """Processes to use."""
        return self.jobs if self.jobs > 0 else os.cpu_count() or 1

    @staticmethod
    def from_toml(path: str | Path) -> Settings:
        """Read a settings file.

        Raises
        ------
        InputError
            When it cannot be read, has an unknown key (the nearest known ones are named) or a wrong type.
        """
        place = Path(path).name
        try:
            data: dict[str, Any] = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"line (\d+)", str(error))
            where = f"{place} 第 {line.group(1)} 行" if line else place
            raise InputError(
                "E201", "设置文件的写法不对", place=where, hint="请检查 TOML 语法；中文键名要加引号。"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                "E201", "设置文件无法读取", place=place, hint="请检查路径与权限，并存为 UTF-8。"
            ) from error
        known = {f.name: f for f in dataclasses.fields(Settings)}
        for key in data:
            if key not in known:
                near = "、".join(nearest(key, list(known)))
                raise InputError("E203", f"设置文件中有未知项 {key}", place=place, hint=f"最接近的名称：{near}。")
        try:
            return Settings(**data)
        except InputError as error:
            raise InputError(error.code, error.message, place=place, hint=error.hint) from None


def _fits(value: object, default: object) -> bool:
    """Whether a value has the type of the setting's default."""
    if isinstance(value, (tuple, dict)):
        inner = value.values() if isinstance(value, dict) else value
        wanted = dict if default is dataclasses.MISSING else type(default)
        return isinstance(value, wanted) and all(isinstance(item, str) for item in inner)
    if default is None:
        return isinstance(value, Real) and not isinstance(value, bool)
    if isinstance(default, int):
        return isinstance(value, Integral) and not isinstance(value, bool)
    return type(value) is type(default)


def nearest(name: str, choices: list[str], count: int = 3) -> list[str]:
    """The `count` names closest to `name`, best first."""
    from rapidfuzz import fuzz, process

    return [match for match, _, _ in process.extract(name, choices, scorer=fuzz.ratio, limit=count)]

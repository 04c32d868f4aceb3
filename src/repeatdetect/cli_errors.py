"""Failures of the command line as one Chinese paragraph each: wrong arguments, and faults of ours."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import typer

from repeatdetect.errors import InputError, RepeatDetectError

INTERRUPTED, UNREAD, TERMINATED = 130, 141, 143  # exit codes after Ctrl+C, a closed pipe and SIGTERM, as shells count
_SPEAKING = ("echo", "_write_buffer")  # functions of Typer and Rich that write to the screen
_WHOLE = "已有结果和历史库要么与运行前一样，要么已整体换新"


class Stopped(RepeatDetectError):
    """The end of a run that somebody stopped."""

    def __init__(self, exit_code: int) -> None:
        self.exit_code = exit_code
        super().__init__("E299", "已中断", hint=f"{_WHOLE}；重新运行即可。")


def usage_error(error: typer.TyperException) -> RepeatDetectError:
    """A mistake in the arguments, as told by Typer, in our words."""
    kind = type(error).__name__
    name = _parameter(error)
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "repeatdetect"
    hint = f"请运行 {command} --help 查看用法。"
    if kind == "NoSuchOption":
        possible = getattr(error, "possibilities", None)
        near = f"是否想用 {'、'.join(sorted(possible))}？" if possible else ""
        return InputError("E230", "没有这个选项", place=name, hint=near + hint)
    if kind == "MissingParameter":
        return InputError("E231", "缺少必需的参数", place=name, hint=hint)
    if kind in ("BadParameter", "BadOptionUsage", "BadArgumentUsage"):
        return InputError("E232", "参数的值不对或缺少", place=name, hint=hint)
    words = error.message.split("'")
    if "command" in error.message and len(words) > 1:
        known = "、".join(context.command.list_commands(context)) if context else ""
        return InputError("E233", "没有这个命令", place=words[1], hint=f"可用的命令：{known}。")
    return InputError("E234", "命令行写法不对", place=command, hint=hint)


def _parameter(error: typer.TyperException) -> str:
    option = getattr(error, "option_name", None)
    if option:
        return str(option)
    parameter: Any = getattr(error, "param", None)
    if parameter is None:
        return ""
    return "/".join(parameter.opts) if parameter.param_type_name == "option" else parameter.metavar or parameter.name


def unread(error: BaseException | None) -> bool:
    """Whether an error only says that whoever read the output has gone (`… | head`)."""
    return isinstance(error, BrokenPipeError) and _speaking(error)


def _speaking(error: BaseException) -> bool:
    return any(frame.name in _SPEAKING for frame in traceback.extract_tb(error.__traceback__))


def unexpected(error: Exception) -> RepeatDetectError:
    """A fault of ours: kind and place only, for the message of an exception may hold a filing's content."""
    if isinstance(error, OSError) and _speaking(error):
        return InputError("E406", "屏幕输出写不出去", hint=f"{_WHOLE}；请检查输出重定向到的位置。")
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "repeatdetect" in frame.filename]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return RepeatDetectError(
        "E900", f"程序内部出错 {type(error).__name__}", place=place, hint=f"{_WHOLE}；请把这一行告诉维护者。"
    )

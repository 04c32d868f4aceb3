"""The office's memory: every filing it ever had, sealed, and the matters they make up."""

from repeatdetect.history.store import History

__all__ = ["History"]

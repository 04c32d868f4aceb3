"""Shipped models as data: ``scorer.json``, frozen IDFs, what words mean, what names look like; see ``models/``."""

"""Shipped models as data: ``lexical.npz`` (frozen IDF, latent-semantic space), ``scorer.json``; see ``models/``."""

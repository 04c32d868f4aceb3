"""Deciding doubtful pairs one by one on a local page: what to ask next, how a pair is shown, and a server for it."""

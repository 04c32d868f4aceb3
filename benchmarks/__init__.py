"""Mass data, peers and measurements; not part of the installed package."""

"""``python -m repeatdetect`` is the command ``repeatdetect``."""

from repeatdetect.cli import run

if __name__ == "__main__":
    run()

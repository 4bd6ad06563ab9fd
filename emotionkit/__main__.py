"""``python -m emotionkit`` is the command ``emotionkit``."""

from emotionkit.cli import main

if __name__ == "__main__":
    main()

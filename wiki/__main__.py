"""``python -m wiki``."""

from wiki.cli import main

if __name__ == "__main__":
    main()

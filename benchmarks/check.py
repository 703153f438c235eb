"""How long `wiki check` takes: on a vault that it never saw, again, after an edit, and for leaks.

    python -m benchmarks.check [VAULT] [--notes 10000]

Aims, on two processors and 10,000 notes: 20 s, 3 s, 3 s, 60 s. VAULT is copied; without it one is made.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import made_vault


def seconds(root: Path, data: Path, *options: str) -> float:
    """On the clock, with the start of the program."""
    command = [sys.executable, "-m", "wiki", "check", str(root), "--json", *options]
    begin = time.perf_counter()
    environment = {**os.environ, "WIKI_DATA_PATH": str(data)}
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment, check=False)
    return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vault", type=Path, nargs="?")
    parser.add_argument("--notes", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root, data = Path(folder) / "vault", Path(folder) / "data"
        if asked.vault:
            shutil.copytree(asked.vault, root)
        else:
            made_vault.make(root, asked.notes)
        time.sleep(0.1)  # a file that was just written is looked at again
        print(f"cold     {seconds(root, data):6.1f} s")
        print(f"warm     {min(seconds(root, data) for _ in range(3)):6.1f} s")
        (root / "New.md").write_text("[[Nowhere]]", "utf-8")
        print(f"one edit {seconds(root, data):6.1f} s")
        print(f"leaks    {seconds(root, data, '--leaks'):6.1f} s")


if __name__ == "__main__":
    main()

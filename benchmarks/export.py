"""How long an export takes, and how long when nothing has changed: ``python -m benchmarks.export VAULT [ROLE]``."""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.running import environment


def main(vault: Path, role: str = "owner") -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        env = environment(root / "data")

        def run(*arguments: str) -> str:
            command = [sys.executable, "-m", "wiki", *arguments]
            done = subprocess.run(command, cwd=root, env=env, check=True, stdout=subprocess.PIPE, text=True)
            return done.stdout.strip()

        run("index", str(vault.resolve()))
        for name in ("first", "second"):
            before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
            said = run("export", "out", str(vault.resolve()), "--role", role)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{name}: {time.monotonic() - started:.1f} s, {cpu:.1f} s of processors: {said}", flush=True)
        size = sum(path.stat().st_size for path in (root / "out").rglob("*") if path.is_file())
        print(f"{size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])

"""Runs the tests with the lowest versions of the libraries that pyproject.toml allows, or with the newest.

    python tests/versions.py lowest newest [--python 3.11] [--at FOLDER] [-- PYTEST ARGUMENTS]

It needs uv (`pip install uv`), builds one environment each under FOLDER (else in a temporary folder, which is removed),
prints what is in it that pyproject.toml names, and ends with 1 where the tests fail in any.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}


def main() -> None:
    arguments = _arguments()
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv is not installed: pip install uv")
    with tempfile.TemporaryDirectory() as temporary:
        failed = [
            which
            for which in arguments.which
            if not _run(uv, (arguments.at or Path(temporary)) / which, which, arguments.python, arguments.pytest)
        ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", nargs="+", choices=RESOLUTIONS)
    parser.add_argument("--python", default=f"{sys.version_info[0]}.{sys.version_info[1]}")
    parser.add_argument("--at", type=Path, metavar="FOLDER")
    arguments, arguments.pytest = parser.parse_known_args()
    return arguments


def _run(uv: str, folder: Path, which: str, version: str, arguments: list[str]) -> bool:
    """Build the environment and run the tests in it; whether they pass."""
    python = folder / "bin" / "python"
    install = [uv, "pip", "install", "--quiet", "--python", str(python), "--resolution", RESOLUTIONS[which]]
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", version, str(folder)], check=True)
    subprocess.run([*install, f"{ROOT}[test]"], check=True)
    print(f"--- {which}, Python {version}", flush=True)
    subprocess.run([uv, "pip", "freeze", "--python", str(python)], check=True)
    tests = [argument for argument in arguments if argument != "--"]
    # A case that is known to fail and that another runtime's rounding gets right is no failure.
    command = [str(python), "-m", "pytest", "-o", "xfail_strict=false", *tests]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    main()

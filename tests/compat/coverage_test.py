"""The generated coverage page says what this program really implements."""
import pathlib
import subprocess
import sys

from installation import binary

ROOT = pathlib.Path(__file__).resolve().parents[2]


def test_the_coverage_page_is_what_the_program_implements():
    listed = subprocess.run([binary(), "operations", "--implemented"], capture_output=True, text=True, check=True).stdout
    page = subprocess.run(
        [sys.executable, ROOT / "codegen/coverage.py", ROOT / "model", "-"],
        input=listed, capture_output=True, text=True, check=True,
    ).stdout
    assert page == (ROOT / "docs/reference/coverage.md").read_text(encoding="utf-8"), "run `make docs` and commit the page"

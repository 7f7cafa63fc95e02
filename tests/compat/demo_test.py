"""The demo shows what it says, and notices when it does not."""

import pathlib
import subprocess

from installation import binary, clean_environment

DEMO = str(pathlib.Path(__file__).resolve().parents[2] / "tools" / "demo")


def run(program, folder, **environment):
    return subprocess.run([DEMO, program], capture_output=True, text=True, timeout=300, cwd=folder,
                          env=clean_environment(TMPDIR=str(folder), **environment))


def test_demo_rotates_a_key_and_tidies_up(tmp_path):
    done = run(binary(), tmp_path)
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "every step behaved" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_demo_fails_with_a_server_that_does_not_start(tmp_path):
    done = run("/bin/false", tmp_path)
    assert done.returncode == 1 and "the server ended" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_demo_fails_with_a_client_that_tells_something_else(tmp_path):
    done = run(binary(), tmp_path, CLAVIGER_DEMO_AWS="/bin/echo")
    assert done.returncode == 1 and "the answer should have shown" in done.stderr
    assert list(tmp_path.iterdir()) == []

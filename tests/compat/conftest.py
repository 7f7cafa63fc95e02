"""Fixtures: a server of its own for every test, because it starts in milliseconds."""

import os
import pathlib
import subprocess

import pytest

import installation as installations

# Nothing of the settings of whoever runs the tests may reach a client.
for name in list(os.environ):
    ours = name == "CLAVIGER_BINARY" or name.startswith("CLAVIGER_COMPAT_")
    if name.startswith(("AWS_", "CLAVIGER_")) and not ours or name.lower().endswith("_proxy"):
        del os.environ[name]
os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = "/nonexistent"
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"


@pytest.fixture
def installation(tmp_path):
    """A data folder on which no server has been started yet."""
    made = installations.Installation(tmp_path)
    yield made
    made.finish()


@pytest.fixture
def server(installation):
    """A running server that keeps its data on disk."""
    return installation.start()


@pytest.fixture(params=["disk", "memory"])
def any_server(installation, request):
    """A running server, of either kind of store."""
    installation.memory = request.param == "memory"
    return installation.start()


@pytest.fixture
def measured(record_property):
    """Notes a figure that is printed at the end of the run and never judged."""
    return lambda text: record_property("measured", text)


def pytest_terminal_summary(terminalreporter):
    for report in terminalreporter.stats.get("passed", []):
        for name, text in report.user_properties:
            if name == "measured":
                terminalreporter.write_line(f"measured: {text}")


@pytest.fixture(scope="session")
def shifted_clock(tmp_path_factory):
    """Makes the environment in which a server's clock is so many seconds ahead."""
    library = tmp_path_factory.mktemp("clock") / "shifted_clock.so"
    source = pathlib.Path(__file__).with_name("shifted_clock.c")
    subprocess.run([installations.tool("cc"), "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return lambda seconds: {"LD_PRELOAD": str(library), "SHIFTED_CLOCK_SECONDS": str(seconds)}

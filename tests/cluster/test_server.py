"""The cluster of a run of tests never outlives it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .home import CannotStartError, Home, Java, find_java
from .server import Cluster, main

WAITING = [sys.executable, "-c", "import sys; sys.stdin.read()"]


def test_the_nodes_of_a_run_that_was_killed_are_ended_and_their_files_removed(tmp_path: Path) -> None:
    run = tmp_path / "run"
    (run / "plain" / "node0").mkdir(parents=True)
    (run / "plain" / "cluster.json").write_text(json.dumps({"ports": [1]}))
    node = subprocess.Popen(WAITING, stdin=subprocess.PIPE)
    (run / "plain" / "node0" / "pid").write_text(str(node.pid))
    tests = subprocess.Popen(WAITING, stdin=subprocess.PIPE)
    assert Cluster(run / "plain").running == [0]
    guard = subprocess.Popen([sys.executable, "-m", "cluster.guard", str(run), str(tests.pid)], cwd=Path(__file__).parents[1])  # fmt: skip
    tests.kill()
    tests.communicate()
    assert node.wait(60) == -9
    node.communicate()
    assert guard.wait(60) == 0
    assert not run.exists()


def test_a_cluster_whose_nodes_are_gone_is_an_error_that_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home", "3.9.0", Java(tmp_path, "21"))
    Cluster(tmp_path / "os").create(home, 1)
    shutil.rmtree(tmp_path / "os" / "node0")
    with pytest.raises(
        SystemExit, match=r"`python -m cluster.server remove --folder .*` removes the cluster"
    ):
        main(["start", "--folder", str(tmp_path / "os")])
    main(["remove", "--folder", str(tmp_path / "os")])
    assert list(tmp_path.iterdir()) == []


def java(folder: Path, version: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").touch()
    (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return folder


def test_the_java_that_is_named_is_taken_if_it_is_new_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java(tmp_path / "21", "21.0.2")))
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(java(tmp_path / "17", "17.0.15")))
    assert (find_java().major, find_java().program) == (17, tmp_path / "17" / "bin" / "java")
    monkeypatch.delenv("OPENSEARCH_JAVA_HOME")
    assert find_java().version == "21.0.2"
    monkeypatch.setenv("OPENSEARCH_JAVA_HOME", str(java(tmp_path / "11", "11.0.1")))
    with pytest.raises(CannotStartError, match="apt-get install openjdk-21-jre-headless"):
        find_java()

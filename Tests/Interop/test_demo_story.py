"""`portvakt demo` plays the whole way of a token on real servers of its own, and cleans up."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess

from world import binary, scratch


def story(folder: str, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(binary()), "demo", *arguments], capture_output=True, text=True, timeout=180,
        env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder},
    )


def test_every_step_ends_as_it_should_and_nothing_is_left():
    with scratch() as folder:
        done = story(folder, "--json")
        assert done.returncode == 0, done.stderr
        steps = json.loads(done.stdout)["items"]
        assert len(steps) == 11
        assert {step["result"] for step in steps} == {"as expected"}
        assert [step["expected"] for step in steps].count("done") == 9
        # Both refusals are told as a person would see them, and the commands can be copied.
        assert "[MP-251]" in done.stderr and "[MP-250]" in done.stderr
        assert done.stderr.count("$ portvakt ") >= 10
        # A token is a secret, also in a demonstration.
        assert "eyJ" not in done.stderr + done.stdout
        assert os.listdir(folder) == []


def test_a_world_that_is_kept_can_be_looked_at_afterwards():
    with scratch() as folder:
        kept = pathlib.Path(folder) / "story"
        done = story(folder, "story", "--keep", str(kept), "--quiet")
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        verified = subprocess.run(
            [str(binary()), "audit", "verify", "--data", str(kept), "--json"], capture_output=True, text=True, timeout=60
        )
        assert json.loads(verified.stdout)["result"] == "whole"
        again = story(folder, "story", "--keep", str(kept))
        assert again.returncode == 1
        assert "not made" in again.stderr

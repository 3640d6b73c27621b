"""What must hold under each fault of the campaign, in its short form, and while others write to the database."""

import http.client
import os
import pathlib
import time

import pytest

import crowd_campaign
import import_kill_campaign
import import_while_issuing
import sync_kill_campaign
from campaign.harness import Row, Template
from campaign.plan import SHORT, WHOLE
from world import World, scratch

# Issue tracker's figure for a token request beside a bulk import.
MOST_P99_MS = 250


@pytest.fixture(scope="module")
def template():
    with scratch() as folder:
        yield Template(pathlib.Path(folder))


def test_the_short_form_leaves_no_fault_out():
    assert list(SHORT) == list(WHOLE)


def hold(row: Row) -> None:
    """The invariants that hold after each fault."""
    print(row.told())
    assert row.short == []
    assert (row.lost, row.doubled, row.hung) == (0, 0, 0)
    # A round without tokens, without a replay or without an end of the fault would have tested nothing.
    assert row.runs > 0 and row.tokens > 0 and row.replays > 0 and row.heals


def test_a_killed_server_forgets_no_token_and_accepts_no_assertion_twice(template):
    row = SHORT["killed"](template)
    hold(row)
    # A campaign that never cut an answer off has not tested the crash.
    assert row.cut_off > 0


@pytest.mark.parametrize("fault", [name for name in SHORT if name != "killed"])
def test_whatever_befalls_it_the_server_loses_and_doubles_nothing_and_heals_or_says_why(template, fault):
    hold(SHORT[fault](template))


def test_tokens_do_not_wait_for_a_bulk_import(fresh_world):
    measured = import_while_issuing.measure(fresh_world, fresh_world.folder.parent, units=40_000, per_second=50)
    print(measured)
    assert measured.requests > 50
    assert measured.p99_ms < MOST_P99_MS, measured


def test_a_register_is_whole_wherever_its_import_is_killed_and_a_rerun_ends_in_the_same_state():
    with scratch() as folder:
        summary = import_kill_campaign.campaign(pathlib.Path(folder), rounds=4, units=3_000)
    print(summary)
    assert summary.rounds == 4
    # A campaign that never met a running import has not tested the crash.
    assert summary.killed > 0


def test_a_register_is_whole_wherever_its_sync_is_killed_and_a_rerun_ends_in_the_same_state():
    with scratch() as folder:
        summary = sync_kill_campaign.campaign(pathlib.Path(folder), rounds=3, changes=700)
    print(summary)
    assert summary.rounds == 3
    # A campaign that never met a running sync has not tested the crash.
    assert summary.killed > 0


def test_a_crowd_of_idle_and_slow_connections_takes_no_token_from_anybody_and_leaves_nothing_behind(fresh_world):
    measured = crowd_campaign.measure(fresh_world, idle=1_000, slow=100, seconds=12, per_second=20)
    print(measured)
    assert measured.failed == []
    assert measured.refused == 0
    assert measured.files_peak > measured.files_before + 1_000
    assert measured.files_after <= measured.files_before + 8
    # A debug build, and a tenth of the crowd: the figures of the release are those of `make faults`.
    assert measured.memory_peak < 300
    # Whoever does not come to the end of a body is closed after ten seconds.
    assert measured.closed_by_server["body"] > 0
    assert gauge(fresh_world, 'portvakt_http_connections{listener="public"}') == 0


def test_no_thread_of_a_server_interrupts_another(fresh_world):
    fresh_world.start()
    policies = {
        (pathlib.Path(f"/proc/{fresh_world.process.pid}/task") / thread / "comm").read_text().strip():
            os.sched_getscheduler(int(thread))
        for thread in os.listdir(f"/proc/{fresh_world.process.pid}/task")
    }
    assert "ledger-writer" in policies
    assert set(policies.values()) == {os.SCHED_BATCH}, policies


def gauge(world, name):
    """A number of `/metrics`, once it has settled."""
    for _ in range(100):
        connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=10)
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        finally:
            connection.close()
        value = next(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name))
        if value == 0:
            break
        time.sleep(0.1)
    return value


def test_a_second_server_on_the_same_data_is_refused(fresh_world):
    fresh_world.start()
    second = World(fresh_world.folder)
    done = second.command(
        "serve", "--data", str(second.folder), "--listen", f"127.0.0.1:{second.port}",
        "--admin-listen", f"127.0.0.1:{second.admin_port}", check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "serve.lock" in done.stderr or "another" in done.stderr, done.stderr
    assert fresh_world.request("GET", "health/ready").status == 200


def test_a_server_ends_in_order_when_asked(fresh_world):
    fresh_world.start()
    assert fresh_world.stop() == 0, fresh_world.tail()
    with pytest.raises(OSError):
        fresh_world.request("GET", "health/live")

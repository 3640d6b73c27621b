"""What a disk remembers when the power goes: every answered token, and no assertion that could be used again."""

import pytest

import power_cut_campaign

SEED = 20_261_122


def test_every_answer_leaves_after_its_entry_was_written_committed_and_synced(fresh_world):
    assert power_cut_campaign.order(fresh_world, 150) >= 150


def test_whatever_unsynced_writes_are_lost_at_a_power_cut_no_answered_token_is(fresh_world):
    summary = power_cut_campaign.campaign(fresh_world, rounds=8, seed=SEED)
    print(summary)
    assert len(summary.places) == len(power_cut_campaign.PLACES)
    # A campaign that never cut an answer off, or never cut behind a sync, has not tested the order.
    assert summary.lost > 0
    assert summary.lost_but_issued > 0
    assert summary.cut_at_start == 2
    assert summary.replays_refused > 200


def test_on_a_disk_that_answers_before_it_has_synced_both_proofs_fail(fresh_world):
    """What they would say of a server that did not wait for the sync: else they prove nothing."""
    with pytest.raises(AssertionError, match="left before its entry was synced"):
        power_cut_campaign.order(fresh_world, 20, swallows=True)
    with pytest.raises(AssertionError, match="tokens that clients hold are not in the ledger"):
        power_cut_campaign.campaign(fresh_world, rounds=1, seed=SEED, swallows=True)

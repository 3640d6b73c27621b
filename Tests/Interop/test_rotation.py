"""A running provider meets a token by a key that it does not know, and takes it."""

import pytest

from matrix import PROVIDERS, names
from providers.fleet import signer

SCOPE = "demo:fangst.read"


@pytest.fixture(scope="module")
def rotated(providers):
    """A token of before and one of after the rotation, which all providers live through as they run."""
    for program in names(PROVIDERS):
        providers.running(program, is_needed=False)
    old = providers.token(SCOPE)
    providers.sign_with_a_new_key()
    return old, providers.token(SCOPE)


@pytest.mark.cell("rotation")
@pytest.mark.parametrize("program", names(PROVIDERS, "rotation"))
def test_a_running_program_takes_up_the_new_key(providers, rotated, program):
    old, new = rotated
    assert signer(old) != signer(new)
    api = providers.running(program)
    api.tend()
    for token in (new, old):
        verdict = api.call("/fangst", token)
        assert verdict.status == 200, verdict

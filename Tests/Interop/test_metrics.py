"""`/metrics` as Prometheus' own parser reads it."""

import http.client

import pytest
from prometheus_client.parser import text_string_to_metric_families

from world import FORM, Grant, token_form


@pytest.fixture
def families(world):
    """The metrics after a token, a refusal and a look at the key set."""
    client = world.client_by("registered_key")
    assert world.token(Grant.of(client, world.issuer).signed()).status == 200
    assert world.request("POST", "token", token_form("a.b.c"), FORM).status == 400
    assert world.request("GET", "jwk").status == 200
    connection = http.client.HTTPConnection("127.0.0.1", world.admin_port, timeout=10)
    try:
        connection.request("GET", "/metrics")
        response = connection.getresponse()
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = response.read().decode()
    finally:
        connection.close()
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(family, name, **labels):
    found = [sample.value for sample in family.samples if sample.name == name and sample.labels == labels]
    assert len(found) == 1, (name, labels, family.samples)
    return found[0]


def test_every_family_has_help_and_a_kind(families):
    assert len(families) > 20
    for family in families.values():
        assert family.documentation, family.name
        assert family.type in {"counter", "gauge", "histogram"}, family.name


def test_counters_count_tokens_and_refusals(families):
    requests = families["portvakt_http_requests"]
    assert requests.type == "counter"
    labels = {"listener": "public", "endpoint": "token"}
    assert value(requests, "portvakt_http_requests_total", **labels, status="2xx") >= 1
    assert value(requests, "portvakt_http_requests_total", **labels, status="4xx") >= 1
    refusals = families["portvakt_http_refusals"]
    assert value(refusals, "portvakt_http_refusals_total", listener="public", code="MP-011") >= 1


def test_a_histogram_is_cumulative_and_ends_with_its_count(families):
    duration = families["portvakt_http_request_duration_seconds"]
    assert duration.type == "histogram"
    mine = [s for s in duration.samples if s.labels["endpoint"] == "token" and s.labels["listener"] == "public"]
    buckets = [sample for sample in mine if sample.name.endswith("_bucket")]
    assert [s.value for s in buckets] == sorted(s.value for s in buckets)
    assert buckets[-1].labels["le"] == "+Inf"
    count = next(sample.value for sample in mine if sample.name.endswith("_count"))
    assert buckets[-1].value == count >= 2
    assert next(sample.value for sample in mine if sample.name.endswith("_sum")) > 0


def test_gauges_tell_the_state_of_the_server(families):
    assert families["portvakt_ready"].samples[0].value == 1
    assert families["portvakt_store_revision"].samples[0].value > 0
    assert families["process_resident_memory_bytes"].samples[0].value > 1_000_000
    assert families["process_open_fds"].samples[0].value > 3
    states = {sample.labels["state"] for sample in families["portvakt_signing_key_state"].samples}
    assert "active" in states
    assert families["portvakt_trust_anchor_not_after_timestamp_seconds"].samples
    assert families["portvakt_build_info"].samples[0].labels["version"]

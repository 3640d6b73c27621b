"""What is done to those whom the server asks: responders and lists that take a connection and say nothing."""

from __future__ import annotations

import base64
import threading
import time

from campaign.harness import LIMIT, Row, Stage, Template, eventually
from responder import Fresh, Responder
from world import Answer, Grant


def silent(template: Template, runs: int) -> Row:
    """OCSP and CRL servers that hang: those with keys notice nothing, those with certificates are told within their time."""
    with template.stage("OCSP and CRL servers hang", revocation_refresh="1s") as stage:
        responder = Responder(stage.world)
        try:
            stage.world.start()
            for _ in range(runs):
                responder.mode = "silent"
                newcomer = Fresh(responder, stage.world.client_by("certificate"))
                with stage.load() as load:
                    answers = in_parallel(stage, newcomer, 4)
                    stage.row.expect(
                        {answer.body.get("reason") for answer in answers} == {"certificate_revocation_unknown"},
                        f"a certificate that nobody vouches for: {[answer.body for answer in answers]}",
                    )
                    eventually(lambda: len(load.attempts) > 50)
                outcomes = {attempt.outcome for attempt in load.attempts}
                stage.row.expect(outcomes == {"token"}, f"clients with keys got {outcomes}")
                responder.mode = "good"
                well = time.monotonic()
                stage.row.expect(
                    eventually(lambda: token(stage, newcomer).status == 200), "the certificate is not accepted again"
                )
                stage.row.heals.append(time.monotonic() - well)
                stage.settle()
            stage.row.said = "certificate_revocation_unknown"
            stage.end()
        finally:
            responder.stop()
    return stage.row


def token(stage: Stage, fresh: Fresh) -> Answer:
    grant = Grant.of(fresh.client, stage.world.issuer, x5c=True, key=fresh.key)
    grant.header["x5c"] = [base64.b64encode(certificate).decode() for certificate in fresh.chain]
    return stage.world.token(grant.signed())


def in_parallel(stage: Stage, fresh: Fresh, count: int) -> list[Answer]:
    """So many requests at once, and how long they took."""
    answers: list[Answer] = []

    def ask() -> None:
        start = time.monotonic()
        try:
            answers.append(token(stage, fresh))
        except OSError as error:
            stage.row.hung += 1
            stage.row.expect(False, f"no answer: {error}")
        waited = time.monotonic() - start
        stage.row.slowest = max(stage.row.slowest, waited)
        stage.row.hung += waited > LIMIT

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers

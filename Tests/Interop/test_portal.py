"""The demo portal: a person of the demo world answers the requests that wait, from the link to the token server."""

import json
import os
import pathlib
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from world import World, binary, scratch

DIRECTOR, MEMBER = 0, 2


class Portal:
    """The portal of a served world, as a browser sees it."""

    def __init__(self, world: World):
        self.description = json.loads((world.folder / "demo/world.json").read_text(encoding="utf-8"))
        self.waiting = self.description["delegations"]["waiting"]
        parts = urllib.parse.urlsplit(self.waiting["consent"])
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self.log = world.folder.parent / "portal.log"
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [str(binary()), "demo", "portal", "--data", str(world.folder)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                env={**os.environ, "PORTVAKT_ADMIN_LISTEN": f"127.0.0.1:{world.admin_port}"},
            )
        deadline = time.monotonic() + 30
        while "ready: " not in self.log.read_text(encoding="utf-8"):
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)

    def open(self, url: str, form: dict | None = None, headers: dict | None = None):
        """Status, fields and text of a page; a form is posted and its redirection followed."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(url, data=data, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()


@pytest.fixture(scope="module")
def portal():
    with scratch() as folder:
        world = World(pathlib.Path(folder) / "var").make().start()
        page = Portal(world)
        try:
            yield page
        finally:
            assert page.stop() == 0
            assert world.stop() == 0, world.tail()


def answer(portal: Portal, url: str, act: str, person: int = DIRECTOR, **headers):
    return portal.open(url, {"person": person, "act": act, "lang": "nb"}, headers)


def test_pages_load_nothing_run_nothing_and_name_no_number(portal):
    for url in [portal.origin + "/", portal.waiting["consent"], portal.waiting["consent"] + f"&person={DIRECTOR}"]:
        status, fields, text = portal.open(url)
        assert status == 200, text
        assert fields["Content-Security-Policy"].startswith("default-src 'none'")
        assert "<script" not in text and 'name="viewport"' in text
        for person in portal.description["persons"]:
            assert person["national_identity_number"] not in text


def test_whoever_comes_chooses_who_to_be(portal):
    status, _, text = portal.open(portal.waiting["system_user"])
    assert status == 200
    for person in portal.description["persons"]:
        assert person["name"] in text
    _, _, english = portal.open(portal.waiting["system_user"] + "&lang=en")
    assert "Who do you want to be?" in english and 'lang="en"' in english


def test_a_board_member_sees_nothing_to_approve(portal):
    status, _, text = portal.open(portal.waiting["system_user"] + f"&person={MEMBER}")
    assert status == 403
    assert "Godkjenn" not in text


def test_a_page_elsewhere_cannot_press_a_button(portal):
    status, _, _ = answer(portal, portal.waiting["system_user"], "approve", Origin="https://evil.example")
    assert status == 403
    status, _, text = portal.open(portal.waiting["system_user"] + f"&person={DIRECTOR}")
    assert "Venter på svar" in text


def test_an_unknown_host_and_an_unknown_page_are_refused(portal):
    assert portal.open(portal.origin + "/", headers={"Host": "evil.example"})[0] == 421
    assert portal.open(portal.origin + "/accessmanagement/ui/other/page?id=x")[0] == 404


def test_the_director_approves_a_system_user_and_deletes_it(portal):
    url = portal.waiting["system_user"]
    status, _, text = portal.open(url + f"&person={DIRECTOR}")
    assert status == 200 and "Fangstdagbok" in text and "Godkjenn" in text
    status, _, text = answer(portal, url, "approve")
    assert status == 200 and "Godkjent" in text and "Slett systembrukeren" in text
    # Pressed again, it changes nothing and says so.
    status, _, text = answer(portal, url, "approve")
    assert status == 409 and 'role="alert"' in text
    assert answer(portal, url, "end")[0] == 200


def test_the_director_consents_and_withdraws(portal):
    url = portal.waiting["consent"]
    _, _, text = portal.open(url + f"&person={DIRECTOR}")
    assert "Inntektsopplysninger" in text and "Vi trenger inntekten" in text and "Gi samtykke" in text
    status, _, text = answer(portal, url, "accept")
    assert status == 200 and "Trekk samtykket" in text
    status, _, text = answer(portal, url, "revoke")
    assert status == 200 and "Trukket" in text and "<button" not in text


@pytest.mark.parametrize("body", [b"=", b"&&", b"person=0", b"person=99&act=approve", b"person=0&act=nothing", b"%"])
def test_a_form_that_is_none_is_refused(portal, body):
    request = urllib.request.Request(portal.waiting["consent"], data=body)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=20)
    assert refused.value.code == 400
    assert portal.open(portal.origin + "/")[0] == 200

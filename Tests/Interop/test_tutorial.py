"""Every command of the tutorial runs as shown, from an empty folder, and the console shows what they did."""

from __future__ import annotations

import html
import http.client
import json
import os
import pathlib
import re
import shlex
import subprocess
from urllib.parse import urlencode, urlsplit

from world import ROOT, binary, free_ports, scratch

PAGE = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")


def commands() -> list[str]:
    """The lines of the page's shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line]


class Browser:
    """What a person does with the link: opens it, presses the button, follows the pages with the cookie."""

    def __init__(self, link: str):
        place = urlsplit(link)
        self.host = place.netloc
        page = self.get(f"{place.path}?{place.query}" if place.query else place.path)
        form = re.search(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL | re.IGNORECASE).group(0)
        action = html.unescape(re.search(r'action="([^"]*)"', form).group(1))
        fields = dict(re.findall(r'<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"', form))
        answer = self.send("POST", action, urlencode(fields), {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self.host}",
        })
        assert answer.status == 303, answer.status
        self.cookie = answer.getheader("Set-Cookie").split(";")[0]

    cookie = ""

    def send(self, method: str, path: str, body: str | None = None, fields: dict | None = None):
        connection = http.client.HTTPConnection(self.host, timeout=30)
        headers = (fields or {}) | ({"Cookie": self.cookie} if self.cookie else {})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def get(self, path: str) -> str:
        answer = self.send("GET", path)
        assert answer.status == 200, (path, answer.status, answer.text[:500])
        return answer.text

    def rows(self, path: str) -> list[dict]:
        return json.loads(self.get(path))["items"]


def test_every_command_runs_as_shown_and_the_console_shows_what_they_did():
    shown = commands()
    assert len(shown) >= 30
    public, admin = free_ports()
    with scratch() as folder:
        directory = pathlib.Path(folder)
        replaced = [
            (".build/release/portvakt serve", f"{shlex.quote(str(binary()))} serve --listen 127.0.0.1:{public} "
             f"--admin-listen 127.0.0.1:{admin}"),
            (".build/release/portvakt", shlex.quote(str(binary()))),
            ("127.0.0.1:7080", f"127.0.0.1:{public}"),
            ("127.0.0.1:7081", f"127.0.0.1:{admin}"),
        ]
        script = ["set -eu", f"cd {shlex.quote(folder)}"]
        for command in shown:
            for old, new in replaced:
                command = command.replace(old, new)
            # `set -e` lets a command with `!` pass whatever it does.
            script.append(f"{command[2:]} && exit 99" if command.startswith("! ") else command)
            if " init acme " in command:
                # Tokens that administer name the listener's own URL, which is configured.
                script.append(f"printf '\\nadmin_url: http://127.0.0.1:{admin}/\\n' >> acme/portvakt.yaml")
            if command.endswith("&"):
                script.append('trap "kill $!" EXIT')
                script.append(f"until curl -sf http://127.0.0.1:{public}/health/ready >/dev/null; do sleep 0.1; done")
        script += ["touch done", "while [ ! -e stop ]; do sleep 0.1; done"]
        environment = {"PATH": os.environ["PATH"], "HOME": folder}
        process = subprocess.Popen(
            ["bash", "-c", "\n".join(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment,
        )
        try:
            while not (directory / "done").exists():
                if process.poll() is not None:
                    out, err = process.communicate()
                    raise AssertionError(f"exit {process.returncode}\n{out}{err}")
                try:
                    process.wait(0.2)
                except subprocess.TimeoutExpired:
                    pass
            check(directory, environment)
        finally:
            (directory / "stop").touch()
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, out + err
        assert err.count("[MP-250]") == 2
        assert "\nwhole" in out or "result\twhole" in out


def link(directory: pathlib.Path, environment: dict, *arguments: str) -> str:
    done = subprocess.run(
        [str(binary()), "web", "--data", "acme", "--output", "id", *arguments], cwd=directory, env=environment,
        capture_output=True, text=True, timeout=60, check=True,
    )
    return done.stdout.strip()


def check(directory: pathlib.Path, environment: dict) -> None:
    """Looks at the console as the operator, as the directorate, and as the salmon farm."""
    both = {"acme:catch.read", "acme:quota.read"}
    for number in (None, "310000124", "314200772"):
        browser = Browser(link(directory, environment, *(["--org", number] if number else [])))
        access = [row for row in browser.rows("/console/access.json?inactive=1") if row["scope"] in both]
        assert {(row["scope"], row["consumer_orgno"], row["state"]) for row in access} == {
            (scope, "314200772", "DENIED") for scope in both
        }
        clients = {row["client_name"] for row in browser.rows("/console/clients.json")}
        codes = [row["code"] for row in browser.rows("/console/audit.json") if row["code"]]
        if number == "310000124":
            # The directorate sees its own client; what the farm's programs did is the farm's.
            assert clients == {"scopes"}
            assert codes == []
        else:
            assert {"payroll", "quotas", "clients"} <= clients
            assert codes == ["MP-250", "MP-250"]

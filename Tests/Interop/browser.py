"""Headless Chromium, spoken to by its DevTools protocol over one websocket: nothing else has to be installed."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.request

import websocket


class Browser:
    """One browser with one page, and everything that the page says."""

    def __init__(self, folder: pathlib.Path):
        program = shutil.which("chromium")
        assert program, "chromium is not installed: scripts/setup.sh test"
        self.folder = folder
        self.process = subprocess.Popen(
            [
                program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-extensions", "--mute-audio",
                "--hide-scrollbars", "--remote-debugging-port=0", "--remote-allow-origins=*",
                f"--user-data-dir={folder / 'profile'}", "about:blank",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )
        port_file = folder / "profile/DevToolsActivePort"
        deadline = time.monotonic() + 60
        while not (port_file.exists() and "\n" in port_file.read_text()):
            assert self.process.poll() is None, "chromium ended at once"
            assert time.monotonic() < deadline, "chromium does not listen"
            time.sleep(0.05)
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            target = next(entry for entry in json.load(answer) if entry["type"] == "page")
        self.socket = websocket.create_connection(target["webSocketDebuggerUrl"], timeout=60)
        self.number = 0
        self.said: list[str] = []
        self.statuses: dict[str, int] = {}
        self.loaded = False
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "CSS", "Accessibility"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters):
        """Calls a method of the protocol; events that come meanwhile are kept."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.number:
                assert "error" not in message, f"{method}: {message['error']}"
                return message["result"]
            self.note(message)

    def note(self, message: dict) -> None:
        event, parameters = message.get("method"), message.get("params", {})
        if event == "Page.loadEventFired":
            self.loaded = True
        elif event == "Log.entryAdded":
            self.said.append(f"{parameters['entry']['level']}: {parameters['entry']['text']}")
        elif event == "Runtime.consoleAPICalled":
            self.said.append(str(parameters["args"]))
        elif event == "Runtime.exceptionThrown":
            self.said.append(str(parameters["exceptionDetails"]))
        elif event == "Network.responseReceived" and parameters.get("type") == "Document":
            self.statuses[parameters["response"]["url"]] = parameters["response"]["status"]

    def wait(self) -> None:
        """Until the page that was asked for is loaded."""
        deadline = time.monotonic() + 60
        while not self.loaded:
            assert time.monotonic() < deadline, "the page is not loaded"
            self.note(json.loads(self.socket.recv()))

    def open(self, address: str) -> int | None:
        """Opens an address; its status."""
        self.loaded = False
        fault = self.call("Page.navigate", url=address).get("errorText")
        assert not fault, f"{address}: {fault}"
        self.wait()
        return self.statuses.get(self.evaluate("location.href"), self.statuses.get(address))

    def evaluate(self, expression: str):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def act(self, expression: str) -> None:
        """Does something that leads to another page."""
        self.loaded = False
        self.evaluate(expression)
        self.wait()

    def window(self, width: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def language(self, accept: str) -> None:
        agent = self.call("Browser.getVersion")["userAgent"]
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=accept)

    def scheme(self, scheme: str) -> None:
        self.call("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def picture(self, file: pathlib.Path) -> None:
        """The whole page as a picture."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        try:
            self.call("Browser.close")
        except (OSError, websocket.WebSocketException):
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            # Its own group, which this test made.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium that opens a local page, unchanged. It is driven through a pipe, by the DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

SECONDS = 60
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--remote-debugging-pipe",
)
# Keys that tests press, with their codes.
KEYS = {"Enter": (13, "\r"), " ": (32, " "), "Tab": (9, "")}


def program() -> str | None:
    """The path of Chromium; None if it is not installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class BrowserError(Exception):
    """The browser, or a script in it, failed."""


class Browser:
    """A page in Chromium. `problems`: what its script threw, and what its Content-Security-Policy blocked."""

    def __init__(self, send: int, receive: int) -> None:
        self._send, self._receive = send, receive
        self._buffer = b""
        self._number = 0
        self._session: str | None = None
        self._events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def open(self, page: Path) -> None:
        """Open a file, and wait until its scripts have run."""
        self._events.clear()
        self.call("Page.navigate", url=page.resolve().as_uri())
        while not any(event["method"] == "Page.loadEventFired" for event in self._events):
            self._read(time.monotonic() + SECONDS)

    def value(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def click(self, selector: str) -> None:
        """Click into the middle of an element."""
        place = self.value(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)}); one.scrollIntoView();"
            " const box = one.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", buttons=1, clickCount=1
            )

    def press(self, key: str) -> None:
        """Press a key."""
        code, text = KEYS[key]
        for kind in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code="Space" if key == " " else key,
                windowsVirtualKeyCode=code,
                text=text if kind == "keyDown" else "",
            )

    def type(self, text: str) -> None:
        """Type into the focused element."""
        self.call("Input.insertText", text=text)

    def look(self, width: int, height: int = 800, *, dark: bool = False, media: str = "") -> None:
        """Set the size of the window, the colour scheme, and the medium (such as "print")."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def picture(self, file: Path, *, whole: bool = True) -> None:
        """Save the page, or what of it the window shows, as a PNG file."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        file.write_bytes(base64.b64decode(data))

    def pdf(self, file: Path) -> None:
        """Print the page."""
        file.write_bytes(base64.b64decode(self.call("Page.printToPDF", preferCSSPageSize=True)["data"]))

    @property
    def problems(self) -> list[str]:
        self.value("0")
        found = []
        for event in self._events:
            values = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(values["exceptionDetails"]))
            elif event["method"] == "Log.entryAdded" and values["entry"]["level"] in ("error", "warning"):
                found.append(values["entry"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled" and values["type"] in ("error", "warning"):
                found.append(str(values["args"]))
        return found

    @property
    def requested(self) -> list[str]:
        """The addresses that the page has requested, including its own."""
        sent = [event["params"] for event in self._events if event["method"] == "Network.requestWillBeSent"]
        return [values["request"]["url"] for values in sent]

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + SECONDS
        while True:
            answer = self._read(end)
            if answer.get("id") == number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _read(self, end: float) -> dict[str, Any]:
        """The next message. Events are kept."""
        while b"\0" not in self._buffer:
            ready, _write, _errors = select.select([self._receive], [], [], max(end - time.monotonic(), 0))
            part = os.read(self._receive, 2**16) if ready else b""
            if not part:
                raise BrowserError("Chromium does not answer.")
            self._buffer += part
        text, _end, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self._events.append(message)
        return message


@contextmanager
def browser() -> Iterator[Browser]:
    """Run Chromium for the duration of a `with` block."""
    command = program()
    if command is None:
        raise BrowserError(f"None of {', '.join(NAMES)} is installed.")
    their_in, our_out = os.pipe()
    our_in, their_out = os.pipe()
    home = tempfile.mkdtemp(prefix="chromium-")
    # The protocol's pipes are the file descriptors 3 and 4. Some shells cannot copy descriptors with several digits.
    pipes = f"3</proc/self/fd/{their_in} 4>/proc/self/fd/{their_out}"
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$0" "$@" {pipes}', command, *OPTIONS, f"--user-data-dir={home}"],
        pass_fds=(their_in, their_out),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "HOME": home},
    )
    os.close(their_in)
    os.close(their_out)
    try:
        yield Browser(our_out, our_in)
    finally:
        process.terminate()
        process.wait(SECONDS)
        os.close(our_out)
        os.close(our_in)
        shutil.rmtree(home, ignore_errors=True)

# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep private keys, which come as JSON `{"uid": "key", …}` on stdin: all of them by one program, for speed.

They become files named by their UIDs or, with --agent, go into the ssh-agent, and only their public halves become
files `uid.pub`. Prints `{"changed": […], "bad": […]}`, the UIDs of the keys that are new and of those that are none.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

UID = re.compile(r"[0-9a-f]{32}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where the files are, or will be")
    parser.add_argument("--agent", action="store_true", help="put the keys into the ssh-agent")
    options = parser.parse_args()
    keys = {uid: f"{key.strip()}\n" for uid, key in json.load(sys.stdin).items() if UID.fullmatch(uid)}
    os.makedirs(options.folder, mode=0o700, exist_ok=True)
    changed, bad = [], []
    for uid, key in keys.items():
        path = os.path.join(options.folder, uid)
        if not options.agent:
            new = write(path, key)
        elif half := public_half(key):
            new = add(key)
            write(f"{path}.pub", half)
        else:
            bad.append(uid)
            continue
        if new:
            changed.append(uid)
    print(json.dumps({"changed": changed, "bad": bad}))


def write(path: str, text: str) -> bool:
    """Have a file with this text, whole or not at all. Returns whether it is new."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    # Nobody else can read it from its first moment on.
    number, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    with open(number, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
    return True


def public_half(key: str) -> str | None:
    """The public half of a private key, without a comment. None where ssh cannot read it."""
    done = run(["ssh-keygen", "-y", "-P", "", "-f", "/dev/stdin"], key)
    return " ".join(done.stdout.split()[:2]) + "\n" if done.returncode == 0 else None


def add(key: str) -> bool:
    done = run(["ssh-add", "-q", "-"], key)
    if done.returncode:
        sys.exit(f"The ssh-agent does not take the key: {done.stderr.strip()}")
    return True


def run(command: list[str], key: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SSH_ASKPASS_REQUIRE": "never"}
    return subprocess.run(command, input=key, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()

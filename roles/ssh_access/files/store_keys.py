# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store private keys, read as JSON `{"uid": "key", …}` from stdin. One run stores all keys, for speed.

Writes each key to a file named after its UID. With --agent, adds it to the ssh-agent instead and writes only the public
key, to `uid.pub`. Prints `{"changed": […], "bad": […]}`, the UIDs of new keys and of invalid keys.
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
    parser.add_argument("folder", help="the folder for the files")
    parser.add_argument("--agent", action="store_true", help="add the keys to the ssh-agent")
    options = parser.parse_args()
    keys = {uid: f"{key.strip()}\n" for uid, key in json.load(sys.stdin).items() if UID.fullmatch(uid)}
    os.makedirs(options.folder, mode=0o700, exist_ok=True)
    changed, bad = [], []
    for uid, key in keys.items():
        path = os.path.join(options.folder, uid)
        if not options.agent:
            new = write(path, key)
        elif public := public_key(key):
            new = add(key)
            write(f"{path}.pub", public)
        else:
            bad.append(uid)
            continue
        if new:
            changed.append(uid)
    print(json.dumps({"changed": changed, "bad": bad}))


def write(path: str, text: str) -> bool:
    """Write a file atomically, unless it already has this text. Returns whether it was written."""
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return False
    except (FileNotFoundError, UnicodeDecodeError):
        pass
    # mkstemp creates the file with mode 0600.
    number, temporary = tempfile.mkstemp(dir=os.path.dirname(path))
    with open(number, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(temporary, path)
    return True


def public_key(key: str) -> str | None:
    """The public key of a private key, without a comment. None if ssh cannot read the private key."""
    done = run(["ssh-keygen", "-y", "-P", "", "-f", "/dev/stdin"], key)
    return " ".join(done.stdout.split()[:2]) + "\n" if done.returncode == 0 else None


def add(key: str) -> bool:
    done = run(["ssh-add", "-q", "-"], key)
    if done.returncode:
        sys.exit(f"The ssh-agent refused the key: {done.stderr.strip()}")
    return True


def run(command: list[str], key: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SSH_ASKPASS_REQUIRE": "never"}
    return subprocess.run(command, input=key, env=environment, capture_output=True, text=True, check=False)


if __name__ == "__main__":
    main()

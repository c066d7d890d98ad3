# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers for real ssh: OpenSSH's sshd on loopback addresses, as gateways and servers behind them.

All use the same port. Two servers, each behind its own gateway, have the same address. The tests accept connections
themselves and hand them to `sshd -i`, so they know which process opened each one: like a firewall, the servers admit
only connections from their gateway.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"]))
PROC = Path("/proc")
CONFIG = """\
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
LogLevel DEBUG1
AcceptEnv C66_MARK
SetEnv "HOME={folder}" "PATH={path}" "C66_NAME={folder.name}"
Subsystem sftp internal-sftp
"""


class Sshd:
    """An sshd on an address. `key` is the private key it accepts, `log` its log."""

    def __init__(self, folder: Path, listener: socket.socket, forwards: list[str], listens: bool = True) -> None:
        self.folder = folder
        self.address, self.port = listener.getsockname()
        self.admits: Callable[[socket.socket], bool] = lambda _connection: True
        # Who has the same address in another network.
        self.twin: Sshd | None = None
        self.refused = 0
        self._listener = listener
        self._sessions: list[subprocess.Popen[bytes]] = []
        folder.mkdir()
        self.host_key = new_key(folder / "host_key")[1]
        self.key, public = new_key(folder / "key")
        config = CONFIG.format(folder=folder, path=os.pathsep.join([str(Path(sys.executable).parent), os.defpath]))
        if forwards:
            config += f"PermitOpen {' '.join(forwards)}\n"
            public = f"restrict,port-forwarding {public}"
        else:
            config += "AllowTcpForwarding no\n"
        folder.joinpath("authorized_keys").write_text(public)
        folder.joinpath("config").write_text(config)
        self._thread = threading.Thread(target=self._accept, name=f"sshd on {self.address}", daemon=True)
        if listens:
            self._thread.start()

    @property
    def log(self) -> str:
        log = self.folder / "log"
        return log.read_text(errors="replace") if log.exists() else ""

    @property
    def logins(self) -> int:
        return self.log.count("Accepted publickey for")

    def has_opened(self, connection: socket.socket) -> bool:
        """Check whether a process of this sshd opened a connection."""
        end = f"socket:[{other_end(connection)}]"
        return any(end in open_files(pid) for pid in self._pids())

    def _pids(self) -> set[int]:
        """Return the running sessions and their descendants."""
        parents = {int(path.name): parent(path) for path in PROC.iterdir() if path.name.isdigit()}
        pids = {session.pid for session in self._sessions if session.poll() is None}
        while children := {pid for pid, parent_pid in parents.items() if parent_pid in pids} - pids:
            pids |= children
        return pids

    def _accept(self) -> None:
        while True:
            try:
                connection, _peer = self._listener.accept()
            except OSError:
                return
            with connection:
                for sshd in filter(None, (self, self.twin)):
                    if sshd.admits(connection):
                        sshd.serve(connection)
                        break
                else:
                    self.refused += 1

    def serve(self, connection: socket.socket) -> None:
        command = [str(SSHD), "-i", "-f", str(self.folder / "config"), "-E", str(self.folder / "log")]
        self._sessions.append(subprocess.Popen(command, stdin=connection, stdout=connection))

    def stop(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._thread.is_alive():
            self._thread.join()
        for session in self._sessions:
            session.terminate()
            session.wait()


class Network:
    """A gateway, and two servers that only the gateway can reach, all on one port.

    `twin_gateway` is the gateway of another network, in which `twin` has the address of the first server.
    """

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        *listeners, twin_listener = self._listeners(stack)
        self.port = listeners[0].getsockname()[1]
        server_addresses = [f"{listener.getsockname()[0]}:{self.port}" for listener in listeners[1:]]
        self.gateway = Sshd(folder / "gateway", listeners[0], server_addresses)
        self.twin_gateway = Sshd(folder / "twin_gateway", twin_listener, server_addresses)
        # The user has one key for both gateways.
        shutil.copy(self.gateway.folder / "authorized_keys", self.twin_gateway.folder / "authorized_keys")
        self.servers = [
            Sshd(folder / f"server{number}", listener, []) for number, listener in enumerate(listeners[1:], start=1)
        ]
        for server in self.servers:
            server.admits = self.gateway.has_opened
        self.twin = Sshd(folder / "twin", listeners[1].dup(), [], listens=False)
        self.twin.admits = self.twin_gateway.has_opened
        self.servers[0].twin = self.twin
        for sshd in (*self.servers, self.twin, self.gateway, self.twin_gateway):
            stack.callback(sshd.stop)

    @staticmethod
    def _listeners(stack: ExitStack) -> list[socket.socket]:
        first = stack.enter_context(socket.create_server(("127.0.0.2", 0)))
        port = first.getsockname()[1]
        return [first, *(stack.enter_context(socket.create_server((f"127.0.0.{end}", port))) for end in (3, 4, 5))]

    @property
    def known_hosts(self) -> str:
        """Those of the gateways. A test adds the servers by UID."""
        return "".join(f"[{sshd.address}]:{sshd.port} {sshd.host_key}" for sshd in (self.gateway, self.twin_gateway))


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    if reason := missing_requirement():
        pytest.skip(reason)
    with short_folder() as folder, privilege_separation(), ExitStack() as stack:
        yield Network(folder, stack)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home directory."""
    with short_folder() as folder:
        yield folder


def missing_requirement() -> str | None:
    """Return why sshd cannot run here, or None."""
    if not SSHD:
        return "sshd is not installed (Debian package openssh-server)."
    if not (PROC / "net" / "tcp").exists():
        return "Without /proc the tests cannot tell which process opened a connection."
    if not all(map(shutil.which, ("ssh", "ssh-add", "ssh-agent", "ssh-keygen"))):
        return "ssh is not installed (Debian package openssh-client)."
    return None


@contextmanager
def short_folder() -> Iterator[Path]:
    """Create a folder with a path short enough for ssh's sockets."""
    with tempfile.TemporaryDirectory(prefix="c66-") as folder:
        yield Path(folder)


@contextmanager
def privilege_separation() -> Iterator[None]:
    """Provide the folder that sshd requires when it runs as root."""
    folder = Path("/run/sshd")
    if os.getuid() or folder.exists():
        yield
        return
    folder.mkdir(mode=0o755)
    try:
        yield
    finally:
        folder.rmdir()


def new_key(path: Path) -> tuple[str, str]:
    """Create a key pair. Returns the private and the public key; the private one stays at the path."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", getpass.getuser(), "-f", str(path)]
    subprocess.run(command, check=True)
    return path.read_text(), path.with_suffix(".pub").read_text()


def other_end(connection: socket.socket) -> str | None:
    """Return the inode of the socket at the other end of a local connection."""
    ends = [as_in_proc(connection.getpeername()), as_in_proc(connection.getsockname())]
    for line in (PROC / "net" / "tcp").read_text().splitlines():
        fields = line.split()
        if fields[1:3] == ends:
            return fields[9]
    return None


def as_in_proc(end: tuple[str, int]) -> str:
    return f"{int.from_bytes(socket.inet_aton(end[0]), sys.byteorder):08X}:{end[1]:04X}"


def open_files(pid: int) -> Iterator[str]:
    with suppress(OSError):
        for path in (PROC / str(pid) / "fd").iterdir():
            with suppress(OSError):
                yield os.readlink(path)


def parent(process: Path) -> int:
    with suppress(OSError):
        return int(process.joinpath("stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    return 0

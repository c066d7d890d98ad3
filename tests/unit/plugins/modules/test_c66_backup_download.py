# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""c66_backup_download: a backup becomes one file, whole or not at all, and only once."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import socket
import stat

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api import download as downloads
from simulator import storage
from simulator.seed import NO_USERS_TOKEN

STOREFRONT = "f196c5b41758cb7977620d49eb1492ef"
BACKUP = 4153
SIZES = (70_000, 70_000, 70_000, 33_333)


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "backup.tar"


@pytest.fixture
def fetch(sim, run_module, dest):
    """Download a backup in four segments. No signed URL is shown anywhere."""
    sim.world.cut_backup(BACKUP, *SIZES)

    def call(**args):
        given = {"stack": "Storefront", "backup_id": BACKUP, "dest": str(dest), "diff": True, **args}
        run = run_module("c66_backup_download", **given)
        shown = str([run.result, run.warnings, run.notices, run.logs])
        assert "Signature" not in shown
        assert "Expires" not in shown
        assert storage.BASE not in shown
        return run

    return call


def whole(sim, backup=BACKUP):
    return b"".join(storage.content(backup, row) for row in sim.world.backup_files[backup])


def reads(sim, what=storage.BASE):
    return [request for request in sim.requests if what in request.path]


def beside(dest):
    return sorted(path.name for path in dest.parent.iterdir())


def assert_whole(sim, dest, result):
    content = whole(sim)
    assert dest.read_bytes() == content
    assert result["checksum"] == hashlib.sha256(content).hexdigest()
    assert result["size"] == len(content)
    assert beside(dest) == [".backup.tar.c66.json", "backup.tar"]


@pytest.mark.parametrize("workers", [1, 3, 8])
def test_the_segments_become_one_file_in_order(sim, fetch, dest, workers):
    result = fetch(workers=workers).result
    assert result["changed"]
    assert_whole(sim, dest, result)
    assert [row["id"] for row in result["files"]] == ["tar-aa", "tar-ab", "tar-ac", "tar-ad"]
    assert (result["file"], result["backup"]["id"], result["downloaded"]) == (str(dest), BACKUP, sum(SIZES))
    assert stat.S_IMODE(dest.stat().st_mode) == 0o600
    assert result["diff"] == {"before": {}, "after": {"backup_id": BACKUP}}


def test_a_second_run_downloads_nothing(sim, fetch, dest):
    first = fetch().result
    before = len(reads(sim))
    second = fetch().result
    assert len(reads(sim)) == before
    assert (second["changed"], second["downloaded"]) == (False, 0)
    assert {name: second[name] for name in ("checksum", "size", "file")} == {
        name: first[name] for name in ("checksum", "size", "file")
    }
    assert_whole(sim, dest, second)


@pytest.mark.parametrize("change", ["gone", "changed", "shorter", "no record", "bad record", "another backup"])
def test_a_file_that_is_not_the_backup_any_more_is_replaced(sim, fetch, dest, change):
    fetch()
    record = dest.parent / ".backup.tar.c66.json"
    if change == "gone":
        dest.unlink()
    elif change == "changed":
        dest.write_bytes(b"x" + dest.read_bytes()[1:])
    elif change == "shorter":
        dest.write_bytes(b"")
    elif change == "another backup":
        record.write_text(json.dumps({**json.loads(record.read_text()), "backup_id": 1}))
    else:
        record.write_text("{" if change == "bad record" else "")
    result = fetch().result
    assert result["changed"]
    assert_whole(sim, dest, result)


def test_the_newest_good_backup_of_a_database(sim, fetch, dest):
    rows = [row for row in sim.world.backups[STOREFRONT] if row["db_type"] == "redis" and not row["backup_status"]]
    result = fetch(backup_id=None, db_type="redis").result
    assert result["backup"]["id"] == max(rows, key=lambda row: row["backup_date_iso"])["id"]
    assert dest.read_bytes() == whole(sim, result["backup"]["id"])


def test_several_databases_are_named(fetch):
    message = fetch(backup_id=None).result["msg"]
    assert message == (
        "There are backups of several databases of stack Storefront: mysql_production (mysql), postgresql_production"
        " (postgresql), redis_production (redis). Choose one with db_type, database_name or both."
    )


def test_no_backup_is_good(sim, fetch):
    for row in sim.world.backups[STOREFRONT]:
        row["verify_status"] = 0
    result = fetch(backup_id=None, db_type="redis", verified=True).result
    assert "No backup of stack Storefront that matches is good and verified; " in result["msg"]


@pytest.mark.parametrize("exists", [True, False])
def test_check_mode_downloads_nothing(sim, fetch, dest, exists):
    if exists:
        fetch()
    before = len(sim.requests)
    result = fetch(check=True).result
    assert result["changed"] is not exists
    assert (result["checksum"] is None) is not exists
    paths = [request.path for request in sim.requests[before:]]
    assert not [path for path in paths if storage.BASE in path or "/files/" in path]
    assert dest.exists() is exists


# The storage


def test_the_storage_gets_neither_token_nor_netrc(sim, fetch, tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".netrc").write_text("machine localhost login me password secret-of-netrc\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    sim.settings(storage_url=sim.url.replace("127.0.0.1", "localhost").partition("/api")[0])
    assert fetch().result["changed"]
    assert len(reads(sim)) == len(SIZES)
    for request in reads(sim):
        assert not {"authorization", "x-account", "x-request-id"} & {name.lower() for name in request.headers}
        assert request.headers["host"].startswith("localhost")


BROKEN = {
    "reset": {},
    "cut": {},
    "status": {"status": 503},
    "html": {"status": 502},
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("workers", [1, 4])
def test_a_broken_segment_is_resumed(sim, fetch, dest, kind, workers):
    fault = sim.fault(kind, path="*/storage/*", times=2, **BROKEN[kind])
    result = fetch(api_retries=3, workers=workers).result
    assert fault.hits == 2
    assert_whole(sim, dest, result)
    assert result["downloaded"] == sum(SIZES), "nothing is downloaded twice"


@pytest.mark.parametrize("kind", BROKEN)
def test_the_next_run_resumes_a_failed_one(sim, fetch, dest, kind):
    sim.fault(kind, path="*/storage/*/tar-ac", **BROKEN[kind])
    result = fetch(workers=1).result
    assert result["failed"]
    assert "Cannot download backup.tar-ac of backup 4153 of stack Storefront: " in result["msg"]
    assert "the next run goes on with it." in result["msg"]
    assert not dest.exists()
    sim.clear_faults()
    run = fetch()
    assert_whole(sim, dest, run.result)
    assert run.result["downloaded"] <= sum(SIZES[2:])
    assert any("Resuming the download" in text for text in run.notices)


def test_a_killed_run_is_resumed_without_its_last_part(sim, fetch, dest):
    """Its temporary file is longer than the journal says."""
    sim.fault("cut", path="*/storage/*/tar-ac")
    fetch(workers=1)
    part = dest.parent / ".backup.tar.c66-part"
    part.write_bytes(part.read_bytes() + b"rest")
    sim.clear_faults()
    assert_whole(sim, dest, fetch().result)


@pytest.mark.parametrize("damage", ["shorter", "no journal", "another backup"])
def test_what_cannot_be_resumed_is_downloaded_again(sim, fetch, dest, damage):
    sim.fault("cut", path="*/storage/*/tar-ac")
    fetch(workers=1)
    part, journal = dest.parent / ".backup.tar.c66-part", dest.parent / ".backup.tar.c66-part.json"
    if damage == "shorter":
        part.write_bytes(part.read_bytes()[:100])
    elif damage == "no journal":
        journal.write_text("[]")
    else:
        text = json.loads(journal.read_text())
        text["identity"]["backup_id"] = 1
        journal.write_text(json.dumps(text))
    sim.clear_faults()
    assert_whole(sim, dest, fetch().result)


def test_an_expired_url_is_asked_for_again(sim, fetch, dest):
    """While the first segment is cut off, its URL expires."""
    sim.settings(backup_url_seconds=1)
    sim.fault("cut", path="*/storage/*/tar-aa", times=1)
    result = fetch(api_retries=1, workers=1).result
    sim.settings(backup_url_seconds=900)
    assert_whole(sim, dest, result)
    urls = [request.path for request in reads(sim, "/files/")]
    assert len(urls) >= len(SIZES)


def test_a_refused_url_is_asked_for_again_even_without_retries(sim, fetch, dest):
    sim.fault("status", status=403, path="*/storage/*/tar-ab", times=1)
    assert_whole(sim, dest, fetch().result)
    assert sum(request.path.endswith("tar-ab") for request in reads(sim, "/files/")) == 2


def test_urls_that_are_never_valid_end_in_a_sentence(sim, fetch):
    sim.settings(backup_url_seconds=0)
    result = fetch().result
    assert "answered 403 AccessDenied" in result["msg"]
    assert len(reads(sim)) < 20


def test_a_closed_storage_is_named(sim, fetch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sim.settings(storage_url=f"http://127.0.0.1:{port}")
    assert f"cannot connect to http://127.0.0.1:{port}" in fetch().result["msg"]


@pytest.mark.parametrize("allowed", [True, False])
def test_a_plain_http_storage_elsewhere_is_refused(sim, fetch, allowed):
    sim.settings(storage_url="http://storage.invalid")
    message = fetch(allow_plain_http=allowed, api_timeout=1).result["msg"]
    assert ("would send the backup unencrypted" in message) is not allowed


# The segments


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (["tar-aa", "tar-ac"], "A segment of backup 4153 of stack Storefront is missing after tar-aa"),
        (["tar-ab", "tar-ac"], "is missing before tar-ab"),
        (["tar-1", "tar-3"], "is missing after tar-1"),
        (
            ["tar", "tar-aa"],
            "The files tar and tar-aa of backup 4153 of stack Storefront are not the segments of one file",
        ),
        (["tar-aa", "sql-ab"], "are not the segments of one file"),
        ([], "Cloud 66 lists no files of backup 4153"),
    ],
)
def test_segments_that_do_not_fit_are_refused(sim, fetch, dest, ids, words):
    sim.world.backup_files[BACKUP] = [{"id": each, "name": each, "size": 10} for each in ids]
    assert words in fetch().result["msg"]
    assert beside(dest) == []


@pytest.mark.parametrize("ids", [["tar-1", "tar-2"], [f"tar-{number}" for number in range(12)]])
def test_numbered_segments_are_joined_by_number(sim, fetch, dest, ids):
    sim.world.backup_files[BACKUP] = [{"id": each, "name": each, "size": 40} for each in reversed(ids)]
    result = fetch().result
    assert [row["id"] for row in result["files"]] == ids
    assert dest.read_bytes() == b"".join(
        storage.content(BACKUP, row) for row in reversed(sim.world.backup_files[BACKUP])
    )


def test_a_list_of_several_pages(sim, fetch, dest):
    sim.world.cut_backup(BACKUP, *[50] * 64)
    assert_whole(sim, dest, fetch().result)


def test_an_empty_segment(sim, fetch, dest):
    sim.world.cut_backup(BACKUP, 10, 0, 10)
    assert_whole(sim, dest, fetch().result)


# The disk


def test_a_full_disk_is_named_and_the_rest_is_downloaded_later(sim, fetch, dest, monkeypatch):
    written = os.pwrite
    room = [150_000]

    def pwrite(fd, data, at):
        if at >= room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written(fd, data, at)

    monkeypatch.setattr(os, "pwrite", pwrite)
    monkeypatch.setattr(downloads, "CHUNK", 10_000)
    result = fetch(workers=1).result
    assert "No space left on device" in result["msg"]
    assert not dest.exists()
    room[0] = 10**9
    again = fetch().result
    assert_whole(sim, dest, again)
    assert again["downloaded"] < sum(SIZES)


@pytest.mark.parametrize("check", [True, False])
def test_a_dest_that_cannot_be_written(sim, fetch, tmp_path, monkeypatch, check):
    assert "is a directory: name a file." in fetch(dest=str(tmp_path), check=check).result["msg"]
    assert "does not exist." in fetch(dest=str(tmp_path / "no" / "file"), check=check).result["msg"]
    monkeypatch.setattr(os, "access", lambda *_args: False)
    assert "is not writable." in fetch(check=check).result["msg"]
    assert not sim.requests


def test_a_link_is_followed_but_not_as_the_temporary_file(sim, fetch, dest, tmp_path):
    (tmp_path / "link").symlink_to(dest)
    assert fetch(dest=str(tmp_path / "link")).result["file"] == str(dest)
    (tmp_path / "link").unlink()
    dest.unlink()
    victim = tmp_path / "victim"
    victim.write_text("data")
    (tmp_path / ".backup.tar.c66-part").symlink_to(victim)
    assert fetch().result["failed"]
    assert victim.read_text() == "data"


def test_an_existing_file_stays_until_the_new_one_is_whole(sim, fetch, dest):
    dest.write_text("old")
    sim.fault("cut", path="*/storage/*/tar-ad")
    assert fetch().result["failed"]
    assert dest.read_text() == "old"


def test_progress_is_logged(sim, fetch, monkeypatch):
    monkeypatch.setattr("ansible_collections.cloud66.cloud.plugins.module_utils.engine.download.OFTEN", 0)
    run = fetch(workers=1)
    assert run.notices == ["Downloading backup 4153 of stack Storefront (4 files)"]
    assert any("3 of 4 files of backup 4153 of stack Storefront" in text for text in run.logs)


def test_another_download_to_the_same_file_is_refused(sim, fetch, dest):
    with open(dest.parent / ".backup.tar.c66-part", "wb") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        assert fetch().result["msg"] == f"Another process is downloading to {dest}."


def test_a_missing_backup(fetch):
    assert fetch(backup_id=1).result["status"] == 404


def test_the_scope_public_is_enough(fetch):
    assert fetch(api_token=NO_USERS_TOKEN).result["changed"]

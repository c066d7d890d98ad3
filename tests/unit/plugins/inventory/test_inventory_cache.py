# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data stored between runs: the cache, and the snapshot that a refresh starts from."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from ansible.errors import AnsibleParserError
from ansible_collections.cloud66.cloud.plugins.module_utils.api.transport import Transport
from simulator import running
from simulator.seed import AWESOME_APP, STOREFRONT
from unit.fixtures.programs import HANG

HOURS = 3600


@pytest.fixture
def cache(tmp_path):
    """The options of a persistent cache."""
    return {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "cache"),
        "cache_timeout": HOURS,
    }


def make_older(cache, seconds):
    """Make all stored files older."""
    for folder, _folders, files in os.walk(cache["cache_connection"]):
        for name in files:
            path = os.path.join(folder, name)
            then = os.stat(path).st_mtime - seconds
            os.utime(path, (then, then))


# The cache


def test_a_cache_hit_sends_no_request_and_needs_no_token(read, cache, monkeypatch):
    first = read(**cache)
    assert first.requests
    second = read(**cache)
    assert not second.requests
    assert (second.hosts, second.groups, second.warnings) == (first.hosts, first.groups, first.warnings)
    monkeypatch.setattr("ansible_collections.cloud66.cloud.plugins.module_utils.engine.run.Client", None)
    third = read(api_token=None, **cache)
    assert (third.hosts, third.groups) == (first.hosts, first.groups)


def test_without_a_cache_each_run_reads(read, cache, tmp_path):
    assert read().requests
    assert read().requests
    assert read(**{**cache, "cache": False}).requests
    assert not (tmp_path / "cache").exists()


def test_an_expired_cache_is_renewed(read, cache):
    read(**cache)
    make_older(cache, HOURS - 60)
    assert not read(**cache).requests
    make_older(cache, 120)
    assert read(**cache).requests
    assert not read(**cache).requests


def test_a_cache_hit_does_not_extend_the_cache(read, cache):
    read(**cache)
    make_older(cache, HOURS - 60)
    read(**cache)
    make_older(cache, 120)
    assert read(**cache).requests


def test_another_token_does_not_use_the_cache(read, sim, cache):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    read(**cache)
    assert read(**cache, api_token="another-token-0123456789").requests
    assert not read(**cache, api_token="another-token-0123456789").requests
    with pytest.raises(AnsibleParserError, match="401"):
        read(**cache, api_token="unknown-token-0123456789")


@pytest.mark.parametrize(
    "other",
    [
        {"stacks": ["Storefront"]},
        {"environments": ["staging"]},
        {"accounts": [139]},
        {"account_id": 139},
        {"api_url": "localhost"},
    ],
)
def test_another_selection_or_url_has_its_own_cache(read, cache, other):
    read(**cache)
    if "api_url" in other:
        other = {"api_url": read.sim.url.replace("127.0.0.1", "localhost")}
    assert read(**cache, **other).requests
    assert not read(**cache, **other).requests
    assert not read(**cache).requests


@pytest.mark.parametrize(
    ("options", "check"),
    [
        ({"roles": ["haproxy"]}, lambda inventory: list(inventory.hosts) == ["storefront.Badger"]),
        ({"hostnames": ["uid"]}, lambda inventory: {len(name) for name in inventory.hosts} == {32}),
        ({"hostvars_prefix": "c66_"}, lambda inventory: inventory.hosts["storefront.Otter"]["c66_name"] == "Otter"),
        (
            {"group_by": ["cloud"]},
            lambda inventory: inventory.children("cloud66") == {"cloud_aws", "cloud_digitalocean"},
        ),
        ({"compose": {"x": "'y'"}}, lambda inventory: inventory.values("x") == {"y"}),
        (
            {"filters": [{"include": "cloud66_name == 'Otter'"}]},
            lambda inventory: list(inventory.hosts) == ["storefront.Otter"],
        ),
    ],
)
def test_options_that_only_shape_hosts_apply_to_cached_data(read, cache, options, check):
    read(**cache)
    inventory = read(**cache, **options)
    assert not inventory.requests
    assert check(inventory)


def test_a_flush_reads_everything_and_renews_the_cache(read, sim, cache):
    """--flush-cache and meta: refresh_inventory are a flush."""
    read(**cache)
    sim.world.add_server(STOREFRONT, name="New")
    assert "storefront.New" not in read(**cache).hosts
    assert "storefront.New" in read(flush=True, **cache).hosts
    again = read(**cache)
    assert "storefront.New" in again.hosts
    assert not again.requests


def test_the_memory_cache_works(read):
    options = {"cache": True, "cache_plugin": "memory"}
    assert len(read(**options).hosts) == 7
    assert len(read(flush=True, **options).hosts) == 7


def test_no_secret_is_stored(read, sim, cache, tmp_path):
    for stack in sim.world.stacks:
        stack["redeploy_hook"] = "https://hooks.example.com/secret-4711"
    for server in sim.world.servers[AWESOME_APP]:
        server.update(ssh_private_key="secret-4712", params={"password": "secret-4714"}, notifications={"x": "secret-"})
    read(**cache, refresh="changed", on_error="warn")
    files = [path for path in (tmp_path / "cache").iterdir() if path.is_file()]
    assert len(files) == 2
    text = "".join(path.read_text() for path in files)
    assert "Storefront" in text
    assert "secret-" not in text
    assert sim.token not in text


def stored(cache):
    folder = Path(cache["cache_connection"])
    return [path for path in folder.iterdir() if path.is_file()]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _content: b"",
        lambda _content: b"\x00\xff\xfe",
        lambda _content: b'"no such thing"',
        lambda _content: b'{"entries": []}',
        lambda _content: b"[" * 100_000,
        lambda content: content[: len(content) // 2],
        lambda content: content[:-20] + b'"',
        lambda content: content.replace(b"Storefront", b"Storefron!", 1),
        lambda content: content.replace(b"entries", b"entriez", 1),
    ],
)
@pytest.mark.parametrize("refresh", ["full", "changed"])
def test_a_damaged_cache_costs_one_full_read_and_a_warning(read, cache, damage, refresh):
    first = read(**cache, refresh=refresh)
    for path in stored(cache):
        path.write_bytes(damage(path.read_bytes()))
    inventory = read(**cache, refresh=refresh)
    assert inventory.hosts == first.hosts
    assert inventory.requested == first.requested
    assert "The cached inventory cloud66_cloud_" in inventory.warning_text
    assert "cannot be used" in inventory.warning_text
    again = read(**cache, refresh=refresh)
    assert (again.hosts, again.requests, again.warnings) == (first.hosts, [], [])


# Refresh: changed


@pytest.fixture
def refresh(read, cache):
    """Read with refresh: changed after the cache has expired."""

    def call(**options):
        make_older(cache, 2 * HOURS)
        return read(**cache, refresh="changed", **options)

    call(flush=True)
    return call


def servers_read(inventory):
    return {request.path.split("/")[4] for request in inventory.requests if request.path.endswith("/servers")}


@pytest.mark.usefixtures("read")
def test_unchanged_stacks_cost_no_request(refresh):
    inventory = refresh()
    assert inventory.requested == ["/stacks"]
    assert len(inventory.hosts) == 7
    assert inventory.values("cloud66_stale") == {False}


@pytest.mark.parametrize(
    "change", [{"updated_at_iso": "2030-01-01T00:00:00Z"}, {"status": 6}, {"health": 4}, {"name": "Shop"}]
)
def test_a_changed_stack_is_read_again(sim, refresh, change):
    sim.world.stack(STOREFRONT).update(change)
    sim.world.add_server(STOREFRONT, name="New")
    sim.world.add_server(AWESOME_APP, name="Missed")
    inventory = refresh()
    assert servers_read(inventory) == {STOREFRONT}
    assert "New" in inventory.values("cloud66_name")
    # The documentation says that this can be missed.
    assert "Missed" not in inventory.values("cloud66_name")
    assert servers_read(refresh()) == set()


def test_new_and_removed_stacks_are_noticed(sim, refresh):
    new = sim.world.add_stack(2, name="Newcomer")["uid"]
    sim.world.stacks.remove(sim.world.stack(AWESOME_APP))
    inventory = refresh()
    assert servers_read(inventory) == {new}
    assert "stack_newcomer" in inventory.groups
    assert "stack_awesome_app" not in inventory.groups


def test_a_stack_without_a_date_is_always_read(sim, refresh):
    sim.world.stack(STOREFRONT).update(updated_at=None, updated_at_iso=None)
    assert servers_read(refresh()) == {STOREFRONT}
    assert servers_read(refresh()) == {STOREFRONT}


@pytest.mark.usefixtures("sim")
def test_servers_are_not_kept_longer_than_max_age(refresh, clock):
    assert servers_read(refresh(max_age=100)) == set()
    clock.move(90)
    assert servers_read(refresh(max_age=100)) == set()
    clock.move(20)
    assert len(servers_read(refresh(max_age=100))) == 3
    assert servers_read(refresh(max_age=100)) == set()


def test_a_flush_reads_unchanged_stacks_too(sim, refresh):
    sim.world.add_server(STOREFRONT, name="Missed")
    inventory = refresh(flush=True)
    assert len(servers_read(inventory)) == 3
    assert "storefront.Missed" in inventory.hosts


def test_full_is_the_default(read, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    assert len(servers_read(read(**cache))) == 3


@pytest.mark.parametrize("options", [{}, {"cache": True, "cache_plugin": "memory"}])
def test_changed_needs_a_persistent_cache(read, options):
    inventory = read(refresh="changed", **options)
    assert len(servers_read(inventory)) == 3
    assert "needs a persistent cache plugin" in inventory.warning_text


def test_the_snapshot_of_another_token_is_not_used(sim, refresh):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    assert len(servers_read(refresh(api_token="another-token-0123456789"))) == 3


# Errors


def failing(sim, uid=STOREFRONT, **options):
    return sim.fault(options.pop("kind", "html"), path=f"/stacks/{uid}/servers", **options)


def test_a_failed_stack_fails_the_inventory(read, sim, cache):
    failing(sim)
    with pytest.raises(AnsibleParserError, match=f"the servers of stack Storefront \\({STOREFRONT}\\)"):
        read(**cache)
    sim.clear_faults()
    assert read(**cache).requests, "nothing was cached"


def test_a_failed_unknown_stack_is_missing_with_a_warning(read, sim, cache):
    failing(sim)
    inventory = read(**cache, on_error="warn")
    assert len(inventory.hosts) == 2
    assert "The hosts of stack Storefront are missing" in inventory.warning_text
    assert "502" in inventory.warning_text


def test_an_incomplete_inventory_is_not_cached(read, sim, cache):
    """The next run would take it for complete."""
    failing(sim, times=1)
    read(**cache, on_error="warn")
    inventory = read(**cache, on_error="warn")
    assert len(inventory.hosts) == 7
    assert not inventory.warnings or "missing" not in inventory.warning_text


def test_a_failed_stack_comes_from_the_snapshot(read, sim, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.world.add_server(STOREFRONT, name="New")
    sim.world.add_server(AWESOME_APP, name="Newer")
    fault = failing(sim)
    inventory = read(**cache, on_error="warn")
    assert len(inventory.hosts) == 8
    assert "storefront.New" not in inventory.hosts
    stale = {name for name, host in inventory.hosts.items() if host.get("cloud66_stale")}
    assert stale == set(inventory.groups["stack_storefront"])
    assert "The hosts of stack Storefront come from the last successful read" in inventory.warning_text
    # It is not cached: each run tries again.
    assert read(**cache, on_error="warn").values("cloud66_stale") == {False, True}
    assert fault.hits == 2
    sim.clear_faults()
    inventory = read(**cache, on_error="warn")
    assert "storefront.New" in inventory.hosts
    assert inventory.values("cloud66_stale") == {False}


def test_a_changed_stack_that_failed_is_read_by_the_next_refresh(sim, refresh):
    """Its servers are older than its row."""
    sim.world.stack(STOREFRONT)["updated_at_iso"] = "2030-01-01T00:00:00Z"
    sim.world.add_server(STOREFRONT, name="New")
    failing(sim, times=1)
    assert "storefront.New" not in refresh(on_error="warn").hosts
    inventory = refresh(on_error="warn")
    assert servers_read(inventory) == {STOREFRONT}
    assert "storefront.New" in inventory.hosts


def test_half_of_the_stacks_fail(read, sim, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.fault("reset", path="/stacks/*/servers", skip=1)
    inventory = read(**cache, on_error="warn")
    assert len(inventory.hosts) == 7
    assert len([text for text in inventory.warnings if "last successful read" in text]) == 2


def test_the_list_of_stacks_fails(read, sim, cache):
    sim.fault("html", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks"):
        read(**cache, on_error="warn")
    sim.clear_faults()
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.fault("html", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks"):
        read(**cache)
    inventory = read(**cache, on_error="warn")
    assert inventory.values("cloud66_stale") == {True}
    assert "All hosts come from the last successful read" in inventory.warning_text
    sim.clear_faults()
    assert read(**cache, on_error="warn").values("cloud66_stale") == {False}


@pytest.mark.parametrize("path", ["/stacks", "/stacks/*/servers"])
def test_an_invalid_token_always_fails(read, sim, cache, path):
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.fault("status", status=401, path=path)
    with pytest.raises(AnsibleParserError, match="The token from the option api_token is invalid"):
        read(**cache, on_error="warn")


def test_a_missing_scope_is_named(read, sim):
    sim.world.add_token(1, {"users"}, "no-public-0123456789")
    with pytest.raises(AnsibleParserError, match="lacks the scope public"):
        read(api_token="no-public-0123456789", on_error="warn")


# The hourly limit


def test_too_few_requests_left_fail_before_any_is_used(read, sim, cache):
    sim.settings(remaining=3)
    with pytest.raises(AnsibleParserError) as caught:
        read(**cache)
    assert "Reading the servers of 3 stacks takes 3 requests, but 2 are left" in str(caught.value)
    assert "throttle_wait" in str(caught.value)
    assert [request.path for request in sim.requests] == ["/api/3/stacks"]


def test_just_enough_requests_are_left(read, sim):
    sim.settings(remaining=4)
    assert len(read().hosts) == 7


def test_with_too_few_left_the_snapshot_is_used(read, sim, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.settings(remaining=3)
    inventory = read(**cache, on_error="warn")
    assert len(inventory.requests) == 3
    assert len(inventory.hosts) == 7
    assert inventory.values("cloud66_stale") <= {False, True}
    assert "the hosts of 1 stacks come from the last successful read" in inventory.warning_text


def test_unknown_stacks_are_read_first(read, sim, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    new = sim.world.add_stack(1, name="Newcomer")["uid"]
    sim.settings(remaining=2)
    inventory = read(**cache, on_error="warn")
    assert servers_read(inventory) == {new}
    assert "stack_newcomer" in inventory.groups
    assert inventory.values("cloud66_stale") == {False, True}


def test_changed_needs_few_requests(sim, refresh):
    sim.settings(remaining=1)
    assert len(refresh().hosts) == 7


def test_no_requests_left(read, sim, cache):
    read(**cache)
    make_older(cache, 2 * HOURS)
    sim.settings(remaining=0)
    with pytest.raises(AnsibleParserError, match="try again at"):
        read(**cache)
    assert read(**cache, on_error="warn").values("cloud66_stale") == {True}


def test_throttle_wait_waits_for_the_next_hour(read, sim, clock):
    sim.settings(clock_offset=3590 - sim.world.now() % 3600)
    sim.settings(remaining=3)
    assert len(read(throttle_wait=60).hosts) == 7
    assert max(clock.pauses) == 11


# The number of requests


@pytest.fixture(scope="module")
def large():
    with running(stacks=300) as simulator:
        yield simulator


def test_an_unchanged_fleet_costs_only_its_pages_of_stacks(make_reader, large, cache):
    read = make_reader(large)
    full = read(**cache, refresh="changed", workers=4)
    paths = full.requested
    assert len(paths) == len(set(paths)), "no page is read twice"
    assert len([path for path in paths if path == "/stacks" or path.startswith("/stacks?")]) == 10
    # One for each stack, and two more for each stack with 70 servers.
    assert len(paths) == 10 + 300 + 2 * 6
    make_older(cache, 2 * HOURS)
    changed = read(**cache, refresh="changed")
    assert len(changed.requests) == 10
    assert changed.hosts == full.hosts
    assert changed.groups == full.groups
    assert not read(**cache, refresh="changed").requests


class Counter:
    """Counts parallel requests. The first ones wait until there are as many as expected."""

    def __init__(self, monkeypatch, expected):
        self.now = self.most = 0
        self.lock = threading.Lock()
        self.full = threading.Event()
        real = Transport.send

        def send(transport, method, url, *arguments, **options):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            if self.now >= expected:
                self.full.set()
            if "/servers" in url:
                self.full.wait(HANG)
            try:
                return real(transport, method, url, *arguments, **options)
            finally:
                with self.lock:
                    self.now -= 1

        monkeypatch.setattr(Transport, "send", send)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_at_most_workers_requests_at_once(read, sim, monkeypatch, workers):
    for _number in range(60):
        sim.world.add_stack(1)
    counter = Counter(monkeypatch, workers)
    assert len(read(workers=workers).hosts) == 67
    assert counter.most == workers
    assert len({request.client_port for request in sim.requests}) <= workers, "connections are kept alive"


def test_a_list_that_changes_while_it_is_read_is_complete(read, sim):
    for _number in range(60):
        sim.world.add_stack(1)
    sim.fault("moving", path="/stacks")
    inventory = read()
    assert inventory.values("cloud66_stack_uid") == {
        stack["uid"] for stack in sim.world.stacks if sim.world.servers[stack["uid"]]
    }
    servers = [path for path in inventory.requested if "/servers" in path]
    assert len(servers) == len(set(servers)) == len(sim.world.stacks)


def test_a_list_that_keeps_changing_causes_a_warning(read, sim):
    for _number in range(60):
        sim.world.add_stack(1)
    sim.fault("moving", path="/stacks", every=True)
    assert "The list changed each time it was read" in read().warning_text


def test_an_endless_list_fails(read, sim):
    sim.fault("repeat_page", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks completely"):
        read()

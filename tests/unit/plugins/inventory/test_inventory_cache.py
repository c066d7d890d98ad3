# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept between runs: the cache, and the last successful read, from which a refresh can begin."""

from __future__ import annotations

import os
import threading

import pytest
from ansible.errors import AnsibleParserError
from ansible_collections.cloud66.cloud.plugins.module_utils.api.transport import Transport
from simulator import running
from simulator.seed import AWESOME_APP, STOREFRONT
from unit.fixtures.programs import HANG

HOURS = 3600


@pytest.fixture
def kept(tmp_path):
    """Options of a cache that lasts."""
    return {
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(tmp_path / "kept"),
        "cache_timeout": HOURS,
    }


def age(kept, seconds):
    """Let all that is kept be older, as far as the cache plugin can tell."""
    for folder, _folders, files in os.walk(kept["cache_connection"]):
        for name in files:
            path = os.path.join(folder, name)
            then = os.stat(path).st_mtime - seconds
            os.utime(path, (then, then))


# The cache


def test_a_hit_asks_nothing_and_needs_no_token(read, kept, monkeypatch):
    first = read(**kept)
    assert first.requests
    second = read(**kept)
    assert not second.requests
    assert (second.hosts, second.groups, second.warnings) == (first.hosts, first.groups, first.warnings)
    monkeypatch.setattr("ansible_collections.cloud66.cloud.plugins.module_utils.engine.run.Client", None)
    third = read(api_token=None, **kept)
    assert (third.hosts, third.groups) == (first.hosts, first.groups)


def test_without_a_cache_each_run_asks(read, kept, tmp_path):
    assert read().requests
    assert read().requests
    assert read(**{**kept, "cache": False}).requests
    assert not (tmp_path / "kept").exists()


def test_a_cache_that_has_run_out_is_read_anew(read, kept):
    read(**kept)
    age(kept, HOURS - 60)
    assert not read(**kept).requests
    age(kept, 120)
    assert read(**kept).requests
    assert not read(**kept).requests


def test_a_hit_does_not_make_the_cache_younger(read, kept):
    read(**kept)
    age(kept, HOURS - 60)
    read(**kept)
    age(kept, 120)
    assert read(**kept).requests


def test_another_token_reads_for_itself(read, sim, kept):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    read(**kept)
    assert read(**kept, api_token="another-token-0123456789").requests
    assert not read(**kept, api_token="another-token-0123456789").requests
    with pytest.raises(AnsibleParserError, match="401"):
        read(**kept, api_token="unknown-token-0123456789")


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
def test_another_selection_or_place_is_another_cache(read, kept, other):
    read(**kept)
    if "api_url" in other:
        other = {"api_url": read.sim.url.replace("127.0.0.1", "localhost")}
    assert read(**kept, **other).requests
    assert not read(**kept, **other).requests
    assert not read(**kept).requests


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"roles": ["haproxy"]}, lambda one: list(one.hosts) == ["Badger"]),
        ({"hostnames": ["uid"]}, lambda one: {len(name) for name in one.hosts} == {32}),
        ({"hostvars_prefix": "c66_"}, lambda one: one.hosts["Otter"]["c66_name"] == "Otter"),
        ({"group_by": ["cloud"]}, lambda one: one.children("cloud66") == {"cloud_aws", "cloud_digitalocean"}),
        ({"compose": {"x": "'y'"}}, lambda one: one.values("x") == {"y"}),
        ({"filters": [{"include": "cloud66_name == 'Otter'"}]}, lambda one: list(one.hosts) == ["Otter"]),
    ],
)
def test_options_that_only_make_other_hosts_count_at_once(read, kept, options, seen):
    read(**kept)
    inventory = read(**kept, **options)
    assert not inventory.requests
    assert seen(inventory)


def test_a_flush_reads_in_full_and_renews_the_cache(read, sim, kept):
    """--flush-cache and meta: refresh_inventory come as a flush."""
    read(**kept)
    sim.world.add_server(STOREFRONT, name="New")
    assert "New" not in read(**kept).hosts
    assert "New" in read(flush=True, **kept).hosts
    again = read(**kept)
    assert "New" in again.hosts
    assert not again.requests


def test_the_memory_cache_works_as_none(read):
    options = {"cache": True, "cache_plugin": "memory"}
    assert len(read(**options).hosts) == 7
    assert len(read(flush=True, **options).hosts) == 7


def test_no_secret_is_kept(read, sim, kept, tmp_path):
    for stack in sim.world.stacks:
        stack["redeploy_hook"] = "https://hooks.example.com/secret-4711"
    for server in sim.world.servers[AWESOME_APP]:
        server.update(ssh_private_key="secret-4712", params={"password": "secret-4714"}, notifications={"x": "secret-"})
    read(**kept, refresh="changed", on_error="warn")
    files = [path for path in (tmp_path / "kept").iterdir() if path.is_file()]
    assert len(files) == 2
    text = "".join(path.read_text() for path in files)
    assert "Storefront" in text
    assert "secret-" not in text
    assert sim.token not in text


def test_what_is_kept_and_makes_no_sense_is_read_anew(read, kept, tmp_path):
    read(**kept)
    for path in (tmp_path / "kept").iterdir():
        path.write_text('"no such thing"')
    inventory = read(**kept, refresh="changed")
    assert len(inventory.hosts) == 7
    assert inventory.requests


# Refresh: changed


@pytest.fixture
def refresh(read, kept):
    """Read when the cache has run out, with refresh: changed."""

    def call(**options):
        age(kept, 2 * HOURS)
        return read(**kept, refresh="changed", **options)

    call(flush=True)
    return call


def servers_read(inventory):
    return {one.path.split("/")[4] for one in inventory.requests if one.path.endswith("/servers")}


@pytest.mark.usefixtures("read")
def test_stacks_that_look_the_same_cost_nothing(refresh):
    inventory = refresh()
    assert inventory.asked == ["/stacks"]
    assert len(inventory.hosts) == 7
    assert not any("cloud66_stale" in host for host in inventory.hosts.values())


@pytest.mark.parametrize(
    "change", [{"updated_at_iso": "2030-01-01T00:00:00Z"}, {"status": 6}, {"health": 4}, {"name": "Shop"}]
)
def test_a_stack_that_looks_different_is_read_again(sim, refresh, change):
    sim.world.stack(STOREFRONT).update(change)
    sim.world.add_server(STOREFRONT, name="New")
    sim.world.add_server(AWESOME_APP, name="Missed")
    inventory = refresh()
    assert servers_read(inventory) == {STOREFRONT}
    assert "New" in inventory.hosts
    # What it can miss, as the documentation says.
    assert "Missed" not in inventory.hosts
    assert servers_read(refresh()) == set()


def test_stacks_that_come_and_go_are_seen(sim, refresh):
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


def test_a_flush_reads_all_that_looks_the_same_too(sim, refresh):
    sim.world.add_server(STOREFRONT, name="Missed")
    inventory = refresh(flush=True)
    assert len(servers_read(inventory)) == 3
    assert "Missed" in inventory.hosts


def test_full_is_the_default(read, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    assert len(servers_read(read(**kept))) == 3


@pytest.mark.parametrize("options", [{}, {"cache": True, "cache_plugin": "memory"}])
def test_changed_needs_a_cache_that_lasts(read, options):
    inventory = read(refresh="changed", **options)
    assert len(servers_read(inventory)) == 3
    assert "needs a persistent cache plugin" in inventory.warned


def test_the_last_reading_of_another_token_is_not_used(sim, refresh):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    assert len(servers_read(refresh(api_token="another-token-0123456789"))) == 3


# Errors


def failing(sim, uid=STOREFRONT, **options):
    return sim.fault(options.pop("kind", "html"), path=f"/stacks/{uid}/servers", **options)


def test_a_stack_that_fails_fails_all(read, sim, kept):
    failing(sim)
    with pytest.raises(AnsibleParserError, match=f"the servers of stack Storefront \\({STOREFRONT}\\)"):
        read(**kept)
    sim.clear_faults()
    assert read(**kept).requests, "nothing of it was kept"


def test_a_stack_that_fails_and_is_not_known_is_missing_with_a_warning(read, sim, kept):
    failing(sim)
    inventory = read(**kept, on_error="warn")
    assert len(inventory.hosts) == 2
    assert "The hosts of stack Storefront are missing" in inventory.warned
    assert "502" in inventory.warned


def test_an_inventory_with_a_stack_missing_is_not_kept(read, sim, kept):
    """The next run would take it for whole."""
    failing(sim, times=1)
    read(**kept, on_error="warn")
    inventory = read(**kept, on_error="warn")
    assert len(inventory.hosts) == 7
    assert not inventory.warnings or "missing" not in inventory.warned


def test_a_stack_that_fails_comes_from_the_last_good_reading(read, sim, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    sim.world.add_server(STOREFRONT, name="New")
    sim.world.add_server(AWESOME_APP, name="Newer")
    fault = failing(sim)
    inventory = read(**kept, on_error="warn")
    assert len(inventory.hosts) == 8
    assert "New" not in inventory.hosts
    stale = {name for name, host in inventory.hosts.items() if host.get("cloud66_stale")}
    assert stale == set(inventory.groups["stack_storefront"])
    assert "The hosts of stack Storefront come from the last successful read" in inventory.warned
    # It is not taken for fresh: the next run tries again, and again.
    assert read(**kept, on_error="warn").values("cloud66_stale") == {None, True}
    assert fault.hits == 2
    sim.clear_faults()
    inventory = read(**kept, on_error="warn")
    assert "New" in inventory.hosts
    assert inventory.values("cloud66_stale") == {None}


def test_a_changed_stack_that_failed_is_read_by_the_next_refresh(sim, refresh):
    """Its servers are older than the stack as it is now."""
    sim.world.stack(STOREFRONT)["updated_at_iso"] = "2030-01-01T00:00:00Z"
    sim.world.add_server(STOREFRONT, name="New")
    failing(sim, times=1)
    assert "New" not in refresh(on_error="warn").hosts
    inventory = refresh(on_error="warn")
    assert servers_read(inventory) == {STOREFRONT}
    assert "New" in inventory.hosts


def test_half_of_the_stacks_fail(read, sim, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    sim.fault("reset", path="/stacks/*/servers", skip=1)
    inventory = read(**kept, on_error="warn")
    assert len(inventory.hosts) == 7
    assert len([text for text in inventory.warnings if "last successful read" in text]) == 2


def test_the_list_itself_fails(read, sim, kept):
    sim.fault("html", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks"):
        read(**kept, on_error="warn")
    sim.clear_faults()
    read(**kept)
    age(kept, 2 * HOURS)
    sim.fault("html", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks"):
        read(**kept)
    inventory = read(**kept, on_error="warn")
    assert inventory.values("cloud66_stale") == {True}
    assert "All hosts come from the last successful read" in inventory.warned
    sim.clear_faults()
    assert read(**kept, on_error="warn").values("cloud66_stale") == {None}


@pytest.mark.parametrize("path", ["/stacks", "/stacks/*/servers"])
def test_a_wrong_token_always_fails(read, sim, kept, path):
    read(**kept)
    age(kept, 2 * HOURS)
    sim.fault("status", status=401, path=path)
    with pytest.raises(AnsibleParserError, match="The token from the option api_token is invalid"):
        read(**kept, on_error="warn")


def test_a_scope_that_is_missing_is_named(read, sim):
    sim.world.add_token(1, {"users"}, "no-public-0123456789")
    with pytest.raises(AnsibleParserError, match="lacks the scope public"):
        read(api_token="no-public-0123456789", on_error="warn")


# The hourly limit


def test_too_few_requests_left_fails_before_they_are_used(read, sim, kept):
    sim.settings(remaining=3)
    with pytest.raises(AnsibleParserError) as caught:
        read(**kept)
    assert "Reading the servers of 3 stacks takes 3 requests, but 2 are left" in str(caught.value)
    assert "throttle_wait" in str(caught.value)
    assert [one.path for one in sim.requests] == ["/api/3/stacks"]


def test_enough_requests_left_is_enough(read, sim):
    sim.settings(remaining=4)
    assert len(read().hosts) == 7


def test_with_too_few_left_the_last_reading_does(read, sim, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    sim.settings(remaining=3)
    inventory = read(**kept, on_error="warn")
    assert len(inventory.requests) == 3
    assert len(inventory.hosts) == 7
    assert inventory.values("cloud66_stale") <= {None, True}
    assert "the hosts of 1 stacks come from the last successful read" in inventory.warned


def test_stacks_that_are_not_known_come_first(read, sim, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    new = sim.world.add_stack(1, name="Newcomer")["uid"]
    sim.settings(remaining=2)
    inventory = read(**kept, on_error="warn")
    assert servers_read(inventory) == {new}
    assert "stack_newcomer" in inventory.groups
    assert inventory.values("cloud66_stale") == {None, True}


def test_changed_needs_few(sim, refresh):
    sim.settings(remaining=1)
    assert len(refresh().hosts) == 7


def test_none_left_at_all(read, sim, kept):
    read(**kept)
    age(kept, 2 * HOURS)
    sim.settings(remaining=0)
    with pytest.raises(AnsibleParserError, match="try again at"):
        read(**kept)
    assert read(**kept, on_error="warn").values("cloud66_stale") == {True}


def test_throttle_wait_lets_it_wait_for_the_next_hour(read, sim, clock):
    sim.settings(clock_offset=3590 - sim.world.now() % 3600)
    sim.settings(remaining=3)
    assert len(read(throttle_wait=60).hosts) == 7
    assert max(clock.pauses) == 11


# What is asked, and how much at once


@pytest.fixture(scope="module")
def large():
    with running(stacks=300) as simulator:
        yield simulator


def test_a_quiet_fleet_costs_the_pages_of_its_stacks(make_reader, large, kept):
    read = make_reader(large)
    full = read(**kept, refresh="changed", workers=4)
    paths = full.asked
    assert len(paths) == len(set(paths)), "no page is asked for twice"
    assert len([path for path in paths if path == "/stacks" or path.startswith("/stacks?")]) == 10
    # One for each stack, and two more for each that has 70 servers.
    assert len(paths) == 10 + 300 + 2 * 6
    age(kept, 2 * HOURS)
    changed = read(**kept, refresh="changed")
    assert len(changed.requests) == 10
    assert changed.hosts == full.hosts
    assert changed.groups == full.groups
    assert not read(**kept, refresh="changed").requests


class Counter:
    """How many requests are under way at once. The first ones wait until there are as many as expected."""

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
def test_never_more_than_workers_at_once(read, sim, monkeypatch, workers):
    for _number in range(60):
        sim.world.add_stack(1)
    counter = Counter(monkeypatch, workers)
    assert len(read(workers=workers).hosts) == 67
    assert counter.most == workers
    assert len({one.client_port for one in sim.requests}) <= workers, "connections are kept alive"


def test_a_list_that_moves_while_it_is_read_comes_whole(read, sim):
    for _number in range(60):
        sim.world.add_stack(1)
    sim.fault("moving", path="/stacks")
    inventory = read()
    assert inventory.values("cloud66_stack_uid") == {
        stack["uid"] for stack in sim.world.stacks if sim.world.servers[stack["uid"]]
    }
    servers = [path for path in inventory.asked if "/servers" in path]
    assert len(servers) == len(set(servers)) == len(sim.world.stacks)


def test_a_list_that_never_stands_still_is_a_warning(read, sim):
    for _number in range(60):
        sim.world.add_stack(1)
    sim.fault("moving", path="/stacks", every=True)
    assert "The list changed each time it was read" in read().warned


def test_a_list_that_does_not_end_fails(read, sim):
    sim.fault("repeat_page", path="/stacks")
    with pytest.raises(AnsibleParserError, match="Cannot read the stacks completely"):
        read()

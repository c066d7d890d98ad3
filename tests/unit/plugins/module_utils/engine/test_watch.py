# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watching stacks round by round: what is read, what it costs, and what happens after errors."""

from __future__ import annotations

import logging

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.api.errors import Cloud66Error, UnauthorizedError
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.watch import Level, Watch, next_wait
from simulator import running
from simulator.seed import AWESOME_APP, NO_USERS_TOKEN, PUBLIC_TOKEN, STOREFRONT
from simulator.shapes import iso

HOUR, DAY = 3600, 24 * 3600
LEDGER = 2


class Rounds:
    """A watch whose waits pass immediately. `play` runs rounds, and `events` are those of all of them."""

    def __init__(self, sim, clock, **options):
        self.clock, self.waits, self.events, self.steps = clock, [], [], []
        args = {"api_url": sim.url, "api_token": sim.token, "api_retries": 0, **options}
        self.watch = Watch(args, {}, self.wait)
        self.watch.client.stop = self

    def wait(self, seconds):
        self.waits.append(seconds)
        self.clock.move(seconds)
        if not self.steps:
            return True
        step = self.steps.pop(0)
        if step:
            step()
        return False

    def play(self, *steps):
        """As many rounds as there are steps, and one before them. Returns the types of the new events."""
        self.steps, before = list(steps), len(self.events)
        self.watch.run(self.deliver)
        return [event["type"] for event in self.events[before:]]

    def deliver(self, event):
        self.events.append(event)
        self.watch.checkpoint.delivered(event)
        return True


@pytest.fixture
def watch(sim, clock):
    sim.settings(action_seconds=0, deploy_seconds=90)
    return lambda **options: Rounds(sim, clock, **options)


def deploy(sim, uid=AWESOME_APP):
    return lambda: sim.world.deploys.ask(sim.world.stack(uid), "jim@example.com", None, "job 17")


def change(sim, uid=AWESOME_APP, **fields):
    return lambda: (sim.world.stack(uid).update(fields), sim.world.touch(uid))


# What is found


def test_the_first_round_reports_nothing(sim, watch):
    assert watch(events=["deployments", "actions", "status", "health", "drift"]).play(None, None) == []


def test_a_deployment_is_reported_as_a_deployment_an_action_and_a_status(sim, watch):
    rounds = watch()
    found = rounds.play(deploy(sim), None, None)
    assert sorted(found[:3]) == ["action_began", "deployment_began", "status_changed"]
    assert sorted(found[3:]) == ["action_ended", "deployment_ended", "status_changed"]
    began = next(event for event in rounds.events if event["type"] == "deployment_began")
    assert began["stack"] == {
        "uid": AWESOME_APP,
        "name": "Awesome App",
        "environment": "production",
        "account_id": 139,
        "status": "deploying",
        "health": "ok",
        "maintenance_mode": False,
    }
    assert began["deployment"]["triggered_by"] == "jim@example.com"
    assert [event["action"]["user_reference"] for event in rounds.events if "action" in event] == ["job 17"] * 2
    assert len({event["meta"]["uuid"] for event in rounds.events}) == len(rounds.events)


def test_a_failed_deployment(sim, watch):
    sim.settings(deploy_failure="Out of disk")
    rounds = watch(events=["deployments", "actions"])
    assert set(rounds.play(deploy(sim), None, None)[2:]) == {"deployment_failed", "action_failed"}
    failed = {event["type"]: event for event in rounds.events}
    assert failed["deployment_failed"]["deployment"]["outcome"] == "failed"
    assert failed["action_failed"]["action"]["finished_message"] == "Out of disk"


def test_a_deployment_that_runs_before_the_watch_is_reported_when_it_ends(sim, watch, clock):
    deploy(sim)()
    clock.move(2)
    assert watch(events=["deployments"]).play(None, None) == ["deployment_ended"]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("in_text", [False, True])
def test_an_action_is_found_although_no_row_changes(sim, watch, order, in_text):
    sim.settings(action_order=order, success_as_text=in_text, action_seconds=1000)
    sim.world.add_past_actions(STOREFRONT, 100)
    rounds = watch(events=["actions"])

    def act():
        row = sim.world.work.open(STOREFRONT, "restart_stack")
        sim.world.work.end_after(row, 100)

    assert rounds.play(act, None, None, None) == ["action_began", "action_ended"]


def test_a_stack_with_open_work_does_not_wait_for_its_turn(clock):
    with running(stacks=60) as sim:
        sim.go_by(clock)
        rounds, uid = Rounds(sim, clock, events=["actions"]), sim.world.stacks[-1]["uid"]

        def act():
            # Only its beginning shows in the row.
            sim.world.work.end_after(sim.world.work.open(uid, "restart_stack"), 90)
            sim.world.touch(uid)

        assert rounds.play(act, None, None) == ["action_began", "action_ended"]


def test_since(sim, watch, clock):
    deploy(sim)()
    clock.move(HOUR)
    assert watch(events=["deployments"]).play(None) == []
    assert watch(events=["deployments"], since="2h").play(None) == ["deployment_began", "deployment_ended"]
    assert watch(events=["deployments"], since=iso(clock.now() - 2 * HOUR)).play() != []


def test_drift(sim, watch):
    rounds = watch(events=["drift"], stacks=["Awesome App"])
    servers = sim.world.servers[AWESOME_APP]
    found = rounds.play(
        change(sim, maintenance_mode=True),
        lambda: sim.world.add_server(AWESOME_APP, name="Otter"),
        lambda: sim.world.remove_server(servers[0]["uid"]),
        None,
    )
    assert found == ["maintenance_changed", "server_added", "server_removed"]
    assert [event["server"]["name"] for event in rounds.events if "server" in event] == ["Otter", "Lion"]
    assert (rounds.events[0]["before"], rounds.events[0]["after"]) == (False, True)


def test_backups_that_failed_or_are_missing(sim, watch, clock):
    sim.world.backups[STOREFRONT].clear()
    sim.world.add_backup(STOREFRONT, 1345, now=True, db_type="mysql", backup_status=0)
    rounds = watch(events=["backups"], backup_max_age="26h", interval=HOUR)

    def fail():
        sim.world.add_backup(STOREFRONT, 1345, now=True, db_type="mysql", backup_status=1, backup_result="Disk full")

    assert rounds.play(fail, None, None) == ["backup_failed"]
    assert rounds.play(*[None] * 30) == ["backup_missing"]
    assert "not at most 26 hours" in rounds.events[-1]["backup"]["problem"]


def test_certificates_about_to_end(sim, watch, clock):
    ends = iso(clock.now() + 15 * DAY)
    sim.world.certificates[AWESOME_APP][0]["expires_at"] = ends
    rounds = watch(events=["certificates"], interval=12 * HOUR)
    assert rounds.play(*[None] * 6) == ["certificate_ending"]
    assert rounds.events[0]["certificate"]["expires_at"] == ends
    assert rounds.events[0]["certificate"]["days_left"] == 14


def test_chosen_stacks_environments_and_accounts(sim, watch):
    def touch():
        for stack in sim.world.stacks:
            change(sim, stack["uid"], health=4)()

    def names(**options):
        for stack in sim.world.stacks:
            stack["health"] = 3
        rounds = watch(events=["health"], **options)
        rounds.play(touch)
        return [event["stack"]["name"] for event in rounds.events]

    assert names() == ["Awesome App", "Storefront", "Ledger"]
    assert names(stacks=["storefront", AWESOME_APP]) == ["Awesome App", "Storefront"]
    assert names(environments="staging, development") == ["Storefront", "Ledger"]
    sim.settings(visible_accounts="current", strict_account=True)
    assert names(accounts=[139]) == ["Awesome App", "Storefront"]


def test_texts_are_no_templates(sim, watch):
    sim.world.stack(AWESOME_APP)["name"] = "{{ lookup('pipe', 'id') }}{%x"
    rounds = watch()
    rounds.play(change(sim, health=4))
    assert rounds.events[0]["stack"]["name"] == "{ { lookup('pipe', 'id') }}{ %x"


# What it costs


def test_a_quiet_fleet_of_1000_stacks_takes_40_requests_a_round(clock):
    with running(stacks=1000) as sim:
        sim.go_by(clock)
        for uid in (stack["uid"] for stack in sim.world.stacks):
            sim.world.stack(uid).update(status=1, health=3)
        rounds = Rounds(sim, clock)
        counts = []

        def count():
            counts.append(len(sim.requests) - sum(counts))

        rounds.play(*[count] * 4)
        assert max(counts) <= 40
        assert min(counts) >= 34 + 6, "others have their turn"
        # Chosen ones are read one by one.
        alone = Rounds(sim, clock, stacks=["Storefront"], events=["health"])
        before = len(sim.requests)
        assert alone.play(None, change(sim, STOREFRONT, health=4), None) == ["health_changed"]
        assert len(sim.requests) - before == 34 + 3


@pytest.mark.parametrize(("left", "expected"), [(2900, 60), (1000, 205), (340, 3601), (10, 3601)])
def test_the_wait_grows_as_the_requests_of_the_hour_go(left, expected):
    before, after = Level(HOUR * 1000 - 60, left + 40, 3000), Level(HOUR * 1000, left, 3000)
    assert next_wait(60, before, after, 40) == pytest.approx(expected, abs=2)


def test_the_wait_is_the_interval_if_no_limit_is_known():
    assert next_wait(60, Level(0, None, None), Level(60, None, None), 40) == 60


@pytest.mark.parametrize("jitter", [min, max])
def test_a_changed_fleet_is_looked_into_later_if_few_requests_are_left(sim, watch, monkeypatch, jitter):
    monkeypatch.setattr("random.uniform", lambda *bounds: jitter(bounds))
    rounds = watch(events=["deployments"])
    sim.settings(limit=3000)

    def few():
        deploy(sim)()
        sim.settings(remaining=302)

    assert rounds.play(few, None, None) == ["deployment_began", "deployment_ended"]
    assert rounds.waits[1] > 600


# Errors


def test_the_hourly_limit_is_waited_out(sim, watch, caplog):
    rounds = watch(events=["deployments"])

    def none_left():
        deploy(sim)()
        sim.settings(remaining=0)

    assert rounds.play(none_left, None, None) == ["deployment_began", "deployment_ended"]
    assert rounds.waits[1] > 60
    assert "Waiting until" in caplog.text


@pytest.mark.parametrize("kind", ["reset", "html", "bad_json", "wrong_type", "unavailable", "cut"])
def test_errors_are_waited_out_and_logged(sim, watch, caplog, kind):
    rounds = watch()
    assert rounds.play(lambda: sim.fault(kind), None, sim.clear_faults, change(sim, health=4), None) == [
        "health_changed"
    ]
    assert "Reading again in 120 s" in caplog.text
    assert sim.token not in caplog.text


def test_the_first_round_waits_errors_out_too(sim, watch):
    sim.fault("unavailable", times=1)
    assert watch().play(None, change(sim, health=4), None) == ["health_changed"]


@pytest.mark.parametrize("kind", ["unavailable", "wrong_type"])
def test_a_stack_that_cannot_be_read_does_not_keep_others_from_being_read(sim, watch, kind, caplog):
    sim.fault(kind, path=f"/stacks/{AWESOME_APP}/deployments")
    rounds = watch(events=["deployments"])
    assert rounds.play(deploy(sim), deploy(sim, STOREFRONT), None, None) == ["deployment_began", "deployment_ended"]
    sim.clear_faults()
    assert rounds.play(None) == ["deployment_began", "deployment_ended"]


def test_an_answer_of_another_form_is_waited_out(sim, watch, caplog):
    sim.fault("wrong_type", path="/stacks", times=1, body={"response": [{"name": "no uid"}]})
    assert watch().play(None, change(sim, health=4), None) == ["health_changed"]
    assert "Cannot understand Cloud 66's answer" in caplog.text


def test_a_wrong_token_fails(sim, watch):
    with pytest.raises(UnauthorizedError) as error:
        watch(api_token="wrong-token-0123").play()
    assert "wrong-token-0123" not in str(error.value)
    rounds = watch()
    with pytest.raises(UnauthorizedError):
        rounds.play(sim.world.tokens.clear, None)


def test_a_scope_that_is_missing_is_logged_once(sim, watch, caplog):
    rounds = watch(events=["certificates", "health"], api_token=PUBLIC_TOKEN, interval=HOUR)
    assert rounds.play(change(sim, health=4), None, None) == ["health_changed"]
    texts = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(texts) == len(set(texts)) == 3
    assert "admin" in texts[0]


def test_a_stack_that_was_missing_in_a_list_loses_and_repeats_nothing(sim, watch):
    rounds = watch(events=["deployments", "health"])
    stacks, gone = sim.world.stacks, []
    assert len(rounds.play(deploy(sim), None, None)) == 2

    def leave():
        sim.world.stack(AWESOME_APP)["health"] = 4
        gone.append(stacks.pop(0))
        sim.world.deploys.ask(gone[0], None, None, None)

    found = rounds.play(leave, None, None, lambda: stacks.insert(0, gone[0]), None)
    assert sorted(found) == ["deployment_began", "deployment_ended", "health_changed"]


def test_a_chosen_stack_with_a_new_name_is_logged(sim, watch, caplog):
    rounds = watch(stacks=["Storefront", "Ledger"], events=["health"])
    rename = change(sim, STOREFRONT, name="Shop")
    rounds.play(rename, None, None)
    text = "stack Storefront is now stack Shop in the environment staging, which is not to be watched."
    assert [record.message for record in caplog.records if record.levelno == logging.WARNING] == [text]


def test_a_new_name_changes_nothing_if_all_stacks_are_watched(sim, watch, caplog):
    rounds = watch(events=["health"])
    assert rounds.play(change(sim, STOREFRONT, name="Shop"), change(sim, STOREFRONT, health=4)) == ["health_changed"]
    assert rounds.events[0]["stack"]["name"] == "Shop"
    assert not caplog.records


def test_the_time_of_a_round_is_right_if_the_clock_is_set_meanwhile(sim, watch, clock, monkeypatch):
    rounds = watch(events=["health"])
    read = rounds.watch._rows

    def rows():
        clock.set(HOUR)
        return read()

    before = clock.now()
    monkeypatch.setattr(rounds.watch, "_rows", rows)
    rounds.play()
    assert rounds.watch.checkpoint.state["read_at"] == pytest.approx(before + HOUR, abs=2)


def test_a_stack_that_is_missing_for_a_day_is_forgotten(sim, watch):
    rounds = watch(events=["health"])
    rounds.play(lambda: sim.world.stacks.pop(0), None)
    assert AWESOME_APP in rounds.watch.checkpoint.state["stacks"]
    rounds.play(lambda: rounds.clock.move(DAY), None)
    assert AWESOME_APP not in rounds.watch.checkpoint.state["stacks"]


# Options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stack": "x"}, "Unsupported option stack. Did you mean stacks?"),
        ({"events": ["deploys"]}, "'deploys' is not a kind of events. Did you mean deployments"),
        ({"interval": 0}, "interval must be at least 1, not 0."),
        ({"interval": "often"}, "interval must be a whole number."),
        ({"stacks": []}, "stacks is empty."),
        ({"events": " "}, "events is empty."),
        ({"feedback": "perhaps"}, "feedback must be true or false."),
        ({"feedback": True}, "feedback needs ansible-rulebook 1.3 or newer"),
        ({"since": "yesterday"}, "since must be a duration such as 2h or a time such as 2026-05-04T08:00:00Z"),
        ({"backup_max_age": "long"}, "backup_max_age must be a duration"),
        ({"api_url": "ftp://x"}, "api_url must be an http or https URL"),
        ({"api_token": {"secret-x": 1}}, "api_token must be a text."),
        ({"api_token": None}, "No Cloud 66 token found"),
        ({"checkpoint": "/nowhere/x.json"}, "The folder of the checkpoint /nowhere/x.json does not exist."),
    ],
)
def test_options_that_cannot_be_used(watch, options, message):
    with pytest.raises(Cloud66Error) as error:
        watch(**options)
    assert message in str(error.value)


def test_texts_of_templates_are_options_too(watch):
    options = watch(interval="30", feedback="no", stacks="Awesome App, Storefront", access_token="x" * 9).watch.options
    assert (options.interval, options.feedback, options.stacks) == (30, False, ("Awesome App", "Storefront"))


def test_names_that_no_stack_has(sim, watch, caplog):
    with pytest.raises(Cloud66Error, match=r"No stack matches 'Awsome App', .*Did you mean Awesome App"):
        watch(stacks=["Awsome App"]).play()
    with pytest.raises(Cloud66Error, match=r"No stack is in the environment 'prodution'.*production"):
        watch(environments=["prodution"]).play()
    assert watch(stacks=["Awsome App", "Storefront"], events=["health"]).play(change(sim, STOREFRONT, health=4)) == [
        "health_changed"
    ]
    assert "No stack matches 'Awsome App'" in caplog.text


def test_a_token_file_that_others_can_read_is_logged(tmp_path, sim, watch, caplog):
    file = tmp_path / "token"
    file.write_text(NO_USERS_TOKEN, encoding="utf-8")
    file.chmod(0o644)
    watch(api_token=None, token_file=str(file)).play()
    assert "Others can read the token file" in caplog.text

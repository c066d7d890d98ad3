# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs and inventory sources of AWX: the collection from a project's requirements, no secret anywhere, plain data."""

from __future__ import annotations

import json
import sys

import pytest
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import texts_under
from ansible_collections.cloud66.cloud.plugins.plugin_utils.unsafe import NEEDS_WRAPPING
from simulator import running
from simulator.seed import AWESOME_APP
from unit.fixtures.awx_runs import Awx, built, given_to_jobs
from unit.fixtures.collection import APPLICATION, MODULES, declared, example_files
from unit.fixtures.secrets import VARIABLE, WRONG, shown, with_secrets

LOCALHOST = {
    "all": {"hosts": ["localhost"]},
    "_meta": {
        "hostvars": {
            "localhost": {
                "ansible_connection": "local",
                "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            }
        }
    },
}
REFUSED = (
    "Cannot read the stacks: Cloud 66 answered 401 unauthenticated (The authentication token is not valid). The token "
    "from the variable CLOUD66_ACCESS_TOKEN is invalid or was revoked: replace it, or unset CLOUD66_ACCESS_TOKEN and "
    "log in (`ansible-playbook cloud66.cloud.login`)."
)
ENV_VALUE = "value-of-a-variable-4711"
ONE_LINE = {"plugin": "cloud66.cloud.c66"}


@pytest.fixture(scope="module")
def awx_runs(tmp_path_factory):
    """AWX with a project that requires the collection, for all tests, because installing it takes seconds."""
    folder = tmp_path_factory.mktemp("awx")
    return Awx(folder / "private", built(folder))


@pytest.fixture
def connection(sim, real_time):
    """The extra environment variables in the settings of AWX."""
    names = ("action", "certificate", "create", "create_visible", "deploy", "template")
    sim.settings(**{f"{name}_seconds": 0 for name in names})
    return {"CLOUD66_API_URL": sim.url, "CLOUD66_API_RETRIES": "0"}


# Jobs


def task(name, module, options, **keywords):
    return {"name": name, f"cloud66.cloud.{module}": options, **keywords}


def every_module():
    """A task with secrets for each module. Some fail, because nothing is reset in between."""
    for module in MODULES:
        options, variables, _has_secrets = with_secrets(module)
        del options["api_token"]
        yield task(f"{module} in the worker", module, options, vars=variables)
    device = {"user_id": 18, "device_type": "ios", "device_token": "{{ s.LONG }}"}
    yield task("in a process", "c66_device", device, vars={"cloud66_in_worker": False})


# The secret is no URL and no key, a code does not work twice, and another task has removed the server.
UNUSABLE = {f"{module} in the worker" for module in ("c66_backup", "c66_gateway", "c66_oauth_token", "c66_tag")}


# The options with which a result contains secrets. It is registered under the name of the module.
REVEALING = {
    "c66_alert_info": {"stack": "Awesome App", "include_urls": True},
    "c66_api": {"path": "/users/4", "include_secrets": True},
    "c66_config_store_record_info": {"key": "onesignal.api_key", "include_values": True},
    "c66_container_info": {"stack": "Storefront", "service": "web", "include_runtime": True},
    "c66_device_info": {"user_id": 4, "include_token": True},
    "c66_env_var_info": {"stack": "Awesome App", "include_values": True},
    "c66_notification_info": {"stack": "Awesome App", "include_urls": True},
    "c66_server_info": {"stack": "Awesome App", "server": "Caribou", "include_private_key": True},
}


def revealing():
    """Tasks whose results contain secrets, also in a loop and in a process, and one that writes them to a file."""
    for module, options in REVEALING.items():
        yield task(module, module, options, register=module)
    key = REVEALING["c66_server_info"]
    yield task("key in a process", "c66_server_info", key, register="key", vars={"cloud66_in_worker": False})
    yield task("keys", "c66_server_info", {**key, "server": "{{ item }}"}, loop=["Caribou"], register="keys")
    results = " | combine(".join(["{}", *(f"{{'{name}': {name}}})" for name in (*REVEALING, "key", "keys"))])
    kept = {"dest": "{{ kept }}", "content": f"{{{{ {results} | to_json }}}}", "mode": "0600"}
    yield {"name": "kept", "ansible.builtin.copy": kept, "no_log": True}


def secrets_in(results):
    """The lines of the revealed secrets, without those that are too short to be told from other texts."""
    found = {}
    for name, result in results.items():
        fields = declared(name if name in REVEALING else "c66_server_info").reveals.values()
        texts = texts_under(frozenset().union(*fields), result)
        found[name] = {line for text in texts for line in text.splitlines() if len(line) >= 8}
    # Other variables have values that are also part of names, such as production.
    found["c66_env_var_info"] &= {ENV_VALUE}
    assert all(found.values()), found
    return set().union(*found.values())


@pytest.fixture
def playbook(awx_runs):
    """A playbook whose last task fails with a wrong token."""
    for file in example_files():
        awx_runs.write(file.name, file.read_text(encoding="utf-8"))
    own = {"awx_job": "{{ awx_job_id }}", "cacheable": True}
    tasks = [
        {"name": "fact", "ansible.builtin.set_fact": own},
        *({**one, "ignore_errors": True} for one in (*revealing(), *every_module())),
        task("stacks", "c66_stack_info", {}),
    ]
    awx_runs.write("site.yml", [{"hosts": "all", "gather_facts": False, "tasks": tasks}])
    return "site.yml"


def test_the_modules_that_reveal_secrets_are_known():
    assert set(REVEALING) == {module for module in MODULES if declared(module).reveals}


@pytest.mark.parametrize("verbosity", [0, 5])
def test_a_job_shows_no_secret(awx_runs, playbook, tmp_path, sim, connection, verbosity):
    sim.world.add_env_var(AWESOME_APP, "API_KEY", ENV_VALUE)
    kept = tmp_path / "kept"
    options = {"extra_vars": {"s": VARIABLE, "kept": str(kept)}, "verbosity": verbosity, "facts": True}
    options["options"] = ("--diff",)
    done = awx_runs.job(playbook, {"token": sim.token}, LOCALHOST, **options, **connection, **APPLICATION)
    assert (done.status, done.rc) == ("successful", 0), done.text
    assert {row["name"] for row in done.result("stacks")["stacks"]} == {row["name"] for row in sim.world.stacks}
    assert {row["event_data"]["task"] for row in done.events if row["event"] == "runner_on_failed"} == UNUSABLE
    facts = [text for name, text in awx_runs.files().items() if "fact_cache" in name]
    assert any("awx_job" in text for text in facts)
    revealed = secrets_in(json.loads(kept.read_text(encoding="utf-8")))

    failed = awx_runs.job(playbook, {"token": WRONG}, LOCALHOST, **options, **connection)
    assert (failed.status, failed.rc) == ("failed", 2)
    assert failed.result("stacks", "runner_on_failed")["msg"] == REFUSED
    assert failed.says(REFUSED)
    assert "Traceback" not in failed.text
    found = {name: shown(text, *revealed) for name, text in awx_runs.files().items()}
    assert not {name: secrets for name, secrets in found.items() if secrets}


# Inventory sources


def imported_hosts(run):
    return run.imported["_meta"]["hostvars"]


@pytest.mark.parametrize("verbosity", [0, 2])
def test_an_import_stores_plain_strings_and_shows_no_secret(awx_runs, sim, connection, verbosity):
    awx_runs.write("c66.yml", ONE_LINE)
    done = awx_runs.update("c66.yml", {"token": sim.token}, verbosity, **connection)
    assert (done.status, done.rc) == ("successful", 0), done.text
    assert len(imported_hosts(done)) == 7
    assert imported_hosts(done)["awesome_app.Caribou"]["cloud66_stack_name"] == "Awesome App"
    assert "__ansible" not in json.dumps(done.imported)
    assert bool(done.text) == bool(verbosity)

    failed = awx_runs.update("c66.yml", {"token": WRONG}, verbosity, **connection)
    assert (failed.status, failed.rc) == ("failed", 1)
    assert failed.says(REFUSED)
    assert "Traceback" not in failed.text
    assert not {name: shown(text) for name, text in awx_runs.files().items() if shown(text)}


def test_a_file_that_fails_beside_others_can_fail_the_import(awx_runs, sim, connection):
    awx_runs.write("both/good.c66.yml", {**ONE_LINE, "stacks": ["Storefront"]})
    awx_runs.write("both/bad.c66.yml", {**ONE_LINE, "api_token": WRONG})
    done = awx_runs.update("both", {"token": sim.token}, **connection)
    assert (done.status, done.rc) == ("successful", 0)
    assert done.says("Cannot read the stacks: Cloud 66 answered 401")
    assert {name.partition(".")[0] for name in imported_hosts(done)} == {"storefront"}
    strict = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True"}
    failed = awx_runs.update("both", {"token": sim.token}, **connection, **strict)
    assert (failed.status, failed.rc) == ("failed", 1)


def test_an_older_awx_needs_the_collection_in_the_environment(awx_runs, sim, connection):
    awx_runs.write("c66.yml", ONE_LINE)
    done = awx_runs.update("c66.yml", {"token": sim.token}, old=True, **connection)
    assert done.status == ("successful" if NEEDS_WRAPPING else "failed")
    assert done.says("unknown plugin 'cloud66.cloud.c66'") is not NEEDS_WRAPPING


SEE = [
    {
        "hosts": "cloud66",
        "gather_facts": False,
        "connection": "local",
        "tasks": [
            {
                "ansible.builtin.copy": {"dest": "{{ seen }}", "content": "{{ lines | join('\n') }}", "mode": "0600"},
                "run_once": True,
                "vars": {"lines": "{{ ansible_play_hosts | map('extract', hostvars) | map('to_json') | list }}"},
            },
            # Evaluates the text as an expression, unless it is marked as data.
            {"ansible.builtin.debug": {}, "when": "{{ cloud66_name }}", "ignore_errors": True},
        ],
    }
]


def test_jobs_get_the_texts_of_cloud_66_from_what_was_imported(awx_runs, tmp_path, real_time, trace):
    """Never evaluated, whatever the stacks and servers are called."""
    awx_runs.write("c66.yml", ONE_LINE)
    awx_runs.write("see.yml", SEE)
    with running(hostile=True) as hostile:
        connection = {"CLOUD66_API_URL": hostile.url}
        names = {row["uid"]: row["name"] for rows in hostile.world.servers.values() for row in rows}
        done = awx_runs.update("c66.yml", {"token": hostile.token}, **connection)
        assert done.status == "successful", done.text
        assert awx_runs.read_back(done.imported) == done.imported

        # All hosts take half a minute on some ansible-core.
        chosen = [
            row["uid"] for kind in ("names", "ways") for row in hostile.world.servers[hostile.world.hostile[kind]]
        ]
        limit = ",".join(name for name, host in imported_hosts(done).items() if host["cloud66_uid"] in chosen)

        def seen_by(inventory):
            file = tmp_path / "seen"
            given = {"seen": str(file), "ansible_python_interpreter": sys.executable}
            options = {"extra_vars": given, "options": ("-l", limit)}
            job = awx_runs.job("see.yml", {"token": hostile.token}, inventory, **options, **connection)
            assert job.status == "successful", job.text
            hosts = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
            known = imported_hosts(done)
            return {
                host["inventory_hostname"]: {name: host[name] for name in known[host["inventory_hostname"]]}
                for host in hosts
            }

        with_awx, without = seen_by(given_to_jobs(done.imported)), seen_by("c66.yml")
    assert with_awx == without
    texts = {host["cloud66_uid"]: host["cloud66_name"] for host in with_awx.values()}
    assert texts == {uid: names[uid] for uid in chosen}
    assert "{{ 7 * 7 }}" in texts.values()
    assert not trace.exists()

# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookups: a stack, read once in a run, and the value of an environment variable, which is never on disk."""

from __future__ import annotations

import json
import stat

import pytest
from ansible.errors import AnsibleError
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.censor import MASKER
from simulator.seed import AWESOME_APP, PUBLIC_TOKEN, STOREFRONT

SECRET = "hunter2-0123456789"
EVIL = "{{ lookup('pipe', 'touch trace') }}{{ 7 * 7 }}"


@pytest.mark.usefixtures("sim")
def test_a_stack_by_name_or_uid(look_up):
    [stack] = look_up("c66_stack", "Awesome App")
    assert stack["uid"] == AWESOME_APP
    assert (stack["status"], stack["status_name"]) == (1, "success")
    assert "redeploy_hook" not in stack
    names = look_up("c66_stack", AWESOME_APP, "Storefront", field="name")
    assert names == ["Awesome App", "Storefront"]


def test_one_field(look_up):
    assert look_up("c66_stack", "Awesome App", field="health_name") == ["ok"]
    with pytest.raises(AnsibleError, match=r"A stack has no field colour. Its fields are uid, name, "):
        look_up("c66_stack", "Awesome App", field="colour")
    with pytest.raises(AnsibleError, match="no field redeploy_hook"):
        look_up("c66_stack", "Awesome App", field="redeploy_hook")


def test_the_environment_selects_between_equal_names(look_up, sim):
    uids = {place: sim.world.add_stack(name="twin", environment=place)["uid"] for place in ("production", "staging")}
    for place, uid in uids.items():
        assert look_up("c66_stack", "twin", environment=place, field="uid") == [uid]
    with pytest.raises(AnsibleError, match="2 stacks are named twin"):
        look_up("c66_stack", "twin")
    with pytest.raises(AnsibleError, match="not in the environment moon"):
        look_up("c66_stack", "twin", environment="moon")


def test_a_stack_is_read_once_in_a_run(look_up, sim, run_folder):
    for field in ("uid", "name", None):
        look_up("c66_stack", "Storefront", field=field)
    assert len(sim.requests) == 1
    [file] = run_folder.iterdir()
    assert stat.S_IMODE(run_folder.stat().st_mode) == 0o700
    assert json.loads(file.read_text())["uid"] == STOREFRONT
    assert "hooks.cloud66.com" not in file.read_text()
    assert sim.token not in file.read_text() + file.name


@pytest.mark.parametrize(
    "other",
    [{"api_token": "another-token-0123456789"}, {"account_id": 139}, {"environment": "staging"}, {"api_url": None}],
)
def test_other_options_read_the_stack_again(look_up, sim, other):
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    if "api_url" in other:
        other = {"api_url": sim.url.replace("127.0.0.1", "localhost")}
    look_up("c66_stack", "Storefront")
    look_up("c66_stack", "Storefront", **other)
    assert len(sim.requests) == 2


def test_a_failure_is_a_sentence_and_is_not_stored(look_up, sim):
    sim.fault("html", times=1)
    with pytest.raises(AnsibleError, match=r"Cannot read the stacks: .*\(status 502, text/html\)"):
        look_up("c66_stack", "Storefront")
    assert look_up("c66_stack", "Storefront", field="uid") == [STOREFRONT]
    with pytest.raises(AnsibleError, match="No stack matches 'Nobody'"):
        look_up("c66_stack", "Nobody")
    with pytest.raises(AnsibleError, match="The token from the option api_token is invalid"):
        look_up("c66_stack", "Storefront", api_token="unknown-token-0123456789")
    with pytest.raises(AnsibleError, match="No Cloud 66 token found"):
        look_up("c66_stack", "Storefront", api_token=None)


def test_options_can_be_given_as_strings(look_up, sim):
    """As from variables and -e."""
    options = {"api_timeout": "5", "api_retries": "0", "account_id": "139", "validate_certs": "true"}
    assert look_up("c66_stack", "Storefront", field="uid", **options) == [STOREFRONT]
    assert sim.requests[0].headers["x-account"] == "139"
    assert look_up("c66_stack", "Storefront", field="uid", api_token=None, access_token=sim.token) == [STOREFRONT]
    with pytest.raises(AnsibleError, match="api_timeout"):
        look_up("c66_stack", "Storefront", api_timeout="long")


@pytest.mark.usefixtures("sim")
def test_validate_certs_can_be_a_string(look_up, monkeypatch):
    """The string is converted to a boolean."""
    from ansible.utils.display import Display

    warnings = []
    monkeypatch.setattr(Display, "warning", lambda _self, text, *_args, **_more: warnings.append(text))
    look_up("c66_stack", "Storefront", validate_certs="no")
    assert any("not verified" in text for text in warnings)


# Environment variables


@pytest.fixture
def secret(sim):
    return sim.world.add_env_var(AWESOME_APP, "DATABASE_SECRET", SECRET)


@pytest.mark.usefixtures("secret")
def test_the_value_of_a_variable(look_up, sim, run_folder):
    sim.world.add_env_var(AWESOME_APP, "WORKERS", "4")
    assert look_up("c66_env_var", "DATABASE_SECRET", "WORKERS", stack="Awesome App") == [SECRET, "4"]
    assert list(run_folder.iterdir()) == []
    sim.settings(env_typed_values=True)
    assert look_up("c66_env_var", "WORKERS", stack=AWESOME_APP, environment="production") == [4]


def test_a_variable_that_cannot_be_read(look_up, sim):
    with pytest.raises(AnsibleError, match="There is no environment variable NOTHING in stack Awesome App"):
        look_up("c66_env_var", "NOTHING", stack="Awesome App")
    sim.world.add_env_var(AWESOME_APP, "WORKERS", "4")
    with pytest.raises(AnsibleError, match=r"variable WORKER in stack Awesome App\. Did you mean WORKERS\?"):
        look_up("c66_env_var", "WORKER", stack="Awesome App")
    with pytest.raises(AnsibleError, match="lacks the scope admin"):
        look_up("c66_env_var", "NOTHING", stack="Awesome App", api_token=PUBLIC_TOKEN)
    with pytest.raises(AnsibleError, match="No stack matches"):
        look_up("c66_env_var", "NOTHING", stack="Nobody")
    with pytest.raises(AnsibleError, match="The name of the stack is empty"):
        look_up("c66_env_var", "NOTHING", stack=" ")
    with pytest.raises(AnsibleError, match="stack"):
        look_up("c66_env_var", "NOTHING")


# In plays


def test_many_hosts_read_once(play, sim):
    # Long enough for all workers to start before the first has an answer.
    sim.settings(latency_ms=500)
    result = play(
        {"ansible.builtin.debug": {"msg": "it is {{ lookup('cloud66.cloud.c66_stack', 'Storefront', field='uid') }}"}},
        {
            "ansible.builtin.debug": {
                "msg": "again {{ lookup('cloud66.cloud.c66_stack', 'Storefront', field='uid') }}"
            },
            "loop": [1, 2],
        },
        hosts=10,
    )
    assert result.stdout.count(f"it is {STOREFRONT}") == 10
    assert result.stdout.count(f"again {STOREFRONT}") == 20
    assert [request.path for request in sim.requests] == ["/api/3/stacks"]


@pytest.mark.usefixtures("secret")
def test_a_value_is_never_on_disk_and_no_file_is_left(play, tmp_path):
    search = "grep -rl hunter2-0123456789 tmp ansible; ls tmp/*/ | grep -c cloud66-; true"
    lookup = "lookup('cloud66.cloud.c66_env_var', 'DATABASE_SECRET', stack='Awesome App')"
    result = play(
        {
            "ansible.builtin.set_fact": {"password": f"{{{{ {lookup} }}}}"},
            "run_once": True,
            "no_log": True,
        },
        {"ansible.builtin.set_fact": {"stack": "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App') }}"}},
        {"ansible.builtin.debug": {"msg": "length {{ password | length }}"}},
        {
            "ansible.builtin.debug": {"msg": "found {{ lookup('pipe', search) | split | to_json }}"},
            "vars": {"search": search},
        },
        hosts=3,
        options=("-vvv",),
    )
    assert result.stdout.count(f"length {len(SECRET)}") == 3
    assert result.stdout.count('found [\\"1\\"]') == 3, result.stdout[-3000:]
    assert SECRET not in result.stdout + result.stderr
    assert list((tmp_path / "tmp").iterdir()) == []


def test_texts_of_cloud_66_are_data(play, sim, tmp_path):
    sim.world.stack(AWESOME_APP)["fqdn"] = EVIL
    # Another text: ansible-core 2.22 masks that of a variable, wherever it is shown as it is.
    sim.world.add_env_var(AWESOME_APP, "EVIL", EVIL.replace("}}{{", "}} {{"))
    result = play(
        {
            "ansible.builtin.debug": {
                "msg": "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App', field='fqdn') }}"
                " {{ lookup('cloud66.cloud.c66_stack', 'Awesome App').fqdn }} {{ stored }} {{ stored_value | upper }}"
            },
            "vars": {
                "stored": "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App', field='fqdn') }}",
                "stored_value": "{{ lookup('cloud66.cloud.c66_env_var', 'EVIL', stack='Awesome App') }}",
            },
        },
        {
            "ansible.builtin.set_fact": {
                "fact": "{{ lookup('cloud66.cloud.c66_stack', 'Awesome App') }}",
                "value": "{{ lookup('cloud66.cloud.c66_env_var', 'EVIL', stack='Awesome App') }}",
            }
        },
        {"ansible.builtin.debug": {"msg": "{{ fact.fqdn }} {{ value | upper }}"}},
    )
    assert result.stdout.count("{{ 7 * 7 }}") == 6
    assert "49" not in result.stdout
    assert not (tmp_path / "trace").exists()


def test_connection_options_come_from_variables(play, sim):
    """Also as templates. They count before the environment, and after the options of the call."""
    sim.world.add_token(1, {"public"}, "another-token-0123456789")
    look = "{{ lookup('cloud66.cloud.c66_stack', 'Storefront', field='name') }}"
    variables = {"c66_api_token": "{{ mine }}", "mine": "another-token-0123456789", "c66_api_timeout": "{{ 5 + 5 }}"}
    result = play({"ansible.builtin.debug": {"msg": look}, "vars": variables})
    assert '"msg": "Storefront"' in result.stdout
    assert {request.headers["authorization"] for request in sim.requests} == {"Bearer another-token-0123456789"}
    direct = look.replace("field=", f"api_token='{sim.token}', field=")
    play({"ansible.builtin.debug": {"msg": direct}, "vars": variables})
    assert sim.requests[-1].headers["authorization"] == f"Bearer {sim.token}"


def test_a_host_cannot_send_the_token_elsewhere(play, sim, tmp_path):
    """A fact is what a host says of itself."""
    module = tmp_path / "library" / "evil.py"
    module.parent.mkdir()
    module.write_text('#!/usr/bin/python\nprint(\'{"ansible_facts": {"c66_api_url": "http://127.0.0.1:1"}}\')\n')
    look = "{{ lookup('cloud66.cloud.c66_stack', 'Storefront', field='name') }}"
    result = play({"evil": {}}, {"ansible.builtin.debug": {"msg": look}}, check=False)
    assert "c66_api_url must not be a fact" in result.stdout + result.stderr
    assert not sim.requests


@pytest.mark.parametrize("name", ["c66_stack", "c66_env_var"])
def test_an_error_quotes_no_token(look_up, sim, name):
    sim.fault("status", status=400, description=f"the token {sim.token} is odd")
    with pytest.raises(AnsibleError, match=r"the token \*{8} is odd") as error:
        look_up(name, "KEY", **({"stack": "Storefront"} if name == "c66_env_var" else {}))
    assert error.value.__cause__ is None


@pytest.mark.skipif(MASKER is None, reason="ansible-core before 2.22 masks nothing")
@pytest.mark.usefixtures("secret")
def test_newer_ansible_core_masks_values_and_tokens(play, sim):
    value = "lookup('cloud66.cloud.c66_env_var', 'DATABASE_SECRET', stack='Awesome App')"
    result = play({"ansible.builtin.debug": {"msg": f"it is {{{{ {value} }}}}, token {sim.token}"}})
    assert "it is $REDACTED$, token $REDACTED$" in result.stdout


def test_errors_in_a_play_are_sentences(play, sim):
    result = play({"ansible.builtin.debug": {"msg": "{{ lookup('cloud66.cloud.c66_stack', 'Nobody') }}"}}, check=False)
    output = result.stdout + result.stderr
    assert "No stack matches 'Nobody'" in output
    assert "Traceback" not in output
    assert sim.token not in output

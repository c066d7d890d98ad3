# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator's settings: speed, limits, failures, and behaviour that the contract leaves open."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any


@dataclass
class Settings:
    """The settings that `Running.settings()` and POST /_sim/settings can change.

    Requests
    latency_ms        delay before every answer of the API
    limit             requests per hour for each user
    remaining         requests left in this hour; None leaves the count alone
    retry_after       seconds in the Retry-After of a throttled answer; None sends no header
    warning           text of X-Cloud66-Warning on 2xx answers
    per_page          rows per page; Cloud 66 has 30
    clock_offset      seconds that the simulator's clock is ahead of the real one
    caller_address    what from_ip AUTO becomes; None uses the client's address

    Accounts and users
    visible_accounts  whose rows lists contain without X-Account: all accounts, or current (the caller's own)
    strict_account    whether X-Account also hides the stacks of other accounts from calls to one stack
    put_answer        answer to a PUT of a device: empty (no body) or device
    delete_answer     answer to a DELETE of a device: empty, device or acknowledgement
    duplicate_devices effect of a POST of an existing device token: store, update or conflict (409)
    brief_users       whether GET /users omits access_profile and devices, as the new API site documents
    profile_put       what a PUT does to parts of an access profile that it leaves out: replace (remove) or merge
    ssh_key_read      format of the access key when read: plain or base64
    ssh_key_missing   answer before an access key is set: not_found (404) or empty (null)

    Stacks and servers
    filter_match      how filter_name and the other filters match: exact, partial (ignoring case) or ignore
    servers_touch_stack  whether adding or removing a server advances the stack's updated_at
    private_key_scope additional scope that include_private_key requires; None requires no other
    reboot_seconds    how long a server that reboots is not healthy
    reboot_breaks     name of the server that is broken after its reboot; None breaks none
    reboot_scope      scope that reboots require, which no source states clearly; None requires no other
    reboot_resource_type  resource_type of the action that reboots one server: stack or server

    Actions
    action_seconds    how long an asynchronous action takes
    action_failure    message with which new actions fail; None lets them succeed
    success_as_text   finished_success as "true" instead of true
    action_order      order of the list: newest or oldest first
    reference_filter  whether the list supports the filter user_reference
    async_visible     when changes to variables, settings, configurations and maintenance mode become visible: at the
                      start or the end of the action

    Firewall rules
    duplicate_rules   effect of a POST of an existing rule: store, ignore (only an action) or conflict (409)
    lease_unit        seconds per unit of ttl
    lease_rule_type   rule_type of a lease: user or dynamic
    lease_ttl_read    whether the rule of a lease is read with its ttl
    rule_servers      how the servers of rules are read: number (as it was written) or uid
    rule_port_as_text  port as "80" instead of 80

    Notifications
    subscriptions_write  what the subscriptions in a write do to those of the same alert: replace or merge
    empty_subscriptions  effect of an empty list: unsubscribe, or ignore
    notification_problems  how alerts that were refused are named: objects (with a reason) or names
    notification_failures  alerts that cannot be set, separated by commas
    not_applicable_alerts  alerts that do not apply to any stack, separated by commas

    Environment variables
    env_get_by        what identifies a variable in a GET: id, key or both
    env_typed_values  whether values that look like numbers or booleans are returned as such
    env_delete_answer answer to a DELETE: action or empty
    duplicate_key_status  status of the error for a POST of an existing key
    readonly_status   status of the error for a change to a read-only variable or setting, or a generated variable
    default_apply_strategy  strategy of a write without apply_strategy: immediately or deployment (only logged)
    bulk_patch_deletes  false: POST deletes user variables that are not in the text, PATCH keeps them;
                      true: the reverse
    bulk_readonly     effect of a new value for a read-only variable in a bulk write: refuse all, or ignore that value

    Settings and configurations
    setting_typed_writes  whether a setting may be written as a boolean or a number as well as a string
    server_name_writable  whether server.name can be changed although the list marks it as read-only
    version_order     order of service_yaml and manifest_yaml versions: newest or oldest first
    apply_unable      answer to applying a configuration that cannot be applied: conflict (409) or ignore (an action)
    action_spellings  accepted parameter names of stack actions: slate (the documentation's), go (the client's) or both

    Deployments and new stacks
    deploy_seconds    how long a deployment takes
    deploy_failure    message with which new deployments fail (for one stack: World.deploy_failures)
    deploy_answer     answer to a new deployment: full, no_action (async_action_id is null) or brief (ok and message)
    queued_action     whether a queued deployment has an action before it starts
    queued_listed     whether a queued deployment is listed before it starts
    deployment_shows_after  seconds between the start of a deployment and its appearance in the list
    cancel_seconds    how long it takes to cancel a deployment
    cancel_finished   answer to cancelling a finished deployment: conflict (409) or ok
    create_seconds    how long it takes to create a stack
    create_visible_seconds  seconds before a new stack appears in the list
    duplicate_stacks  effect of creating a stack with the same name, environment and account: store or conflict (409)

    On-premise configurations
    onprem_list       whether the list contains the documents: full, or brief
    onprem_put        what a PUT does to name and config that it leaves out: replace (they become empty) or merge
    onprem_blank      how an empty document is read: object or null

    Image repositories and ConfigStore
    duplicate_repositories  what a second image repository with one URL and username does: store, conflict (409) or
                      bad_request (400)
    duplicate_record_status  status of an answer that refuses a POST of a known key
    record_put        what a PUT does to metadata and ttl that it leaves out: replace (they become empty) or merge
    record_blanks     how empty metadata and ttl are read: null, or empty ({} and 0)
    record_value_wrapped  whether base64 is read in lines, as many encoders write it

    Gateways and failover groups
    duplicate_gateways  what a second gateway with one name does: store or conflict (409)
    gateway_delete_answer  answer to a DELETE of a gateway: acknowledgement or empty
    duplicate_failover_groups  what a second failover group with one primary stack does: store or conflict (409)
    failover_seconds  how long it takes to switch a failover group
    failover_visible  when current_stack shows a switch: at its start or its end
    failover_busy     effect of a write during a switch: conflict (409) or ok
    failover_current  how current_stack is read: number or word

    SSL certificates
    certificate_seconds  how long it takes to install or remove one
    certificate_fails whether those that begin to be installed from now on fail
    certificate_first_status  the status in the answer to a write: installing or not_installed
    certificate_status_as_text  status as "3" instead of 3
    certificate_answer  what create and update answer: full, or nameless (uuid and name are null)
    certificate_delete_answer  what a DELETE answers: certificate or empty
    certificate_put   what a PUT does to optional attributes that it leaves out: replace (they get their defaults) or
                      merge
    duplicate_certificates  what a second one with one type and the same server names does: store or conflict (409)
    mixed_certificates  what one of another kind (standard, wildcard, external) does: conflict (409) or store
    fingerprint_of    what sha256_fingerprint is computed over: der or pem (the text)
    server_names_read how server_names are read: as_written, or sorted with blanks after the commas

    Services, processes and jobs
    scale_others      what scaling does to servers that the call leaves out: keep, or stop
    scale_answer      answer to scaling a process: object, or list (with one action)
    process_pauses    whether processes show where they are paused
    process_keys      what the numbers of a process are read by: name or uid of the server
    job_paused        whether jobs show that they are paused
    containers_show_after  seconds after which scaled containers are listed, or no longer listed
    container_runtime whether a container that is read by itself has its runtime
    scale_by_size     whether a call that scales a group without a size keeps so many servers; otherwise it adds them
    server_seconds    seconds after which a new server is healthy

    Base templates and formations
    template_seconds  how long it takes to pull a base template
    template_failure  the status with which those end that begin to be pulled from now on: connection_error or
                      verification_error; None lets them succeed
    template_put      whether a PUT also pulls the base template again
    duplicate_templates  effect of a POST of a known repository and branch: store or conflict (409)
    stencil_body_read  how the bodies of stencils are read: plain or base64

    Application variants
    variant_fields    the fields that say what a variant is: site (variant_type) or go (type and sub_type)
    variant_methods   the methods that change a variant: both, patch or put (404 for the other)
    variant_answer    answer to a change or removal of a variant: action or empty
    variant_committed  what a committed variant becomes: active, or merged (it is removed)

    Backups
    backup_seconds    how long it takes until a new schedule has made its first backups
    backup_failure    the result with which they fail
    backup_url_seconds  how long the URL of a file is valid
    storage_url       scheme, host and port in such URLs, when they are not the simulator's

    Tags
    tag_entity_id     what names a server or load balancer: uid, number or both
    tag_answer        list (with one entry) or object
    tags_as           how tags are read: objects or texts
    reserved_tags     what a write that would remove reserved tags does: remove or keep
    untagged_answer   what is read where no tag ever was: entry (without tags) or empty (list)
    """

    latency_ms: float = 0
    limit: int = 3000
    remaining: int | None = None
    retry_after: int | None = None
    warning: str | None = None
    per_page: int = 30
    clock_offset: float = 0
    caller_address: str | None = None

    visible_accounts: str = "all"
    strict_account: bool = False
    put_answer: str = "empty"
    delete_answer: str = "empty"
    duplicate_devices: str = "store"
    brief_users: bool = False
    profile_put: str = "replace"
    ssh_key_read: str = "plain"
    ssh_key_missing: str = "not_found"

    filter_match: str = "exact"
    servers_touch_stack: bool = False
    private_key_scope: str | None = None
    reboot_seconds: float = 0
    reboot_breaks: str | None = None
    reboot_scope: str | None = "redeploy"
    reboot_resource_type: str = "stack"

    action_seconds: float = 2
    action_failure: str | None = None
    success_as_text: bool = False
    action_order: str = "newest"
    reference_filter: bool = True
    async_visible: str = "end"

    duplicate_rules: str = "store"
    lease_unit: float = 60
    lease_rule_type: str = "user"
    lease_ttl_read: bool = False
    rule_servers: str = "number"
    rule_port_as_text: bool = False

    subscriptions_write: str = "replace"
    empty_subscriptions: str = "unsubscribe"
    notification_problems: str = "objects"
    notification_failures: str = ""
    not_applicable_alerts: str = ""

    env_get_by: str = "id"
    env_typed_values: bool = False
    env_delete_answer: str = "action"
    duplicate_key_status: int = 409
    readonly_status: int = 400
    default_apply_strategy: str = "deployment"
    bulk_patch_deletes: bool = False
    bulk_readonly: str = "refuse"

    setting_typed_writes: bool = True
    server_name_writable: bool = True
    version_order: str = "newest"
    apply_unable: str = "conflict"
    action_spellings: str = "both"

    deploy_seconds: float = 4
    deploy_failure: str | None = None
    deploy_answer: str = "full"
    queued_action: bool = True
    queued_listed: bool = False
    deployment_shows_after: float = 0
    cancel_seconds: float = 1
    cancel_finished: str = "conflict"
    create_seconds: float = 4
    create_visible_seconds: float = 1
    duplicate_stacks: str = "store"

    onprem_list: str = "full"
    onprem_put: str = "replace"
    onprem_blank: str = "object"

    duplicate_repositories: str = "store"
    duplicate_record_status: int = 409
    record_put: str = "replace"
    record_blanks: str = "null"
    record_value_wrapped: bool = False

    duplicate_gateways: str = "store"
    gateway_delete_answer: str = "acknowledgement"
    duplicate_failover_groups: str = "store"
    failover_seconds: float = 2
    failover_visible: str = "end"
    failover_busy: str = "conflict"
    failover_current: str = "number"

    certificate_seconds: float = 2
    certificate_fails: bool = False
    certificate_first_status: str = "installing"
    certificate_status_as_text: bool = False
    certificate_answer: str = "full"
    certificate_delete_answer: str = "certificate"
    certificate_put: str = "replace"
    duplicate_certificates: str = "store"
    mixed_certificates: str = "conflict"
    fingerprint_of: str = "der"
    server_names_read: str = "as_written"

    scale_others: str = "keep"
    scale_answer: str = "object"
    process_pauses: bool = True
    process_keys: str = "name"
    job_paused: bool = True
    containers_show_after: float = 0
    container_runtime: bool = True
    scale_by_size: bool = True
    server_seconds: float = 0

    template_seconds: float = 2
    template_failure: str | None = None
    template_put: bool = False
    duplicate_templates: str = "conflict"
    stencil_body_read: str = "plain"

    variant_fields: str = "site"
    variant_methods: str = "both"
    variant_answer: str = "action"
    variant_committed: str = "active"

    backup_seconds: float = 3
    backup_failure: str | None = None
    backup_url_seconds: float = 900
    storage_url: str | None = None

    tag_entity_id: str = "both"
    tag_answer: str = "list"
    tags_as: str = "objects"
    reserved_tags: str = "remove"
    untagged_answer: str = "entry"

    def change(self, **changes: Any) -> None:
        """Change some settings. Raises ValueError for an unknown name or an invalid value."""
        known = {field.name: str(field.type) for field in fields(self)}
        unknown = set(changes) - set(known)
        if unknown:
            raise ValueError(f"no such setting: {', '.join(sorted(unknown))}")
        for name, value in changes.items():
            allowed = CHOICES.get(name)
            if allowed and value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(map(str, allowed))}")
            if not isinstance(value, TYPES[known[name]]):
                raise ValueError(f"{name} must be {known[name]}")
            setattr(self, name, value)


TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (int, float),
    "int": (int,),
    "int | None": (int, type(None)),
    "str": (str,),
    "str | None": (str, type(None)),
}
CHOICES: dict[str, tuple[Any, ...]] = {
    "visible_accounts": ("all", "current"),
    "put_answer": ("empty", "device"),
    "delete_answer": ("empty", "device", "acknowledgement"),
    "duplicate_devices": ("store", "update", "conflict"),
    "profile_put": ("replace", "merge"),
    "ssh_key_read": ("plain", "base64"),
    "ssh_key_missing": ("not_found", "empty"),
    "filter_match": ("exact", "partial", "ignore"),
    "reboot_resource_type": ("stack", "server"),
    "action_order": ("newest", "oldest"),
    "duplicate_rules": ("store", "ignore", "conflict"),
    "lease_rule_type": ("user", "dynamic"),
    "rule_servers": ("number", "uid"),
    "subscriptions_write": ("replace", "merge"),
    "empty_subscriptions": ("unsubscribe", "ignore"),
    "notification_problems": ("objects", "names"),
    "env_get_by": ("id", "key", "both"),
    "async_visible": ("end", "start"),
    "env_delete_answer": ("action", "empty"),
    "duplicate_key_status": (400, 409),
    "readonly_status": (400, 403, 409),
    "default_apply_strategy": ("immediately", "deployment"),
    "bulk_readonly": ("refuse", "ignore"),
    "version_order": ("newest", "oldest"),
    "apply_unable": ("conflict", "ignore"),
    "action_spellings": ("both", "slate", "go"),
    "deploy_answer": ("full", "no_action", "brief"),
    "cancel_finished": ("conflict", "ok"),
    "duplicate_stacks": ("store", "conflict"),
    "onprem_list": ("full", "brief"),
    "onprem_put": ("replace", "merge"),
    "onprem_blank": ("object", "null"),
    "duplicate_repositories": ("store", "conflict", "bad_request"),
    "duplicate_record_status": (400, 409, 422, 500),
    "record_put": ("replace", "merge"),
    "record_blanks": ("null", "empty"),
    "duplicate_gateways": ("store", "conflict"),
    "gateway_delete_answer": ("acknowledgement", "empty"),
    "duplicate_failover_groups": ("store", "conflict"),
    "failover_visible": ("start", "end"),
    "failover_busy": ("conflict", "ok"),
    "failover_current": ("number", "word"),
    "certificate_first_status": ("installing", "not_installed"),
    "certificate_answer": ("full", "nameless"),
    "certificate_delete_answer": ("certificate", "empty"),
    "certificate_put": ("replace", "merge"),
    "duplicate_certificates": ("store", "conflict"),
    "mixed_certificates": ("conflict", "store"),
    "fingerprint_of": ("der", "pem"),
    "server_names_read": ("as_written", "sorted"),
    "template_failure": (None, "connection_error", "verification_error"),
    "duplicate_templates": ("store", "conflict"),
    "stencil_body_read": ("plain", "base64"),
    "variant_fields": ("site", "go"),
    "variant_methods": ("both", "patch", "put"),
    "variant_answer": ("action", "empty"),
    "variant_committed": ("active", "merged"),
    "tag_entity_id": ("uid", "number", "both"),
    "tag_answer": ("list", "object"),
    "tags_as": ("objects", "texts"),
    "reserved_tags": ("remove", "keep"),
    "untagged_answer": ("entry", "empty"),
}

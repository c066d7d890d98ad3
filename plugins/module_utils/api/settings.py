# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options: one table for the argument spec and both doc fragments, and the resolved values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from .errors import Cloud66Error

TOKEN_VARIABLES = ("CLOUD66_ACCESS_TOKEN", "CLOUD66_TOKEN")
TOKEN_FILE_VARIABLE = "CLOUD66_TOKEN_FILE"
OWN_TOKEN_FILE = "~/.cloud66/ansible.json"
TOKEN_FILES = (OWN_TOKEN_FILE, "~/.cloud66/cx.json")

# Where requests looks for certificates to trust.
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

MINIMUM = {"account_id": 1, "api_timeout": 1, "api_retries": 0, "throttle_wait": 0}
TRUE, FALSE = ("1", "true", "yes", "on", "y", "t"), ("0", "false", "no", "off", "n", "f")


class Option(NamedTuple):
    """A connection option. `default` applies if neither the option nor one of its variables is set."""

    type: str
    env: tuple[str, ...]
    description: list[str]
    default: Any = None
    aliases: tuple[str, ...] = ()
    secret: bool = False


OPTIONS = {
    "api_token": Option(
        "str",
        TOKEN_VARIABLES,
        [
            "The access token: a personal access token, or one obtained by the playbook C(cloud66.cloud.login).",
            "The base64 string in which the Cloud 66 toolbelt stores its token works too.",
        ],
        aliases=("access_token",),
        secret=True,
    ),
    "token_file": Option(
        "path",
        (TOKEN_FILE_VARIABLE,),
        [
            "A file with only the token, or with JSON that has it under C(token), C(access_token) or C(AccessToken).",
            "A file that others can write to is refused; one that others can read causes a warning.",
            "The first that is set of O(api_token), O(token_file), E(CLOUD66_ACCESS_TOKEN), E(CLOUD66_TOKEN) is used.",
            "Otherwise the first of E(CLOUD66_TOKEN_FILE), C(~/.cloud66/ansible.json), C(~/.cloud66/cx.json) is used.",
        ],
    ),
    "api_url": Option("str", ("CLOUD66_API_URL",), ["The URL of the API."], "https://app.cloud66.com/api/3"),
    "account_id": Option(
        "int", ("CLOUD66_ACCOUNT_ID",), ["The account to use, for tokens with access to several (sent as X-Account)."]
    ),
    "validate_certs": Option("bool", ("CLOUD66_VALIDATE_CERTS",), ["Whether to verify TLS certificates."], True),
    "ca_path": Option(
        "path", ("CLOUD66_CA_PATH",), ["A file or directory of CA certificates to trust instead of the system's."]
    ),
    "api_timeout": Option(
        "int",
        ("CLOUD66_API_TIMEOUT",),
        ["Seconds to wait for a connection, and for each part of a response."],
        30,
    ),
    "api_retries": Option(
        "int",
        ("CLOUD66_API_RETRIES",),
        [
            "How many times to retry a failed request, with increasing delays.",
            "Before retrying a write that may have been applied, the module checks whether it was.",
        ],
        4,
    ),
    "throttle_wait": Option(
        "int",
        ("CLOUD66_THROTTLE_WAIT",),
        [
            "Total seconds that a task may wait for the next hour when the hourly request limit is used up.",
            "With V(0), the task fails immediately and says when to try again.",
        ],
        0,
    ),
    "proxy": Option(
        "str",
        ("CLOUD66_PROXY",),
        ["The URL of an HTTP proxy. If this and E(CLOUD66_PROXY) are unset, E(HTTPS_PROXY) and E(NO_PROXY) apply."],
    ),
    "allow_plain_http": Option(
        "bool",
        ("CLOUD66_ALLOW_PLAIN_HTTP",),
        ["Allow sending the token unencrypted to another machine, if O(api_url) starts with C(http://)."],
        False,
    ),
}

# The names and aliases of all connection options.
NAMES = frozenset((*OPTIONS, *(alias for option in OPTIONS.values() for alias in option.aliases)))


class Settings(NamedTuple):
    """Resolved connection options, without the token."""

    api_url: str
    account_id: int | None
    validate_certs: bool
    ca_path: str | None
    api_timeout: int
    api_retries: int
    throttle_wait: int
    proxy: str | None
    allow_plain_http: bool
    # The source in words of each option that is not the default.
    sources: tuple[tuple[str, str], ...] = ()

    @property
    def origin(self) -> str:
        """The scheme, host and port of the API, which also serves OAuth."""
        return origin_of(self.api_url)

    def named(self, name: str) -> str:
        """An option, in words that say where its value comes from."""
        return dict(self.sources).get(name, f"{name} (the default)")

    @property
    def secrets(self) -> set[str]:
        """The proxy's password, as written and decoded."""
        password = _proxy_parts(self.proxy or "").password
        return {password, unquote(password)} if password else set()


def resolve(options: Mapping[str, Any], env: Mapping[str, str]) -> Settings:
    """Settings from options (None if not given), the environment and the defaults. Raises Cloud66Error."""
    names = [name for name in OPTIONS if name in Settings._fields]
    values = {name: _value(name, options.get(name), env) for name in names}
    sources = {name: _source(name, options.get(name), env) for name in names}
    for name, least in MINIMUM.items():
        if values[name] is not None and values[name] < least:
            raise Cloud66Error(f"{sources[name]} must be at least {least}, not {values[name]}.")
    values["api_url"] = values["api_url"].rstrip("/")
    settings = Settings(**values, sources=tuple((name, source) for name, source in sources.items() if source))
    _check_url(settings)
    _check_certificates(settings, env)
    return settings


def origin_of(url: str) -> str:
    """The scheme, host and port of a URL, normalized for comparison: a default port is left out."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}.get(parts.scheme) == port
    return f"{parts.scheme}://{host}" if default else f"{parts.scheme}://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether a host name or address refers to this machine."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or _is_127(host)


def _is_127(host: str) -> bool:
    parts = host.split(".")
    return len(parts) == 4 and parts[0] == "127" and all(part.isdigit() for part in parts)


def _proxy_parts(proxy: str) -> SplitResult:
    """The parts of a proxy's URL. Like requests, it accepts one without a scheme. Raises Cloud66Error."""
    try:
        return urlsplit(proxy if "://" in proxy else f"//{proxy}")
    except ValueError:
        raise Cloud66Error("proxy must be a URL such as http://proxy.example.com:3128.") from None


def _value(name: str, given: Any, env: Mapping[str, str]) -> Any:
    if given is not None:
        return given
    option = OPTIONS[name]
    for variable in option.env:
        if env.get(variable):
            return _typed(variable, option.type, env[variable])
    return option.default


def _source(name: str, given: Any, env: Mapping[str, str]) -> str:
    """The option, or the variable that sets it; empty for the default."""
    return name if given is not None else next((variable for variable in OPTIONS[name].env if env.get(variable)), "")


def _typed(variable: str, kind: str, text: str) -> Any:
    """A variable's text, converted to the option's type."""
    if kind == "int":
        if not text.strip().isdecimal():
            raise Cloud66Error(f"{variable} must be a whole number, not {text!r}.")
        return int(text)
    if kind == "bool":
        if text.strip().lower() not in TRUE + FALSE:
            raise Cloud66Error(f"{variable} must be true or false, not {text!r}.")
        return text.strip().lower() in TRUE
    return os.path.expanduser(text) if kind == "path" else text


def _check_url(settings: Settings) -> None:
    try:
        parts = urlsplit(settings.api_url)
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid or parts.username or parts.password or parts.query or parts.fragment:
        raise Cloud66Error(
            f"{settings.named('api_url')} must be an http or https URL without a user, a query or a fragment,"
            f" such as {OPTIONS['api_url'].default}."
        )
    if parts.scheme == "http" and not settings.allow_plain_http and not is_loopback(parts.hostname or ""):
        raise Cloud66Error(
            f"{settings.named('api_url')} {settings.api_url} would send the token unencrypted to {parts.hostname}:"
            " use https, or set allow_plain_http."
        )


def _check_certificates(settings: Settings, env: Mapping[str, str]) -> None:
    """Raise Cloud66Error if the file with the certificates to trust does not exist."""
    if settings.ca_path:
        if not os.path.exists(settings.ca_path):
            raise Cloud66Error(f"{settings.named('ca_path')} {settings.ca_path} does not exist.")
        return
    used = next((name for name in CA_VARIABLES if env.get(name)), None)
    if used and settings.validate_certs and settings.api_url.startswith("https") and not os.path.exists(env[used]):
        raise Cloud66Error(f"{used} {env[used]} does not exist: correct or unset it, or set ca_path.")

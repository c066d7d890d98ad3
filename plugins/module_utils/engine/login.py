# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module that obtains and stores an OAuth token."""

from __future__ import annotations

from typing import Any

from ..api import oauth
from ..api.errors import Cloud66Error
from ..resources.token_file import TokenFile
from .run import Module, Result, Run


class LoginModule(Module):
    """Returns the URL where to get a code; with a code, obtains a token and stores it. Keeps an existing token."""

    def work(self, run: Run) -> Result:
        file = TokenFile(run.params["path"])
        if file.warning:
            run.warn(file.warning)
        before = file.state()
        url = None
        if run.params["state"] == "present":
            url = self._present(run, file)
        elif file.kept is not None:
            file.remove(really=not run.check_mode)
        after = file.state()
        result: Result = {
            "changed": before != after,
            "authorize_url": url,
            "token_file": file.path,
            "kept": bool(after),
        }
        if run.diff:
            result["diff"] = {"before": before, "after": after}
        return result

    def _present(self, run: Run, file: TokenFile) -> str | None:
        """Ensure that a token is stored. Returns the URL where to get a code if there is neither a token nor a code."""
        params = run.params
        for name in ("app_id", "app_secret"):
            if params[name] is not None and not params[name].strip():
                raise Cloud66Error(f"{name} is empty.")
        if file.is_for(params["app_id"]):
            return None
        if not params["code"]:
            return oauth.authorize_url(run.settings, params["app_id"], params["scope"])
        token = "" if run.check_mode else self._exchange(run)
        file.write(params["app_id"], params["app_secret"], token, really=not run.check_mode)
        return None

    def _exchange(self, run: Run) -> str:
        names = ("app_id", "app_secret", "code")
        answer: dict[str, Any] = oauth.exchange(run.settings, run.agent, *(run.params[name] for name in names))
        run.hide([value for value in answer.values() if isinstance(value, str) and value != answer.get("scope")])
        if not answer.get("access_token"):
            raise Cloud66Error("Cannot exchange the code for a token: the answer contains no access_token.")
        return str(answer["access_token"])

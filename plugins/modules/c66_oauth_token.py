#!/usr/bin/python
# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: c66_oauth_token
short_description: Obtain and store an OAuth access token for Cloud 66
version_added: 0.1.0
description:
  - Returns the URL where you authorize an application to use Cloud 66, exchanges the code shown there for an access
    token, and stores the token in a file, where all modules of this collection find it.
  - Tokens do not expire. They remain valid until the user revokes them.
  - The playbook C(cloud66.cloud.login) runs the whole flow interactively.
options:
  app_id:
    description: The id of the application, from the Cloud 66 dashboard. Required unless O(state=absent).
    type: str
  app_secret:
    description: The secret of the application. Required with O(code).
    type: str
  code:
    description:
      - The code shown on the page at RV(authorize_url). It can be used only once and expires after a short time.
      - Without it, the task only returns RV(authorize_url).
      - If the file already has a token for the same O(app_id), the code is not used and nothing changes.
    type: str
  scope:
    description: The scopes to request.
    type: list
    elements: str
    default: [public, redeploy, jobs, users, admin]
  path:
    description:
      - The file to store the token in. It is written atomically, and only its owner can read it.
      - An existing file that is not a token file is neither overwritten nor removed.
    type: path
    default: ~/.cloud66/ansible.json
  state:
    description:
      - Whether a token should be stored.
      - V(absent) removes the file. The token remains valid until it is revoked in the Cloud 66 dashboard.
    type: str
    choices: [present, absent]
    default: present
notes:
  - The connection options for the token and the account are not used.
author:
  - The cloud66.cloud authors (@cloud66)
extends_documentation_fragment:
  - cloud66.cloud.connection
  - cloud66.cloud.attributes
  - cloud66.cloud.attributes.writes
"""

EXAMPLES = r"""
---
- name: Get the URL to authorize the application
  cloud66.cloud.c66_oauth_token:
    app_id: "{{ lookup('ansible.builtin.env', 'CLOUD66_APP_ID') }}"
  register: login

- name: Show the URL
  ansible.builtin.debug:
    msg: "Open {{ login.authorize_url }}"
  when: login.authorize_url is not none

- name: Exchange the code and store the token
  cloud66.cloud.c66_oauth_token:
    app_id: "{{ lookup('ansible.builtin.env', 'CLOUD66_APP_ID') }}"
    app_secret: "{{ lookup('ansible.builtin.env', 'CLOUD66_APP_SECRET') }}"
    code: "{{ code }}"

- name: Remove the token
  cloud66.cloud.c66_oauth_token:
    state: absent
"""

RETURN = r"""
---
authorize_url:
  description:
    - The page where the user authorizes the application and gets a code. None if the file already holds a token, and
      with O(state=absent).
  returned: success
  type: str
  sample: https://app.cloud66.com/oauth/authorize?response_type=code&client_id=my-app&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob&scope=public+users
token_file:
  description: The path of the token file.
  returned: success
  type: str
  sample: /home/me/.cloud66/ansible.json
kept:
  description: Whether the file holds a token of this application after the task.
  returned: success
  type: bool
  sample: true
diff:
  description: The application whose token the file holds, before and after the change. Empty if it holds none.
  returned: in diff mode
  type: dict
  sample:
    before: {}
    after: {token_file: /home/me/.cloud66/ansible.json, app_id: my-app}
"""

from ansible_collections.cloud66.cloud.plugins.module_utils.api.oauth import SCOPES
from ansible_collections.cloud66.cloud.plugins.module_utils.engine.login import LoginModule

ARGUMENTS = {
    "app_id": {"type": "str"},
    "app_secret": {"type": "str", "no_log": True},
    "code": {"type": "str", "no_log": True},
    "scope": {"type": "list", "elements": "str", "default": list(SCOPES)},
    "path": {"type": "path", "default": "~/.cloud66/ansible.json"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}

MODULE = LoginModule(
    ARGUMENTS,
    required_if=[("state", "present", ("app_id",))],
    required_by={"code": ("app_secret",)},
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()

# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registries that stacks pull images from."""

from __future__ import annotations

from .base import Is
from .fields import Text, WriteOnly
from .thing import Thing


class ImageRepository(Thing):
    """A registry and the account's credentials for it. The API requires all values, even the password, in each change.

    Source: list_image_repositories, get_image_repository (repository_id), create_image_repository,
    update_image_repository, delete_image_repository.
    """

    noun = "image_repository"
    plural = "image_repositories"
    schema = "ImageRepository"
    scope = "admin"
    path = ("image_repositories",)
    identity = "id"
    key = ("url", "username")
    fields = {
        "url": Text(),
        "username": Text(),
        "email": Text(required=True),
        "password": WriteOnly(secret=True, required=True, policy=True),
    }
    by_identity = ("repository_id", "int")
    filters = {"url": Is("url"), "username": Is("username")}

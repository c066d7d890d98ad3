# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads files from signed URLs: without the token, and without ever showing the URL.

A signed URL is a secret. Errors name only the host, which is not that of the API.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from .broken import BrokenError, broken
from .errors import Cloud66Error
from .libraries import urllib3
from .settings import Settings, is_loopback, origin_of
from .transport import MAX_REDIRECTS, REDIRECTS, session

CHUNK = 1 << 20
# What a storage answers when a URL is not valid any more.
EXPIRED = (400, 401, 403)
TRANSIENT = (408, 429, 500, 502, 503, 504)
RANGE_REFUSED = 416
RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
CODE = re.compile(rb"<Code>(\w{1,60})</Code>")


class ExpiredError(Cloud66Error):
    """The storage refuses the URL, most likely because it has expired."""


class Download(NamedTuple):
    """An answer that is being read: the byte at which it starts, the size and version of the whole file, if known."""

    start: int
    size: int | None
    etag: str | None
    response: Any
    timeout: int

    def chunks(self) -> Iterator[bytes]:
        """The content, as stored. Raises BrokenError if the connection is lost or the end is missing."""
        read = 0
        try:
            for chunk in self.response.raw.stream(CHUNK, decode_content=False):
                read += len(chunk)
                yield chunk
        except (OSError, urllib3.exceptions.HTTPError) as error:
            late = isinstance(error, urllib3.exceptions.ReadTimeoutError)
            reason = f"no answer within {self.timeout} seconds" if late else "the answer was cut off"
            raise BrokenError(reason, sent=True) from None
        finally:
            self.response.close()
        if self.size is not None and self.start + read != self.size:
            raise BrokenError("the answer was cut off", sent=True)


def download(settings: Settings, agent: str, url: str, start: int = 0, etag: str | None = None) -> Download:
    """Open a file, from a byte on if the storage can do that and the file has not changed since.

    Raises ExpiredError, BrokenError if a retry may help, or Cloud66Error.
    """
    headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    if start and etag and not etag.startswith("W/"):
        headers["If-Range"] = etag
    for _step in range(MAX_REDIRECTS):
        origin = _checked_origin(url, settings)
        # Errors then name the storage, and not the API.
        there = settings._replace(api_url=origin, sources=(*settings.sources, ("api_url", "the storage of the backup")))
        response = _get(settings, there, url, headers)
        if response.status_code == RANGE_REFUSED and start:
            response.close()
            return download(settings, agent, url)
        if response.status_code not in REDIRECTS:
            return _opened(response, start, origin, there)
        response.close()
        url = urljoin(url, response.headers.get("Location", ""))
    raise Cloud66Error("The storage of the backup redirects in a loop.")


def _checked_origin(url: str, settings: Settings) -> str:
    try:
        parts, origin = urlsplit(url), origin_of(url)
    except ValueError:
        raise Cloud66Error("Cloud 66 returned an invalid URL for the file.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Cloud66Error("Cloud 66 returned an invalid URL for the file.")
    if parts.scheme == "http" and not settings.allow_plain_http and not is_loopback(parts.hostname):
        raise Cloud66Error(
            f"The storage {origin} would send the backup unencrypted: set allow_plain_http to allow that."
        )
    return origin


def _get(settings: Settings, there: Settings, url: str, headers: Mapping[str, str]) -> Any:
    proxies = {"http": settings.proxy, "https": settings.proxy} if settings.proxy else None
    try:
        return session(settings).get(
            url,
            headers=headers,
            # Keeps requests from sending a password from ~/.netrc.
            auth=lambda request: request,
            timeout=settings.api_timeout,
            allow_redirects=False,
            verify=(settings.ca_path or True) if settings.validate_certs else False,
            proxies=proxies,
            stream=True,
        )
    except (OSError, urllib3.exceptions.HTTPError) as error:
        raise broken(error, there) from None


def _opened(response: Any, start: int, origin: str, there: Settings) -> Download:
    status = response.status_code
    if status in (200, 206):
        length = response.headers.get("Content-Length", "")
        size = int(length) if length.isdecimal() else None
        first = 0
        if status == 206:
            match = RANGE.fullmatch(response.headers.get("Content-Range", ""))
            if not match or int(match[1]) != start:
                response.close()
                raise Cloud66Error(f"The storage {origin} returned another part of the file than it was asked for.")
            first, size = int(match[1]), int(match[2])
        return Download(first, size, response.headers.get("ETag"), response, there.api_timeout)
    try:
        code = CODE.search(response.raw.read(2000, decode_content=False) or b"")
    except (urllib3.exceptions.HTTPError, OSError):
        code = None
    response.close()
    reason = f"the storage {origin} answered {status}" + (f" {code[1].decode()}" if code else "")
    if status in TRANSIENT:
        raise BrokenError(reason, sent=True)
    if status in EXPIRED:
        raise ExpiredError(reason, status=status)
    raise Cloud66Error(f"Cannot download the backup: {reason}.", status=status)

# Copyright (c) 2026, the cloud66.cloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind the Makefile: virtual environments, the stages of `make test`, the docs, the artifact.

It needs only Python 3.8 or newer and the standard library; it installs everything else itself.
"""

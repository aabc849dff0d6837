#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
set -e

case $1 in
remove | upgrade | deconfigure)
	if command -v dkms >/dev/null &&
	   [ -n "$(dkms status -m cove -v "@VERSION@")" ]; then
		dkms remove -m cove -v "@VERSION@" --all
	fi
	;;
esac

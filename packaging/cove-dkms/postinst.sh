#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
set -e

if [ "$1" = configure ] && [ -x /usr/lib/dkms/common.postinst ]; then
	/usr/lib/dkms/common.postinst cove "@VERSION@" /usr/share/cove-dkms "" "$2"
fi

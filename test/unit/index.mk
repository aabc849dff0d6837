# SPDX-License-Identifier: BSD-2-Clause
#
# "make index": numbers from outside that become places in memory.

.PHONY: index
run: index
index:
	@$(PYTHON) test_index.py

# SPDX-License-Identifier: BSD-2-Clause
#
# "make csrs": the world switch's table of CSRs against the ISA's.

.PHONY: csrs
run: csrs
csrs:
	@$(PYTHON) test_csrs.py

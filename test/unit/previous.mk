# SPDX-License-Identifier: BSD-2-Clause
#
# hart/previous.c wants no more of its surroundings than core/ does.

vpath previous.c $(covh)/hart

$(out)/asan/test_previous: $(out)/asan/previous.o

# SPDX-License-Identifier: BSD-2-Clause
#
# test_devices: the devices that the reference host emulates are plain C.

vpath %.c ../../host/dev
devices := uart16550 plic

$(devices:%=$(out)/asan/%.o) $(out)/asan/test_devices.o: \
	private CFLAGS += -I../../host/include
$(out)/asan/test_devices: $(devices:%=$(out)/asan/%.o)

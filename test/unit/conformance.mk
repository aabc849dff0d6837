# SPDX-License-Identifier: BSD-2-Clause
#
# test_conformance: the tables of test/conformance against the core, with and
# without the private error codes.

conformance := ../conformance
conformance_src := $(wildcard $(conformance)/*.c $(conformance)/tables/*.c)
conformance_obj := $(conformance_src:$(conformance)/%.c=conformance/%.o)

std := $(asan) -DCOVE_STD_ERRORS
bins += $(out)/std/test_conformance

define conformance_flavour
$(out)/$(1)/conformance/%.o: $(conformance)/%.c
	@mkdir -p $$(@D)
	$$(HOSTCC) $$(CFLAGS) -Wno-missing-field-initializers $$($(1)) -c $$< -o $$@

$(out)/$(1)/test_conformance.o: private CFLAGS += -I$(conformance)
$(out)/$(1)/test_conformance: $(conformance_obj:%=$(out)/$(1)/%)
-include $(wildcard $(conformance_obj:%.o=$(out)/$(1)/%.d))
endef
$(foreach f,asan std,$(eval $(call conformance_flavour,$(f))))

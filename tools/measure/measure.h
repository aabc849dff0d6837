/*
 * SPDX-License-Identifier: BSD-2-Clause
 *
 * cove-measure: what a guest and a firmware will be measured as.
 */

#ifndef COVE_MEASURE_H
#define COVE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sbi_covh/abi.h>

#define ARRAY_SIZE(__a) (sizeof(__a) / sizeof((__a)[0]))
#define PAGE_SIZE	4096ULL

/** End with status 2 and one line, "cove-measure: " in front */
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* input.c */

struct file {
	uint8_t *data;
	size_t size;
};

/** All of a file, one byte more, which is 0. Dies if it cannot. */
struct file read_file(const char *path);

/** @name as seen from the directory of @path, in memory of its own */
char *beside(const char *path, const char *name);

/** A number, decimal or hexadecimal; dies and names @what if it is none */
uint64_t parse_number(const char *what, const char *text);

/** Two of them, with a comma between */
void parse_pair(const char *what, const char *text, uint64_t *a, uint64_t *b);

/** Exactly @len bytes of hexadecimal digits */
void parse_hex(const char *what, const char *text, uint8_t *out, size_t len);

/* guest.c: how a guest is built, whoever does it */

#define MAX_SEGMENTS 64
#define MAX_EVENTS   256

/** What lies in guest memory at the start; zeros from filesz to memsz */
struct segment {
	uint64_t gpa;
	uint64_t filesz;
	uint64_t memsz;
	const uint8_t *data;
};

/** What register 5 is extended by, in this order, before finalize */
struct event {
	enum { EVENT_REGION, EVENT_VCPU } kind;
	uint64_t a; /**< GPA, or id */
	uint64_t b; /**< Length in bytes */
};

/** Pages that register 4 is extended by, in this order */
struct measured {
	uint64_t gpa;
	uint64_t len;
	/** Only pieces of this size with a byte of a file; 0: all pages */
	uint64_t piece;
};

struct guest {
	struct segment seg[MAX_SEGMENTS];
	size_t nseg;
	struct event event[MAX_EVENTS];
	size_t nevent;
	struct measured measured[MAX_EVENTS];
	size_t nmeasured;
	bool has_entry;
	uint64_t entry;
	uint64_t arg;
};

void guest_region(struct guest *g, uint64_t gpa, uint64_t len);
void guest_vcpu(struct guest *g, uint64_t id);
void guest_measure(struct guest *g, uint64_t gpa, uint64_t len, uint64_t piece);

/** Put data, which stays where it is, into guest memory; dies if others are
 * there. @what is for the message. */
void guest_place(struct guest *g, const char *what, struct segment s);

/** Registers 4 and 5; dies if the guest is not complete */
void guest_registers(const struct guest *g, uint8_t code[COVH_DIGEST_SIZE],
		     uint8_t config[COVH_DIGEST_SIZE]);

/* elf.c */

/** Place the segments of an ELF file, and take its entry */
void elf_place(struct guest *g, const char *path);

/* host.c: as the reference host (host/) lays guests out */

struct host_options {
	bool lazy;
	uint64_t arg;
	uint64_t extra_ram;
	uint64_t vcpus;
};

/** A bare-metal guest */
void host_elf(struct guest *g, const char *path, const struct host_options *o);

/** Linux: loader.elf, Image, initrd and dtb in a directory */
void host_linux(struct guest *g, const char *dir);

/* describe.c */

/** A description of any guest; cove-measure.1 has the format */
void describe(struct guest *g, const char *path);

/* firmware.c */

/** What a firmware image says of itself */
struct firmware {
	uint64_t ro_end; /**< Bytes from its start that are measured */
	uint32_t svn;
	uint32_t version;
	uint32_t flags;
	uint8_t digest[COVH_DIGEST_SIZE]; /**< Of what is measured */
};

/** What register 3 depends on besides */
struct tsm_config {
	uint64_t pool_base;
	uint64_t pool_size;
	uint32_t pmp_entries;
};

/** fw_jump.bin and the like */
void firmware_read(struct firmware *fw, const char *path);

/** The pool, if there is one, from the device tree that the firmware gives to
 * its payload */
void pool_from_dtb(struct tsm_config *c, const char *path);

/** Register 3 of a firmware in this configuration */
void firmware_config(const struct firmware *fw, const struct tsm_config *c,
		     uint8_t reg[COVH_DIGEST_SIZE]);

/** M' = SHA-384(M || digest): registers 0 to 3 */
void extend(uint8_t reg[COVH_DIGEST_SIZE],
	    const uint8_t digest[COVH_DIGEST_SIZE]);

#endif

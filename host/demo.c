/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make run` shows. Every step that fails ends the run. */

#include <string.h>
#include <host/console.h>
#include <host/demo.h>
#include <host/malicious.h>
#include <host/show.h>
#include <host/tvm.h>

#define WINDOW_PAGES	  16
#define DEFAULT_EXTRA_RAM (1UL << 20)
/* The host wants its hart back this often, as an operating system would */
#define TICK_US 10000

static struct tvm tvm;

static bool word(const char *key, const char *a, const char *b)
{
	char buf[32];

	if (!bootarg(key, buf, sizeof(buf)) || !strcmp(buf, a))
		return false;
	if (strcmp(buf, b))
		fail("boot argument %s=%s: known are %s and %s", key, buf, a,
		     b);
	return true;
}

static void read_config(struct tvm_config *cfg)
{
	char name[64];

	memset(cfg, 0, sizeof(*cfg));
	cfg->lazy = word("load", "eager", "lazy");
	cfg->window = word("from", "pool", "window");
	if (!cfg->window && !free_pool.nr) {
		printf("host: there is no pool: ordinary memory instead\n");
		cfg->window = true;
	}
	cfg->arg = bootarg_ulong("arg", 0);
	cfg->vcpus = (unsigned int)bootarg_ulong("vcpus", 1);
	if (!cfg->vcpus || cfg->vcpus > TVM_MAX_VCPUS)
		fail("boot argument vcpus: 1 to %u", TVM_MAX_VCPUS);
	cfg->extra_ram = bootarg_ulong("ram", DEFAULT_EXTRA_RAM);
	cfg->tick = time_us(TICK_US);
	cfg->echo = true;
	cfg->input = true;
	if (!image_find(bootarg("guest", name, sizeof(name)), &cfg->elf,
			&cfg->elf_size))
		fail("there is no guest: give its ELF file as initrd");
}

static void check(long err)
{
	if (err)
		fail("%s: %s (%ld)", tvm.step, sbi_strerror(err), err);
}

/*
 * Beside pool pages, the guest gets some from ordinary memory, to show that
 * this works: their old content must neither reach the guest nor come back.
 */
static void convert(void)
{
	long err;
	int i;

	tvm.cfg.window_pages = tvm.cfg.window ? 0 : WINDOW_PAGES;
	err = tvm_convert(&tvm);
	if (err && tvm.cfg.window_pages && !tvm.conf.nr) {
		printf("host: no window beside the pool: %s (%ld)\n",
		       sbi_strerror(err), err);
		tvm.cfg.window_pages = 0;
		err = tvm_convert(&tvm);
	}
	check(err);
	for (i = 0; i < tvm.conf.nr; i++)
		show_conversion(&tvm.conf.range[i]);
}

static void create(const struct tvm_config *cfg)
{
	const char *bad = tvm_plan(&tvm, cfg);
	unsigned int v;
	int i;

	if (bad)
		fail("guest: %s", bad);
	printf("host: guest is an ELF file of %lu bytes, entry 0x%lx\n",
	       cfg->elf_size, tvm.image.entry);
	for (i = 0; i < tvm.nr_region; i++)
		printf("host: guest memory 0x%lx to 0x%lx\n",
		       tvm.region[i].start, tvm.region[i].end - 1);
	convert();
	check(tvm_create(&tvm));
	check(tvm_add_regions(&tvm));
	check(tvm_add_pages(&tvm));
	for (v = 0; v < cfg->vcpus; v++)
		check(tvm_add_vcpu(&tvm, v));
	check(tvm_finalize(&tvm));
	printf("host: TVM 0x%lx is ready, %s\n", tvm.id,
	       cfg->lazy ? "measured as far as it comes from the file"
			 : "every page of its image measured");
}

static void run(void)
{
	enum tvm_result r;

	printf("host: run; the guest's own lines follow\n");
	r = tvm.cfg.vcpus > 1 ? tvm_run_smp(&tvm, 0) : tvm_run(&tvm, 0);
	if (tvm.output_len && tvm.output[tvm.output_len - 1] != '\n')
		printf("\n");
	if (r == TVM_ERROR)
		fail("guest: %s: %s", tvm.step, tvm_describe_exit(&tvm));
	if (r != TVM_SHUTDOWN)
		fail("guest died: %s", tvm_describe_exit(&tvm));
	if (tvm.exit.a[1])
		fail("guest shut down, reason %lu (a failure)", tvm.exit.a[1]);
	printf("host: guest shut down; %lu runs: %lu calls, %lu page faults, "
	       "%lu waits, %lu host interrupts\n",
	       tvm.runs, tvm.ecalls, tvm.faults, tvm.wfis, tvm.interrupts);
}

/* What the guest printed as its own register, or NULL */
static const char *guest_says(const char *prefix)
{
	const char *p = strstr(tvm.output, prefix);

	return p ? p + strlen(prefix) : NULL;
}

static void compare(const char *prefix, int reg, const uint8_t *digest)
{
	const char *said = guest_says(prefix);
	char hex[DIGEST_HEX_SIZE];
	const char *verdict = "";

	digest_to_hex(digest, hex);
	if (said)
		verdict = strncmp(said, hex, DIGEST_HEX_SIZE - 1) ? ": MISMATCH"
								  : ": match";
	printf("predicted   %d: %s by the host%s\n", reg, hex, verdict);
	if (said && strcmp(verdict, ": match"))
		fail("register %d is not what the host predicted", reg);
}

static void predict(void)
{
	struct measure m;

	tvm_predict(&tvm, &m);
	compare("measurement 4: ", COVH_MSMT_TVM_CODE, m.code);
	compare("measurement 5: ", COVH_MSMT_TVM_CONFIG, m.config);
}

static void destroy(void)
{
	struct conf old = tvm.conf;
	int i;

	check(tvm_destroy(&tvm));
	printf("host: TVM destroyed, pages reclaimed\n");
	for (i = 0; i < old.nr; i++) {
		if (old.range[i].pool)
			show_denied("a pool page", old.range[i].base);
		else
			show_zeros(old.range[i].base);
	}
}

void demo_main(void)
{
	struct tvm_config cfg;

	show_tsm();
	read_config(&cfg);
	malicious_host(&cfg);
	create(&cfg);
	run();
	predict();
	show_denied("a guest page", tvm.first_page);
	if (!machine.firmware.end)
		fail("the device tree does not say where the firmware is");
	show_denied("a firmware page", machine.firmware.start);
	destroy();
	printf("host: done, power off\n");
	sbi_shutdown(true);
}

// SPDX-License-Identifier: GPL-2.0-only
#include "report/list.h"

#include "console/console.h"
#include "kvm_exit_stats.h"
#include "ops/ops.h"
#include "report/report.h"

#define EXPECTATION_SIZE 160

static const char *asked_text(const struct op *op)
{
	return op->by_name ? " (by name only)" : op->on_request ? " (on request)" : "";
}

void list_print(void)
{
	for (size_t f = 0; f < op_family_count; f++)
		for (size_t i = 0; i < op_families[f]->count; i++)
			printf("%-18s %s%s\n", op_families[f]->ops[i].name,
			       op_families[f]->ops[i].what, asked_text(&op_families[f]->ops[i]));
}

void list_print_families(void)
{
	for (size_t f = 0; f < op_family_count; f++)
		printf("%-12s %3zu  %s\n", op_families[f]->name, op_families[f]->count,
		       op_families[f]->about);
}

static void print_expectation(unsigned int isa, const struct expectation *e)
{
	char text[EXPECTATION_SIZE];

	if (!e->known) {
		printf(" not said |");
		return;
	}
	printf(" %s", report_expectation(isa, e, text, sizeof(text)));
	if (e->varies)
		printf(": %s", e->varies);
	printf(" |");
}

static void print_row(const struct op *op)
{
	printf("| `%s` | %s%s | %s", op->name, op->what, asked_text(op), op->why ? op->why : "");
	printf(" |");
	print_expectation(KVM_EXIT_STATS_ISA_SVM, &op->svm);
	print_expectation(KVM_EXIT_STATS_ISA_VMX, &op->vmx);
	printf(" %s |\n", op->compare ? op->compare : "");
}

void list_print_markdown(void)
{
	printf("<!-- SPDX-License-Identifier: GPL-2.0-only -->\n"
	       "# Operations\n\n"
	       "`make docs` generates this page from the probe's own table. \"Exits\" is what the "
	       "probe expects of KVM\nper operation, from Linux 5.11 to 6.18; a run says whether it "
	       "agrees. SDM: Intel 64 and IA-32\nArchitectures Software Developer's Manual, "
	       "325462-077US (April 2022); a section without a volume is\nin volume 3. In later "
	       "editions the chapters have other numbers. APM: AMD64 Architecture\nProgrammer's "
	       "Manual, volume 2, 24593 revision 3.40.\n\n"
	       "A heading is a family: `--ops 'idle:*'` measures all of one. docs/which-exit.md has "
	       "the questions\nthat are asked most.\n");
	for (size_t f = 0; f < op_family_count; f++) {
		const struct op_family *family = op_families[f];

		printf("\n## %s\n\n%s\n\n", family->name, family->about);
		printf("| operation | does | what exits, and why | exits on SVM | exits on VMX | "
		       "compare with |\n|---|---|---|---|---|---|\n");
		for (size_t i = 0; i < family->count; i++)
			print_row(&family->ops[i]);
	}
}

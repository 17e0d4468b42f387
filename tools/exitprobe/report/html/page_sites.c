// SPDX-License-Identifier: GPL-2.0-only
/* The report's table of exits by RIP: at which instruction of the guest each is. */
#include <inttypes.h>

#include "lib/escape.h"
#include "report/html/page.h"

static void put_sites(FILE *to, const struct op_result *op)
{
	for (size_t i = 0; i < op->sites.count; i++) {
		const struct site *site = &op->sites.list[i];

		fprintf(to, "<tr><th scope=\"row\">%s</th><td class=\"t\" data-l=\"instruction\">",
			op->op);
		escape_xml(to, site->at ? site->at : "");
		fprintf(to,
			"</td><td data-l=\"address\">0x%" PRIx64
			"</td><td data-l=\"exits\">%.5g</td><td class=\"t\" data-l=\"reason\">",
			site->address, (double)site->reason.milli / 1000);
		escape_xml(to, site->reason.name);
		fputs("</td></tr>\n", to);
	}
}

void page_sites(FILE *to, const struct merged *merged)
{
	size_t count = 0;

	for (size_t i = 0; i < merged->count; i++)
		count += merged->ops[i].as_one.sites.count;
	if (!count)
		return;
	fputs("<section id=\"sites\"><h2>Exits by RIP</h2>\n"
	      "<p>The guest's RIP at each exit, as KVM's tracepoints show it: the instruction that is "
	      "intercepted or faults; of an interrupt, the next one. Exits in fewer than half of "
	      "the samples are left out; most of them are the host's interrupts."
	      "</p>\n<details><summary>All operations</summary>\n<table class=\"cards sortable\">\n"
	      "<thead><tr><th scope=\"col\" class=\"t\">operation</th><th scope=\"col\" "
	      "class=\"t\">instruction</th><th scope=\"col\">address</th><th scope=\"col\">exits"
	      "</th><th scope=\"col\" class=\"t\">reason</th></tr></thead>\n<tbody>\n",
	      to);
	for (size_t i = 0; i < merged->count; i++)
		if (merged->ops[i].measured_boots)
			put_sites(to, &merged->ops[i].as_one);
	fputs("</tbody></table></details></section>\n", to);
}

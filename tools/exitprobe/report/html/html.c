// SPDX-License-Identifier: GPL-2.0-only
/* The page as a whole: what was measured, where, and what must not be overlooked. */
#include <inttypes.h>

#include "lib/escape.h"
#include "profile/profile.h"
#include "report/html/page.h"
#include "report/report.h"
#include "results/warnings.h"
#include "results/wording.h"

#define TEXT_SIZE 1024

struct warning_list {
	FILE *to;
	size_t count;
};

static void warn(void *context, const char *line)
{
	struct warning_list *list = context;

	if (!list->count++)
		fputs("<div class=\"warnings\" role=\"note\"><b>Before these figures are used</b>"
		      "<ul>\n",
		      list->to);
	fputs("<li>", list->to);
	escape_xml(list->to, line);
	fputs("</li>\n", list->to);
}

static void warnings(FILE *to, const struct merged *merged)
{
	struct warning_list list = { to, 0 };

	warnings_tell(merged, warn, &list);
	fputs(list.count ? "</ul></div>\n" : "", to);
}

static void tile(FILE *to, size_t number, const char *what, bool bad)
{
	fprintf(to, "<li%s><b>%zu</b>%s</li>\n", bad && number ? " class=\"bad\"" : "", number,
		what);
}

static void tiles(FILE *to, const struct merged *merged)
{
	const size_t *o = merged->outcomes;

	fputs("<ul class=\"tiles\">\n", to);
	tile(to, o[OUTCOME_MEASURED], "measured", false);
	if (merged->counted) {
		tile(to, merged->agreed, "exits as expected", false);
		tile(to, merged->differed, "with other exits", true);
	}
	tile(to, o[OUTCOME_SKIPPED], "skipped", false);
	tile(to, o[OUTCOME_HANGS] + o[OUTCOME_LOST], "hung or lost", true);
	tile(to, o[OUTCOME_FAULTED] + o[OUTCOME_FAILED], "failed", true);
	tile(to, merged->results->boot_count, merged->results->boot_count == 1 ? "boot" : "boots",
	     false);
	fputs("</ul>\n", to);
}

static void described(FILE *to, const char *name, const char *value)
{
	fputs("<dt>", to);
	escape_xml(to, name);
	fputs("</dt><dd>", to);
	escape_xml(to, value ? value : "(could not be read)");
	fputs("</dd>\n", to);
}

static void described_number(FILE *to, const char *name, int64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, value);
	described(to, name, text);
}

static void machine(FILE *to, const struct results *results)
{
	const struct meta *m = results_meta(results);

	fputs("<section id=\"machine\"><h2>Machine</h2>\n<dl>\n", to);
	described(to, "measured by", results->command);
	described(to, "when", results->created);
	described(to, "accelerator", accel_names[results->accel]);
	described(to, "unit", results->unit);
	described(to, "deterministic", results->deterministic ? "yes" : "no");
	for (size_t i = 0; i < results->property_count; i++)
		described(to, results->machine[i].name, results->machine[i].value);
	if (results->fingerprint)
		described(to, "fingerprint", results->fingerprint);
	for (size_t i = 0; i < results->part_count; i++) {
		char name[TEXT_SIZE];

		snprintf(name, sizeof(name), "fingerprint of %s", results->parts[i].name);
		described(to, name, results->parts[i].value);
	}
	if (m) {
		described(to, "guest: processor", m->brand[0] ? m->brand : m->vendor);
		described_number(to, "guest: family", m->family);
		described_number(to, "guest: model", m->model);
		described_number(to, "guest: stepping", m->stepping);
		described(to, "guest: hypervisor", m->hypervisor ? m->hypervisor : "none");
		described(to, "guest: host", m->host ? m->host : "unknown");
		described_number(to, "guest: vCPUs", m->vcpus);
		described(to, "guest: TSC against a second clock", m->tsc_verdict);
		if (m->tsc_khz)
			described_number(to, "guest: TSC kHz", m->tsc_khz);
		described(to, "exit statistics", m->isa ? m->isa : "none");
		described(to, "probe: version", m->version);
		described(to, "probe: build", m->build);
		described_number(to, "probe: overhead", m->bracket);
	}
	fputs("</dl></section>\n", to);
}

static void contents(FILE *to, const struct merged *merged)
{
	fputs("<nav aria-label=\"Sections\"><a href=\"#operations\">Operations</a>"
	      "<a href=\"#distributions\">Distributions</a>",
	      to);
	if (merged->sampled)
		fputs("<a href=\"#reasons\">Exits by reason</a>", to);
	if (merged->derived_count)
		fputs("<a href=\"#differences\">Differences</a>", to);
	if (json_array_size(merged->results->profiles))
		fputs("<a href=\"#profiles\">Profiles</a>", to);
	fputs("<a href=\"#boots\">Boots</a><a href=\"#machine\">Machine</a>"
	      "<a href=\"#figures\">All figures</a></nav>\n",
	      to);
}

/* What exitprobe profile --add has put there. */
static void profiles(FILE *to, const struct results *results)
{
	const json_t *profile;
	size_t i;

	if (!json_array_size(results->profiles))
		return;
	fputs("<section id=\"profiles\"><h2>Profiles</h2>\n"
	      "<p>Each box is a function of the host's kernel, as wide as the instructions that "
	      "it and those it calls execute in one exit. A tap or click on it zooms.</p>\n",
	      to);
	json_array_foreach(results->profiles, i, profile) {
		if (profile_can_be_drawn(profile))
			profile_html(to, profile);
		else
			fprintf(to,
				"<p>Profile %zu cannot be shown: another version of exitprobe made it.</p>\n",
				i + 1);
	}
	profile_html_end(to);
	fputs("</section>\n", to);
}

void report_html(FILE *to, const struct merged *merged)
{
	const struct results *results = merged->results;
	char text[TEXT_SIZE], title[TEXT_SIZE + 16];

	wording_headline(results, text, sizeof(text));
	snprintf(title, sizeof(title), "exitprobe: %s", text);
	page_begin(to, title);
	fprintf(to, "<header><h1>What each instruction%s</h1><p class=\"sub\">",
		merged->dissected ? "'s exits cost" : " costs");
	escape_xml(to, text);
	fputs(" | ", to);
	escape_xml(to, results->created);
	fputs("</p>", to);
	contents(to, merged);
	fputs("</header>\n<main>\n", to);
	tiles(to, merged);
	warnings(to, merged);
	page_anatomy(to, merged);
	page_distributions(to, merged);
	page_reasons(to, merged);
	page_sites(to, merged);
	page_derived(to, merged);
	profiles(to, results);
	page_boots(to, merged);
	machine(to, results);
	page_figures(to, merged);
	fputs("</main>\n", to);
	page_end(to, results->version);
}

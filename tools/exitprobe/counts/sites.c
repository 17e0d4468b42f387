// SPDX-License-Identifier: GPL-2.0-only
#include "counts/sites.h"

#include <stdlib.h>

#include "counts/counts.h"
#include "results/records.h"

void sites_sample(struct exit_sites *sites)
{
	sites->samples++;
}

void sites_add(struct exit_sites *sites, uint64_t rip, uint64_t reason)
{
	struct exit_site *site = sites->list, *end = site + sites->count;

	while (site < end && (site->rip != rip || site->reason != reason))
		site++;
	if (site == sites->list + EXIT_SITES_MAX) {
		sites->overflowed = true;
		return;
	}
	if (site == end) {
		*site = (struct exit_site){ .rip = rip, .reason = reason };
		sites->count++;
	}
	site->exits++;
	if (site->last == sites->samples)
		return;
	site->samples++;
	site->last = sites->samples;
}

static int by_exits(const void *a, const void *b)
{
	const struct exit_site *x = a, *y = b;

	if (x->exits != y->exits)
		return x->exits > y->exits ? -1 : 1;
	if (x->rip != y->rip)
		return x->rip < y->rip ? -1 : 1;
	return x->reason < y->reason ? -1 : x->reason > y->reason;
}

/* The name that the record @op has for the number @reason, or NULL. */
static const char *reason_name(const json_t *op, json_int_t reason)
{
	const json_t *lists[] = { json_object_get(json_object_get(op, FIELD(op, batch)),
						  FIELD(batch, reasons)),
				  json_object_get(op, FIELD(op, foreign)) };
	const json_t *item;
	size_t i;

	for (size_t n = 0; n < 2; n++)
		json_array_foreach(lists[n], i, item)
			if (json_integer_value(json_object_get(item, FIELD(reason, reason))) ==
			    reason)
				return json_string_value(
					json_object_get(item, FIELD(reason, name)));
	return NULL;
}

static json_t *site_json(const struct exit_site *site, const json_t *op, double operations,
			 const struct mapped *image)
{
	const char *name = reason_name(op, (json_int_t)site->reason);
	char *at = image ? probe_image_place(image, site->rip) : NULL;
	json_t *json;

	/* None that the probe has counted; and an address above is no number in JSON's readers. */
	if (!name || site->rip > INT64_MAX) {
		free(at);
		return NULL;
	}
	json = json_pack("{s:I, s:s*, s:I, s:s, s:o}", FIELD(site, address), (json_int_t)site->rip,
			 FIELD(site, at), at, FIELD(site, reason), (json_int_t)site->reason,
			 FIELD(site, name), name, FIELD(site, exits),
			 counts_per_operation((json_int_t)site->exits, operations));
	free(at);
	return json;
}

json_t *sites_json(struct exit_sites *sites, const json_t *op, const struct mapped *image)
{
	double operations = (double)json_integer_value(json_object_get(op, FIELD(op, operations))) *
			    (double)sites->samples;
	json_t *list, *json;

	if (operations <= 0 || sites->overflowed)
		return NULL;
	list = json_array();
	qsort(sites->list, sites->count, sizeof(sites->list[0]), by_exits);
	for (size_t i = 0; i < sites->count; i++) {
		if (2 * sites->list[i].samples < sites->samples)
			continue;
		json = site_json(&sites->list[i], op, operations, image);
		if (json)
			json_array_append_new(list, json);
	}
	return list;
}

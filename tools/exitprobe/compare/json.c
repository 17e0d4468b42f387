// SPDX-License-Identifier: GPL-2.0-only
/* abi/compare.schema.json describes it. */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "compare/compare.h"
#include "compare/explain.h"
#include "lib/message.h"
#include "results/tick.h"

#define COMPARE_FORMAT 1

static json_t *made(json_t *value)
{
	if (!value)
		out_of_memory("comparison");
	return value;
}

/* What is no UTF-8 cannot be in JSON. */
static json_t *file_name(const char *path)
{
	json_t *name = json_string(path);
	char *plain;

	if (name)
		return name;
	plain = xstrdup(path);
	for (char *c = plain; *c; c++)
		*c = (unsigned char)*c < 0x80 ? *c : '?';
	name = json_string(plain);
	free(plain);
	return made(name);
}

static json_t *differences(const struct difference_list *d)
{
	json_t *array = made(json_array());

	for (size_t i = 0; i < d->count; i++)
		json_array_append_new(
			array, made(json_pack("{s:s, s:s?, s:s?}", "name", d->list[i].name, "base",
					      d->list[i].base, "new", d->list[i].now)));
	return array;
}

static json_t *percent(const struct comparison *c, const struct change *change, double ticks)
{
	double value;

	return comparison_percent(c, change, ticks, &value) ? json_real(value) : json_null();
}

/* Takes @text, which may be NULL. */
static json_t *text_or_null(char *text)
{
	json_t *value = made(text ? json_string(text) : json_null());

	free(text);
	return value;
}

static json_t *change_json(const struct comparison *of, const struct change *c)
{
	double ticks = (double)c->now_value - (double)c->base_value, ns;
	bool known = tick_difference_ns(of->base->results, c->base_value, of->now->results,
					c->now_value, &ns);

	return made(json_pack(
		"{s:s, s:I, s:I, s:I, s:o, s:f, s:f, s:o, s:o, s:o, s:o, s:I, s:s, s:s?, s:o}",
		"op", c->base->as_one.op, "base", (json_int_t)c->base_value, "new",
		(json_int_t)c->now_value, "change", (json_int_t)(c->now_value - c->base_value),
		"change_ns", known ? json_real(ns) : json_null(), "low", c->interval.low, "high",
		c->interval.high, "change_percent", percent(of, c, ticks), "low_percent",
		percent(of, c, c->interval.low), "high_percent", percent(of, c, c->interval.high),
		"p", c->tested ? json_real(c->p) : json_null(), "boot_spread",
		(json_int_t)c->spread, "verdict", verdict_names[c->verdict], "why", c->why,
		"explain", text_or_null(compare_explain(of, c))));
}

static json_t *comparison_json(const struct comparison *c, bool force)
{
	bool shown = !c->obstacles.count || force;
	json_t *operations = made(json_array());

	for (size_t i = 0; shown && i < c->count; i++)
		json_array_append_new(operations, change_json(c, &c->changes[i]));
	return made(json_pack(
		"{s:o, s:b, s:f, s:s, s:i, s:o, s:o, s:o, s:o, s:I, s:I, s:{s:I, s:I, s:I, s:I}, s:o}",
		"file", file_name(c->now->results->file), "complete", c->now->results->complete,
		"threshold", c->threshold, "method", comparison_method(c), "status",
		comparison_status(c, force), "obstacles", differences(&c->obstacles), "machines",
		differences(&c->machines), "loads", differences(&c->loads), "exits",
		differences(&c->exits), "base_alone", (json_int_t)c->alone_count[0], "new_alone",
		(json_int_t)c->alone_count[1], "verdicts", "slower",
		(json_int_t)c->verdicts[VERDICT_SLOWER], "faster",
		(json_int_t)c->verdicts[VERDICT_FASTER], "same",
		(json_int_t)c->verdicts[VERDICT_SAME], "can't tell",
		(json_int_t)c->verdicts[VERDICT_UNSURE], "operations", operations));
}

void compare_json(FILE *to, const struct comparisons *all)
{
	const struct comparison *first = all->list[0];
	json_t *list = made(json_array()), *document;

	for (size_t i = 0; i < all->count; i++)
		json_array_append_new(list, comparison_json(all->list[i], all->force));
	document = made(json_pack("{s:i, s:o, s:b, s:s, s:s, s:o}", "exitprobe_compare",
				  COMPARE_FORMAT, "base", file_name(first->base->results->file),
				  "base_complete", first->base->results->complete, "unit",
				  first->base->results->unit, "metric", metric_names[first->metric],
				  "comparisons", list));
	json_dumpf(document, to, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putc('\n', to);
	json_decref(document);
}

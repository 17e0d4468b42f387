// SPDX-License-Identifier: GPL-2.0-only
/*
 * schema records|profile: the JSON schema of the probe's records, or of a profile, made
 * from record_fields.h and profile_fields.h.  A program of the build: see make schemas.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kvm_exit_stats.h"
#include "op_name.h"
#include "profile_fields.h"
#include "record_fields.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* --- types ----------------------------------------------------------------------- */

struct type {
	const char *keywords; /* the schema's, without braces; or one of these: */
	const char *const *values;
	const struct object *object;
	bool or_null, is_list; /* of the object */
};

struct row {
	const char *name;
	struct type type;
	bool required;
	const char *about;
};

struct object {
	const char *about;
	const struct row *rows;
	size_t count;
};

#define REQUIRED	true
#define OPTIONAL	false
#define TEXT_OF_(value) #value
#define TEXT_OF(value)	TEXT_OF_(value)
#define KEYWORDS(text)                                                                             \
	{                                                                                          \
		.keywords = text                                                                   \
	}
#define INTEGER		KEYWORDS("\"type\": \"integer\"")
#define INTEGER_OR_NULL KEYWORDS("\"type\": [\"integer\", \"null\"]")
#define COUNT		KEYWORDS("\"$ref\": \"#/$defs/count\"")
#define POSITIVE	KEYWORDS("\"type\": \"integer\", \"minimum\": 1")
#define NUMBER		KEYWORDS("\"type\": \"number\", \"minimum\": 0")
#define BOOLEAN		KEYWORDS("\"type\": \"boolean\"")
#define TEXT		KEYWORDS("\"type\": \"string\"")
#define TEXT_OR_NULL	KEYWORDS("\"type\": [\"string\", \"null\"]")
#define TEXT_AT_MOST(n) KEYWORDS("\"type\": \"string\", \"maxLength\": " TEXT_OF(n))
#define TEXT_AT_MOST_OR_NULL(n)                                                                    \
	KEYWORDS("\"type\": [\"string\", \"null\"], \"maxLength\": " TEXT_OF(n))
#define TEXTS	       KEYWORDS("\"type\": \"array\", \"items\": { \"type\": \"string\" }")
#define OP_NAME	       KEYWORDS("\"$ref\": \"#/$defs/name\"")
#define CONSTANT(text) KEYWORDS("\"const\": \"" text "\"")
#define FORMAT(number) KEYWORDS("\"const\": " TEXT_OF(number))
#define HEXADECIMAL(n) KEYWORDS("\"type\": \"string\", \"pattern\": \"^[0-9a-f]{" TEXT_OF(n) "}$\"")
/* An array of [@first, @second]. */
#define PAIRS(first, second)                                                                       \
	KEYWORDS("\"type\": \"array\", \"items\": { \"type\": \"array\", \"prefixItems\": ["       \
		 "{ \"type\": \"" first "\" }, " second "], \"minItems\": 2, \"maxItems\": 2 }")
#define HISTOGRAM		   PAIRS("integer", "{ \"type\": \"integer\", \"minimum\": 1 }")
#define STACKS			   PAIRS("string", "{ \"$ref\": \"#/$defs/count\" }")
#define VALUE_NAME(constant, name) #name,
#define ONE_OF(list)                                                                               \
	{                                                                                          \
		.values = (const char *const[])                                                    \
		{                                                                                  \
			list(VALUE_NAME) NULL                                                      \
		}                                                                                  \
	}
#define OBJECT(name)                                                                               \
	{                                                                                          \
		.object = &name##_object                                                           \
	}
#define OBJECT_OR_NULL(name)                                                                       \
	{                                                                                          \
		.object = &name##_object, .or_null = true                                          \
	}
#define LIST_OF(name)                                                                              \
	{                                                                                          \
		.object = &name##_object, .is_list = true                                          \
	}

#define ROW(name, type, need, about) { #name, type, need, about },
#define OBJECT_ROWS(id, list, about)                                                               \
	static const struct row id##_rows[] = { list(ROW) };                                       \
	static const struct object id##_object = { about, id##_rows, COUNT_OF(id##_rows) };

RECORD_OBJECTS(OBJECT_ROWS)
PROFILE_OBJECTS(OBJECT_ROWS)

/* --- the schema of them ------------------------------------------------------------ */

static void set(json_t *object, const char *name, json_t *value)
{
	if (!value || json_object_set_new(object, name, value)) {
		fprintf(stderr, "schema: error: %s: cannot be made\n", name);
		exit(1);
	}
}

/* The object that @keywords are the members of. */
static json_t *keywords(const char *text)
{
	size_t size = strlen(text) + 3;
	char *json = malloc(size);
	json_t *object;

	if (!json)
		return NULL;
	snprintf(json, size, "{%s}", text);
	object = json_loads(json, 0, NULL);
	free(json);
	if (!object)
		fprintf(stderr, "schema: error: %s: no JSON\n", text);
	return object;
}

static json_t *names(const char *const *values)
{
	json_t *list = json_array();

	for (; *values; values++)
		json_array_append_new(list, json_string(*values));
	return list;
}

static json_t *schema_of(const struct object *object, bool or_null);

static json_t *schema_of_type(const struct type *type)
{
	json_t *schema;

	if (type->keywords)
		return keywords(type->keywords);
	if (type->object && !type->is_list)
		return schema_of(type->object, type->or_null);
	schema = json_object();
	if (type->values) {
		set(schema, "enum", names(type->values));
	} else {
		set(schema, "type", json_string("array"));
		set(schema, "items", schema_of(type->object, false));
	}
	return schema;
}

static json_t *schema_of(const struct object *object, bool or_null)
{
	json_t *schema = json_object(), *properties = json_object(), *required = json_array();

	for (size_t i = 0; i < object->count; i++) {
		const struct row *row = &object->rows[i];
		json_t *property = schema_of_type(&row->type);

		if (row->about)
			set(property, "description", json_string(row->about));
		set(properties, row->name, property);
		if (row->required)
			json_array_append_new(required, json_string(row->name));
	}
	set(schema, "type", or_null ? json_pack("[s,s]", "object", "null") : json_string("object"));
	if (object->about)
		set(schema, "description", json_string(object->about));
	set(schema, "properties", properties);
	set(schema, "required", required);
	set(schema, "additionalProperties", json_false());
	return schema;
}

/* Which of an operation's fields are there depends on the others. */
static json_t *operation_schema(void)
{
	json_t *schema = schema_of(&op_object, false);

	json_object_update_new(
		schema,
		json_pack("{s:{s:{s:{s:s}}},s:{s:[s,s,s,s,s,s]},s:{s:{s:b,s:b,s:b}},"
			  "s:{s:[s,s,s,s]}}",
			  "if", "properties", FIELD(op, outcome), "const", "measured", "then",
			  "required", FIELD(op, stop), FIELD(op, taken), FIELD(op, kept),
			  FIELD(op, operations), FIELD(op, cycles), FIELD(op, histogram), "else",
			  "properties", FIELD(op, cycles), 0, FIELD(op, exits), 0, FIELD(op, batch),
			  0, "dependentRequired", FIELD(op, exits), FIELD(op, batch),
			  FIELD(op, set_aside), FIELD(op, foreign), FIELD(op, descheduled)));
	return schema;
}

static json_t *head(const char *id, const char *title, const char *source)
{
	char comment[200];

	snprintf(comment, sizeof(comment),
		 "SPDX-License-Identifier: GPL-2.0-only; made from abi/%s by make schemas", source);
	return json_pack("{s:s,s:s,s:s,s:s}", "$comment", comment, "$schema",
			 "https://json-schema.org/draft/2020-12/schema", "$id", id, "title", title);
}

static json_t *definitions(void)
{
	return json_pack("{s:{s:s,s:i},s:{s:s,s:s}}", "count", "type", "integer", "minimum", 0,
			 "name", "type", "string", "pattern", OP_NAME_PATTERN);
}

static json_t *records_schema(void)
{
	json_t *schema =
		head("exitprobe-record-1", "One line of the probe's results", "record_fields.h");
	json_t *defs = definitions(), *kinds = json_array();

	set(schema, "description",
	    json_string("A run is: one meta; start and op of every operation; the derived rows; "
			"end. Times are TSC ticks of the guest, or of the host where they say "
			"counted; in the lab a tick is an instruction. A run without its end "
			"record, or whose CRC-32 does not match, is not whole: the last start "
			"record names the operation that it ended in."));
	set(defs, "meta", schema_of(&meta_object, false));
	set(defs, "start", schema_of(&start_object, false));
	set(defs, "op", operation_schema());
	set(defs, "derived", schema_of(&derived_object, false));
	set(defs, "end", schema_of(&end_object, false));
#define KIND(constant, name)                                                                       \
	json_array_append_new(kinds, json_pack("{s:s}", "$ref", "#/$defs/" #name));
	RECORD_KINDS(KIND)
	set(schema, "oneOf", kinds);
	set(schema, "$defs", defs);
	return schema;
}

static json_t *profile_schema(void)
{
	json_t *schema = head("exitprobe-profile-1", "What exitprobe profile -o FILE.json writes",
			      "profile_fields.h");

	json_object_update_new(schema, schema_of(&profile_object, false));
	set(schema, "$defs", definitions());
	return schema;
}

/* Indented by tabs, as all else here. */
static void print(const json_t *schema)
{
	char *text = json_dumps(schema, JSON_INDENT(1));
	bool indents = true;

	for (const char *c = text; c && *c; c++) {
		putchar(indents && *c == ' ' ? '\t' : *c);
		indents = *c == '\n' || (indents && *c == ' ');
	}
	putchar('\n');
	free(text);
}

int main(int argc, char **argv)
{
	bool records = argc == 2 && !strcmp(argv[1], "records");
	json_t *schema;

	if (!records && (argc != 2 || strcmp(argv[1], "profile"))) {
		fputs("usage: schema records|profile\n", stderr);
		return 2;
	}
	schema = records ? records_schema() : profile_schema();
	print(schema);
	json_decref(schema);
	return fflush(stdout) ? 1 : 0;
}
